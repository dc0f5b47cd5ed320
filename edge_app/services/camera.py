"""The camera thread: preview, capture, perspective correction and saving of photographed films."""

from __future__ import annotations

import logging
import queue
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from edge_app.display.perspective import Corners, straighten
from edge_app.intake.camera_sources import AUTO, CameraError, FrameSource, open_source
from edge_app.system.errors import PneumoscopeError, cause_of
from edge_app.system.files import replace_file

_LOG = logging.getLogger(__name__)

PREVIEW_SIDE_PX = 960
"""Maximum longer side of a preview frame."""


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """A preview frame.

    Attributes:
        pixels: `(rows, columns)` uint8, at most 960 a side.
        scale: Camera pixels per preview pixel, >= 1.
    """

    pixels: NDArray[np.uint8]
    scale: int


@dataclass(frozen=True, slots=True, eq=False)
class Photograph:
    """A captured frame.

    Attributes:
        pixels: `(rows, columns)` uint8, full resolution.
    """

    pixels: NDArray[np.uint8]


class Camera(QObject):
    """Photographs films. Calls return at once; results come as signals.

    Signals:
        opened(): The camera is open.
        preview(Preview): A preview frame. Frames are skipped while the previous one is being shown.
        captured(Photograph): The frame of `capture`.
        saved(Path): The corrected film that `save` wrote.
        failed(Message): The reason of a failure. A failed camera is closed.
        closed(): The thread ended, after `close` or a camera failure.
    """

    opened = Signal()
    preview = Signal(object)
    captured = Signal(object)
    saved = Signal(object)
    failed = Signal(object)
    closed = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        """Creates a closed camera.

        Args:
            folder: Folder of the saved films.
            parent: Owner.
        """
        super().__init__(parent)
        self._folder = folder
        self._thread: _CameraThread | None = None

    @property
    def is_open(self) -> bool:
        """Whether `open` was called and `close` was not."""
        return self._thread is not None

    def open(self, device: str = AUTO) -> None:
        """Opens a camera, `auto`, a number, or the path of a device, and closes the previous one."""
        self.close()
        thread = _CameraThread(device, self._folder)
        queued = Qt.ConnectionType.QueuedConnection
        thread.opened.connect(self.opened, queued)
        thread.preview.connect(self._on_preview, queued)
        thread.captured.connect(self.captured, queued)
        thread.saved.connect(self.saved, queued)
        thread.failed.connect(self.failed, queued)
        thread.finished.connect(self._on_finished, queued)
        self._thread = thread
        thread.start()

    def capture(self) -> None:
        """Captures the next frame; the preview continues."""
        if self._thread is not None:
            self._thread.tasks.put(None)

    def save(self, photograph: Photograph, corners: Corners) -> None:
        """Corrects the perspective of a film and saves it as PNG.

        Args:
            photograph: Photograph from `captured`.
            corners: Corners of the film, pixels of the photograph.
        """
        if self._thread is not None:
            self._thread.tasks.put(_Save(photograph, corners))

    def close(self) -> None:
        """Closes the camera after pending saves, and waits for the thread."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.stopping.set()
            thread.shown.set()
            thread.wait()
            thread.deleteLater()
            self.closed.emit()

    @Slot(object)
    def _on_preview(self, preview: Preview) -> None:
        if self._thread is not None:
            self.preview.emit(preview)
            self._thread.shown.set()

    @Slot()
    def _on_finished(self) -> None:
        # A thread that `close` ended is not `_thread` any more; this one ended by itself.
        if self._thread is not None and self._thread.isFinished():
            self.close()


@dataclass(frozen=True, slots=True, eq=False)
class _Save:
    photograph: Photograph
    corners: Corners


class _CameraThread(QThread):
    opened = Signal()
    preview = Signal(object)
    captured = Signal(object)
    saved = Signal(object)
    failed = Signal(object)

    def __init__(self, device: str, folder: Path) -> None:
        super().__init__()
        self.setObjectName("camera")
        self.tasks: queue.SimpleQueue[_Save | None] = queue.SimpleQueue()  # None captures a frame
        self.stopping = threading.Event()
        self.shown = threading.Event()
        self.shown.set()
        self._device = device
        self._folder = folder

    def run(self) -> None:
        """Emits frames and runs tasks until `stopping` is set."""
        try:
            source = open_source(self._device)
        except CameraError as error:
            _LOG.warning("The camera could not be opened: %s", error.detail)
            self.failed.emit(error.reason)
            return
        try:
            self.opened.emit()
            while not self.stopping.is_set():
                self._step(source)
                self.stopping.wait(source.interval_s)
        except CameraError as error:
            self.failed.emit(error.reason)
        finally:
            source.close()
            while not self.tasks.empty():
                task = self.tasks.get()
                if task is not None:
                    self._save(task)

    def _step(self, source: FrameSource) -> None:
        frame = source.read()
        if self.shown.is_set():
            self.shown.clear()
            scale = max(1, -(-max(frame.shape) // PREVIEW_SIDE_PX))
            self.preview.emit(Preview(np.ascontiguousarray(frame[::scale, ::scale]), scale))
        if not self.tasks.empty():
            task = self.tasks.get()
            if task is not None:
                self._save(task)
            else:
                self.captured.emit(Photograph(frame.copy()))

    def _save(self, task: _Save) -> None:
        try:
            film = straighten(task.photograph.pixels, task.corners)
            self.saved.emit(_write(film, self._folder))
        except PneumoscopeError as error:
            _LOG.warning("A photograph could not be saved: %s", error.detail)
            self.failed.emit(error.reason)


def _write(film: NDArray[np.uint8], folder: Path) -> Path:
    """Writes a PNG under a free name."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise PneumoscopeError("camera.folder", cause=cause_of(error), detail=repr(error)) from error
    stem = datetime.now().strftime("film-%Y%m%d-%H%M%S")
    path, number = folder / f"{stem}.png", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.png"
    with replace_file(path) as stream:
        Image.fromarray(film).save(stream, format="PNG")
    return path
