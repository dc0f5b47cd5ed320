"""A filled bar with a warning sign."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from edge_app.ui.theme import theme
from edge_app.ui.widgets import label, row


class WarningBar(QFrame):
    """Shows one warning."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setObjectName("Warning")
        self._sign = label()
        layout = row(self, spacing_px=10, margins=(12, 9, 12, 9))
        layout.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(label(text, wrap=True), 1)
        theme().changed.connect(self._tint)
        self._tint()

    def _tint(self) -> None:
        self._sign.setPixmap(theme().pixmap("positive", theme().tokens.on_refused, 20))
