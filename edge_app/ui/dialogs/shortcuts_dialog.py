"""Lists all keys and gestures, from the same table as the menus."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QWidget

from edge_app.ui.actions import GROUPS, HELD, MOUSE, translated
from edge_app.ui.dialogs.base import Dialog, scrolled
from edge_app.ui.widgets import label


class ShortcutsDialog(Dialog):
    """A page of shortcuts in two columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Keyboard and mouse"), parent)
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, (keys, text, is_heading) in enumerate(self._rows()):
            if is_heading:
                heading = label(text, "heading")
                heading.setContentsMargins(0, 8 if row else 0, 0, 2)
                grid.addWidget(heading, row, 0, 1, 2)
                continue
            grid.addWidget(label(keys, "mono", wrap=True), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(text, wrap=True), row, 1)
        grid.setColumnMinimumWidth(0, 190)
        area = scrolled(page)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setAccessibleName(self.tr("Keyboard and mouse"))
        self.body.addWidget(area, 1)
        self.add_close()

    def _rows(self) -> list[tuple[str, str, bool]]:
        rows = [("", self.tr("On the film"), True)]
        rows += [(translated(keys), translated(text), False) for keys, text in (MOUSE | HELD).items()]
        for title, specs in GROUPS:
            with_keys = [spec for spec in specs if spec.shortcuts]
            if with_keys:
                rows.append(("", translated(title), True))
            for spec in with_keys:
                keys = [QKeySequence(text).toString(QKeySequence.SequenceFormat.NativeText) for text in spec.shortcuts]
                rows.append((", ".join(keys), translated(spec.text).removesuffix("..."), False))
        return rows
