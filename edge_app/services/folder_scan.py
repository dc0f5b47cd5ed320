"""Looks for films in folders without holding up the window: a network drive can take seconds to list."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from edge_app.intake.find import find_films


class FolderScan(QObject):
    """Turns what was dropped or chosen, files and folders, into files.

    Signals:
        found(tuple[Path, ...]): The films of one `scan`; empty where there are none.
    """

    found = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        """Makes an idle scan."""
        super().__init__(parent)
        self._threads: list[_ScanThread] = []

    def scan(self, paths: Sequence[Path]) -> None:
        """Starts to look; `found` comes in any case, unless `close` comes first."""
        thread = _ScanThread(tuple(paths))
        self._threads.append(thread)
        thread.done.connect(self._on_done, Qt.ConnectionType.QueuedConnection)
        thread.start()

    def close(self) -> None:
        """Ends every scan, and waits for it."""
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
