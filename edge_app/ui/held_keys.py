"""Keys that do something while they are held, wherever the focus is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QWidget


class HeldKeys(QObject):
    """Watches a window's keys.

    Attributes:
        held: The key, and whether it went down or up. Releases also come when the window loses the keyboard.
    """

    held = Signal(int, bool)

    def __init__(self, window: QWidget, keys: tuple[Qt.Key, ...]) -> None:
        super().__init__(window)
        self._window = window
        self._keys = keys
        self._down: set[int] = set()
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.WindowDeactivate and watched is self._window:
            for key in tuple(self._down):
                self._set(key, False)
            return False
        if kind not in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) or not isinstance(event, QKeyEvent):
            return False
        key = event.key()
        if key not in self._keys or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            return False
        focus = QApplication.focusWidget()
        writing = isinstance(focus, QLineEdit | QPlainTextEdit | QAbstractSpinBox)
        if writing or QApplication.activeModalWidget() is not None:
            return False
        if not event.isAutoRepeat():
            self._set(key, kind == QEvent.Type.KeyPress)
        return True

    def _set(self, key: int, down: bool) -> None:
        if down != (key in self._down):
            (self._down.add if down else self._down.discard)(key)
            self.held.emit(key, down)
