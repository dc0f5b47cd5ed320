"""Searches folders for films in a thread: a network drive can take seconds."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from edge_app.intake.find import find_films


class FolderScan(QObject):
    """Lists the films in files and folders that the user chose or dropped.

    Signals:
        found(tuple[Path, ...]): The films of one `scan`; may be empty.
    """

    found = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        """Creates an idle scan."""
        super().__init__(parent)
        self._threads: list[_ScanThread] = []

    def scan(self, paths: Sequence[Path]) -> None:
        """Starts a search; it always emits `found`, unless `close` is called first."""
        thread = _ScanThread(tuple(paths))
        self._threads.append(thread)
        thread.done.connect(self._on_done, Qt.ConnectionType.QueuedConnection)
        thread.start()

    def close(self) -> None:
        """Stops all searches and waits for them."""
        threads, self._threads = self._threads, []
        for thread in threads:
            thread.stop.set()
            thread.wait()
            thread.deleteLater()

    @Slot(object, object)
    def _on_done(self, thread: _ScanThread, films: tuple[Path, ...]) -> None:
        if thread not in self._threads:
            return
        self._threads.remove(thread)
        thread.wait()
        thread.deleteLater()
        self.found.emit(films)


class _ScanThread(QThread):
    done = Signal(object, object)

    def __init__(self, paths: tuple[Path, ...]) -> None:
        super().__init__()
        self.setObjectName("folder scan")
        self.stop = threading.Event()
        self._paths = paths

    def run(self) -> None:
        """Lists the films."""
        films: list[Path] = []
        for film in find_films(self._paths):
            if self.stop.is_set():
                return
            films.append(film)
        self.done.emit(self, tuple(films))
