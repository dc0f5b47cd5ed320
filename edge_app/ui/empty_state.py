"""What the viewer shows before the first film: what to do, and a film to try it on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from edge_app.ui.actions import Actions
from edge_app.ui.plain_label import label
from edge_app.ui.resources import sample_films
from edge_app.ui.theme import theme
from edge_app.ui.theme.tokens import FILM_MUTED, FILM_TEXT


class EmptyState(QFrame):
    """A hint on the film's dark ground, in both schemes."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addStretch(1)
        buttons.addWidget(opening)
        buttons.addWidget(sample)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addStretch(1)
        for widget in (sign, title, hint):
            widget.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(widget)
        layout.addSpacing(10)
        layout.addLayout(buttons)
        layout.addStretch(1)
