"""A page of names and values."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QWidget

from edge_app.ui.dialogs.base import scrolled
from edge_app.ui.plain_label import label


def form_page(rows: list[tuple[str, str]]) -> QWidget:
    """Lays out rows that can be read, scrolled and copied."""
    page = QWidget()
    form = QFormLayout(page)
    form.setContentsMargins(2, 12, 10, 8)
    form.setHorizontalSpacing(18)
    form.setVerticalSpacing(9)
    form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    for name, value in rows:
        heading = label(name, "muted", wrap=True)
        heading.setFixedWidth(150)
        # A hash has no spaces to break at; a zero-width one after every 16 characters gives it some.
        shown = "\u200b".join(value[i : i + 16] for i in range(0, len(value), 16)) if len(value) == 64 else value
        form.addRow(heading, label(shown, wrap=True, selectable=True))
    area = scrolled(page)
    area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return area
