"""Photographs of films: live preview, capture, straightening and saving, all in a thread of their own."""

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
"""Longer side of a preview frame, at most: enough for a window, little to send."""


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """A live picture.

    Attributes:
        pixels: `(rows, columns)` uint8, at most 960 a side.
        scale: Camera pixels for one preview pixel, >= 1.
    """

    pixels: NDArray[np.uint8]
    scale: int


@dataclass(frozen=True, slots=True, eq=False)
class Photograph:
    """A picture that was taken.

    Attributes:
        pixels: `(rows, columns)` uint8, all that the camera has.
    """

    pixels: NDArray[np.uint8]


class Camera(QObject):
    """Takes photographs of films. Every call returns at once; what it did comes as a signal.

    Signals:
        opened(): The camera gives pictures.
        preview(Preview): A live picture. While one is being shown the next ones are left out.
        captured(Photograph): The picture that `capture` took.
        saved(Path): The straightened film that `save` wrote into the folder of photographs.
        failed(Message): What went wrong. The camera is closed if it was the camera that failed.
        closed(): The thread ended, after `close` or a failure of the camera.
    """

    opened = Signal()
    preview = Signal(object)
    captured = Signal(object)
    saved = Signal(object)
    failed = Signal(object)
    closed = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        """Makes a closed camera.

        Args:
            folder: Where the straightened films are saved.
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
        """Opens a camera: `auto`, a number, or the path of a device. Closes the one that was open."""
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
        """Takes the next picture; the preview goes on."""
        if self._thread is not None:
            self._thread.tasks.put(_Capture())

    def save(self, photograph: Photograph, corners: Corners) -> None:
        """Straightens a film and saves it as PNG.

        Args:
            photograph: As `captured` gave it.
            corners: Of the film, in pixels of the photograph.
        """
        if self._thread is not None:
            self._thread.tasks.put(_Save(photograph, corners))

    def close(self) -> None:
        """Gives the camera back, and waits for the thread. What was asked to be saved is saved first."""
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
        # Of a thread that ended by itself; one that was closed is no longer ours.
        if self._thread is not None and self._thread.isFinished():
            self.close()


@dataclass(frozen=True, slots=True)
class _Capture:
    """Wish for a picture."""


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
        self.tasks: queue.SimpleQueue[_Capture | _Save] = queue.SimpleQueue()
        self.stopping = threading.Event()
        self.shown = threading.Event()
        self.shown.set()
        self._device = device
        self._folder = folder

    def run(self) -> None:
        """Shows frames and does what is asked, until told to stop."""
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
                if isinstance(task, _Save):
                    self._save(task)

    def _step(self, source: FrameSource) -> None:
        frame = source.read()
        if self.shown.is_set():
            self.shown.clear()
            scale = max(1, -(-max(frame.shape) // PREVIEW_SIDE_PX))
            self.preview.emit(Preview(np.ascontiguousarray(frame[::scale, ::scale]), scale))
        if not self.tasks.empty():
            task = self.tasks.get()
            if isinstance(task, _Save):
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
    """Writes a PNG under a name that is not taken."""
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
