"""Labels, layouts and constants for all panels and dialogs. Labels show plain text, never markup."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

Margins = tuple[int, int, int, int]
"""Left, top, right, bottom; pixels."""

ARROWS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
"""Direction of each arrow key."""

READABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
"""The text can be selected and copied, also with the keyboard."""


def label(text: str = "", role: str = "", *, wrap: bool = False, selectable: bool = False) -> QLabel:
    """Makes a plain-text label.

    Args:
        text: Text of the label.
        role: Style: `muted`, `title`, `heading`, `big`, `band`, `mono` or `warning`.
        wrap: Whether long lines are broken.
        selectable: Whether the text can be selected and copied.
    """
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    if selectable:
        made.setTextInteractionFlags(READABLE)
    if wrap:
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return made


def row(parent: QWidget | None = None, *, spacing_px: int = 8, margins: Margins = (0, 0, 0, 0)) -> QHBoxLayout:
    """Makes a horizontal layout; it becomes the layout of `parent`."""
    layout = QHBoxLayout()
    layout.setContentsMargins(*margins)
    layout.setSpacing(spacing_px)
    if parent is not None:
        parent.setLayout(layout)
    return layout


def column(parent: QWidget | None = None, *, spacing_px: int = 0, margins: Margins = (0, 0, 0, 0)) -> QVBoxLayout:
    """Makes a vertical layout; it becomes the layout of `parent`."""
    layout = QVBoxLayout()
    layout.setContentsMargins(*margins)
    layout.setSpacing(spacing_px)
    if parent is not None:
        parent.setLayout(layout)
    return layout


def card(*, spacing_px: int = 8) -> tuple[QFrame, QVBoxLayout]:
    """Makes a framed group; returns the frame and its layout."""
    frame = QFrame()
    frame.setObjectName("Card")
    return frame, column(frame, spacing_px=spacing_px, margins=(14, 12, 14, 12))
