"""Paints the window with the result of a film into a file: for the documentation and the tests."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from edge_app.ui.main_window import MainWindow

_SETTLE_MS = 50
_DIALOG_MS = 400
"""For what a dialog asks its services when it opens."""


class Screenshot(QObject):
    """Waits for the film and its result, then saves the window.

    Attributes:
        done: 0 where the picture was saved, else 1.
    """

    done = Signal(int)

    def __init__(self, window: MainWindow, target: Path, *, limit_ms: int, show: str = "") -> None:
        """Waits from now on.

        Args:
            window: To be painted.
            target: The PNG.
            limit_ms: When to give up.
            show: Key of a command that opens a dialog; the dialog is then painted instead of the window.
        """
        super().__init__(window)
        self._show = show
        self._window = window
        self._target = target
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(lambda: self.done.emit(1))
        self._limit.start(limit_ms)
        # After the last event that changes the picture; each new one starts the wait again.
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLE_MS)
        self._settled.timeout.connect(self._save)
        services = window.services
        services.queue.idle.connect(self._settled.start)
        services.session.item_changed.connect(self._look)
        services.queue.worker_changed.connect(self._look)
        services.session.film_ready.connect(self._look)

    def _look(self, *_: object) -> None:
        if self._window.services.queue.pending == 0 and self._is_complete():
            self._settled.start()

    def _is_complete(self) -> bool:
        services = self._window.services
        item = services.session.current
        if item is None:
            return services.queue.state.phase in ("ready", "failed")
        return item.state == "done" and (self._window.document.film is not None or not item.analysis.sha256)  # type: ignore[union-attr]

    def _save(self) -> None:
        if not self._is_complete():
            return
        self._limit.stop()
        if self._show:
            self._window.actions_table[self._show].trigger()
            QTimer.singleShot(_DIALOG_MS, self, self._save_dialog)
        else:
            self._finish(self._window)

    def _save_dialog(self) -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            self.done.emit(1)
        else:
            self._finish(dialog)
            dialog.close()

    def _finish(self, widget: QWidget) -> None:
        self.done.emit(0 if widget.grab().save(str(self._target)) else 1)
