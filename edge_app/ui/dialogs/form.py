"""Forms of names and values."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QWidget

from edge_app.ui.dialogs.base import scrolled
from edge_app.ui.widgets import label


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
