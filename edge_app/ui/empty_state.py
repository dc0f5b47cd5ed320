"""The page of the viewer before the first film: what to do, and a sample film to try."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton

from edge_app.ui.actions import Actions
from edge_app.ui.resources import sample_films
from edge_app.ui.theme import theme
from edge_app.ui.theme.tokens import FILM_MUTED, FILM_TEXT
from edge_app.ui.widgets import column, label, row


class EmptyState(QFrame):
    """A hint with two buttons on the dark ground of the viewer."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("Ground")
        sign = label()
        sign.setPixmap(theme().pixmap("pneumoscope", FILM_MUTED, 88))
        title = label(self.tr("Drop a chest X-ray here"), "title")
        title.setStyleSheet(f"color: {FILM_TEXT};")
        hint = label(self.tr("JPEG, PNG or DICOM. Everything stays on this computer."), wrap=True)
        hint.setStyleSheet(f"color: {FILM_MUTED};")
        opening = QPushButton(self.tr("Open films..."))
        opening.setProperty("role", "primary")
        opening.clicked.connect(actions["open"].trigger)
        sample = QPushButton(self.tr("Try a sample film"))
        sample.clicked.connect(actions["sample"].trigger)
        sample.setVisible(bool(sample_films()))
        self.setFocusProxy(opening)
        buttons = row(spacing_px=10)
        buttons.addStretch(1)
        buttons.addWidget(opening)
        buttons.addWidget(sample)
        buttons.addStretch(1)
        layout = column(self, spacing_px=10, margins=(9, 9, 9, 9))
        layout.addStretch(1)
        for widget in (sign, title, hint):
            widget.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(widget)
        layout.addSpacing(10)
        layout.addLayout(buttons)
        layout.addStretch(1)
