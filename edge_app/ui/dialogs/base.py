"""What all dialogs share: a size that fits a 7-inch screen, plain text, and buttons in the user's language."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from edge_app.ui.plain_label import label

LARGEST = QSize(760, 440)
"""Of a dialog on a screen of 800 x 480, with room for a title bar."""


class Dialog(QDialog):
    """A page with a heading, a body and a row of buttons. It does not block: show it with `open()`."""

    def __init__(self, title: str, parent: QWidget | None = None, *, size: QSize = LARGEST) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(20, 16, 20, 14)
        self._outer.setSpacing(12)
        self._outer.addWidget(label(title, "title", wrap=True))
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        self._outer.addLayout(self.body, 1)
        self.buttons = QDialogButtonBox()
        self._outer.addWidget(self.buttons)
        self.resize(size.boundedTo(LARGEST))

    def add_close(self) -> QPushButton:
        """Adds the button that ends the dialog."""
        button = self.buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.rejected.connect(self.reject)
        return button

    def add_button(self, text: str, *, primary: bool = False) -> QPushButton:
        """Adds a button that does something and leaves the dialog open.

        Args:
            text: Its words.
            primary: The one thing this dialog is for.
        """
        button = QPushButton(text)
        button.setAutoDefault(False)
        if primary:
            # Before the box polishes it: style sheets look at properties only then.
            button.setProperty("role", "primary")
            button.setDefault(True)
        self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        return button


def reading_field(text: str, name: str) -> QPlainTextEdit:
    """A field of plain text to read, scroll and copy from; also with the keyboard.

    Args:
        text: As it is: nothing in it is markup.
        name: For screen readers.
    """
    field = QPlainTextEdit(text)
    field.setReadOnly(True)
    field.setAccessibleName(name)
    field.setWordWrapMode(QTextOption.WrapMode.WordWrap)
    field.setTabChangesFocus(True)
    field.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return field


def scrolled(content: QWidget) -> QScrollArea:
    """Puts content that may be higher than the screen into a scroll area."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    return area
