"""Saves a screenshot of the window with the result of a film, for documentation and tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

from edge_app.report.view_image import save_png
from edge_app.system.console import say
from edge_app.system.errors import PneumoscopeError
from edge_app.system.messages import Message
from edge_app.ui.main_window import MainWindow

_SETTLE_MS = 50
_DIALOG_MS = 400
"""Wait for the data that a dialog requests when it opens."""


class Screenshot(QObject):
    """Waits for the film and its result, then saves the window. If there will be no result, it prints the reason.

    Attributes:
        done: Exit status: 0 if the file was saved, else 1.
    """

    done = Signal(int)

    def __init__(self, window: MainWindow, target: Path, films: Sequence[Path], *, limit_ms: int, show: str) -> None:
        """Starts to wait.

        Args:
            window: Window to save.
            target: Path of the PNG.
            films: Paths that the window was asked to open; empty to save the window without a film.
            limit_ms: Timeout.
            show: Key of an action that opens a dialog, which is then saved instead of the window; empty for none.
        """
        super().__init__(window)
        self._show = show
        self._window = window
        self._target = target
        self._films = films
        self._limit = QTimer(self, singleShot=True, interval=limit_ms)
        self._limit.timeout.connect(lambda: self._give_up(Message("screenshot.late")))
        self._limit.start()
        # Each event that changes the window restarts this wait.
        self._settled = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settled.timeout.connect(self._save)
        services = window.services
        services.queue.idle.connect(self._settled.start)
        services.session.item_changed.connect(self._restart)
        services.queue.worker_changed.connect(self._restart)
        services.session.film_ready.connect(self._restart)
        services.session.film_failed.connect(lambda _, reason: self._give_up(reason))
        services.scan.found.connect(self._on_found)

    @Slot(object)
    def _on_found(self, films: tuple[Path, ...]) -> None:
        if not films:
            self._give_up(Message("cli.no_film", paths=", ".join(map(str, self._films))))

    def _restart(self, *_: object) -> None:
        if self._window.services.queue.pending == 0 and self._is_complete():
            self._settled.start()

    def _is_complete(self) -> bool:
        services = self._window.services
        item = services.session.current
        if item is None:
            return not self._films and services.queue.state.phase in ("ready", "failed")
        return item.state == "done" and self._window.document.film is not None

    def _save(self) -> None:
        if not self._is_complete():
            return
        if self._show:
            self._limit.stop()
            self._window.actions_table[self._show].trigger()
            QTimer.singleShot(_DIALOG_MS, self, self._save_dialog)
        else:
            self._finish(self._window)

    def _save_dialog(self) -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            self._give_up(Message("screenshot.no_dialog", command=self._show))
        else:
            self._finish(dialog)
            dialog.close()

    def _finish(self, widget: QWidget) -> None:
        self._limit.stop()
        try:
            save_png(widget.grab().toImage(), self._target)
        except PneumoscopeError as error:
            self._give_up(error.reason)
        else:
            self.done.emit(0)

    def _give_up(self, reason: Message) -> None:
        self._limit.stop()
        self._settled.stop()
        say(f"pneumoscope: {reason}")
        self.done.emit(1)
