"""The base class of the dialogs, and widgets that several of them use."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QTabWidget,
    QWidget,
)

from edge_app.ui.widgets import READABLE, column, label

LARGEST = QSize(760, 440)
"""Largest size of a dialog: fits a screen of 800 x 480 with a title bar."""


class Dialog(QDialog):
    """A dialog with a heading, a body and a row of buttons. Show it with `open()`, which does not block."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        layout = column(self, spacing_px=12, margins=(20, 16, 20, 14))
        layout.addWidget(label(title, "title", wrap=True))
        self.body = column(spacing_px=10)
        layout.addLayout(self.body, 1)
        self.buttons = QDialogButtonBox()
        layout.addWidget(self.buttons)
        self.resize(LARGEST)

    def add_tabs(self, pages: Iterable[tuple[str, QWidget]]) -> None:
        """Fills the body with tabs: title and page of each."""
        tabs = QTabWidget(documentMode=True)
        tabs.tabBar().setDrawBase(False)
        for title, page in pages:
            tabs.addTab(page, title)
        self.body.addWidget(tabs, 1)

    def add_close(self) -> QPushButton:
        """Adds the button that closes the dialog."""
        button = self.buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.rejected.connect(self.reject)
        return button

    def add_button(self, text: str, *, primary: bool = False) -> QPushButton:
        """Adds a button that leaves the dialog open.

        Args:
            text: Text of the button.
            primary: Whether it is the default button.
        """
        button = QPushButton(text, autoDefault=False)
        if primary:
            # Before the button box polishes the button: style sheets read properties only then.
            button.setProperty("role", "primary")
            button.setDefault(True)
        self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        return button


def reading_field(text: str, name: str) -> QPlainTextEdit:
    """Makes a read-only field of plain text that can be scrolled and copied, also with the keyboard.

    Args:
        text: Plain text.
        name: Name for screen readers.
    """
    field = QPlainTextEdit(text, readOnly=True, tabChangesFocus=True)
    field.setAccessibleName(name)
    field.setWordWrapMode(QTextOption.WrapMode.WordWrap)
    field.setTextInteractionFlags(READABLE)
    return field


def scrolled(content: QWidget) -> QScrollArea:
    """Puts content that may be higher than the screen into a scroll area."""
    area = QScrollArea(widgetResizable=True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    return area


def empty_form() -> tuple[QWidget, QFormLayout]:
    """Makes a page and its form layout."""
    page = QWidget()
    form = QFormLayout(page)
    form.setContentsMargins(2, 12, 10, 8)
    form.setHorizontalSpacing(18)
    form.setVerticalSpacing(10)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return page, form


def form_page(rows: list[tuple[str, str]]) -> QWidget:
    """Makes a page of names and values that can be scrolled and copied."""
    page, form = empty_form()
    form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    for name, value in rows:
        heading = label(name, "muted", wrap=True)
        heading.setFixedWidth(150)
        # A hash has no spaces, so a zero-width space after every 16 characters lets the line break.
        shown = "\u200b".join(value[i : i + 16] for i in range(0, len(value), 16)) if len(value) == 64 else value
        form.addRow(heading, label(shown, wrap=True, selectable=True))
    area = scrolled(page)
    area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return area
