"""Labels that show text as it is: nothing from a file or a manifest is ever taken for markup."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget


def label(text: str = "", role: str = "", *, wrap: bool = False, selectable: bool = False) -> QLabel:
    """Makes a plain-text label.

    Args:
        text: Its words.
        role: Style: `muted`, `title`, `heading`, `big`, `band`, `mono` or `warning`.
        wrap: Breaks lines.
        selectable: Can be selected and copied, with the keyboard too.
    """
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    if selectable:
        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
    if wrap:
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return made


def card(*, spacing_px: int = 8) -> tuple[QFrame, QVBoxLayout]:
    """A framed group, and its layout."""
    frame = QFrame()
    frame.setObjectName("Card")
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(14, 12, 14, 12)
    layout.setSpacing(spacing_px)
    return frame, layout


def line(parent: QWidget | None = None) -> QFrame:
    """A horizontal line of one pixel."""
    made = QFrame(parent)
    made.setObjectName("Line")
    made.setFixedHeight(1)
    return made
