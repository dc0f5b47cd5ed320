"""Photographs a film on a light box: live image, capture, and four corners that the user drags."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from edge_app.display.perspective import Corners
from edge_app.report.wording import words_of
from edge_app.services.camera import Camera, Photograph, Preview
from edge_app.system.messages import Message
from edge_app.ui.dialogs.base import Dialog
from edge_app.ui.dialogs.corner_picker import CornerPicker
from edge_app.ui.widgets import label


class CameraDialog(Dialog):
    """Takes a photograph, then asks for the corners of the film.

    Attributes:
        film_saved: Path of the straightened image.
    """

    film_saved = Signal(object)

    def __init__(self, camera: Camera, device: str, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Photograph a film"), parent)
        self._camera = camera
        self._photograph: Photograph | None = None
        self._hint = label(wrap=True)
        self.picker = CornerPicker()
        self.body.addWidget(self._hint)
        self.body.addWidget(self.picker, 1)
        self._capture = self.add_button(self.tr("Take picture"), primary=True)
        self._again = self.add_button(self.tr("Take again"))
        self._use = self.add_button(self.tr("Use this film"), primary=True)
        self._capture.clicked.connect(self._take)
        self._again.clicked.connect(self._live)
        self._use.clicked.connect(self._save)
        self.add_close().setText(self.tr("Cancel"))
        # The camera outlives the dialog.
        self._connections = (
            (camera.preview, self._on_preview),
            (camera.captured, self._on_captured),
            (camera.saved, self._on_saved),
            (camera.failed, self._on_failed),
            (camera.closed, self._on_closed),
        )
        for signal, slot in self._connections:
            signal.connect(slot)
        self.finished.connect(self._close_camera)
        self._live()
        self._capture.setEnabled(False)
        self._hint.setText(self.tr("Opening the camera ..."))
        camera.open(device)

    def _live(self) -> None:
        self._photograph = None
        self.picker.set_corners(None)
        self._show_buttons(captured=False)
        self._hint.setText(
            self.tr("Hang the film on a light box, darken the room, and fill the picture with the film.")
        )

    def _show_buttons(self, *, captured: bool) -> None:
        self._capture.setVisible(not captured)
        self._again.setVisible(captured)
        self._use.setVisible(captured)
        self._capture.setEnabled(True)
        self._use.setEnabled(True)

    def _take(self) -> None:
        self._capture.setEnabled(False)
        self._camera.capture()

    def _save(self) -> None:
        corners = self.picker.corners()
        if self._photograph is not None and corners is not None:
            self._use.setEnabled(False)
            self._camera.save(self._photograph, corners)

    def _on_preview(self, preview: Preview) -> None:
        if self._photograph is None:
            self._capture.setEnabled(True)
            if self._hint.text() == self.tr("Opening the camera ..."):
                self._live()
            self.picker.show_pixels(preview.pixels)

    def _on_captured(self, photograph: Photograph) -> None:
        self._photograph = photograph
        rows, columns = photograph.pixels.shape
        self.picker.show_pixels(photograph.pixels)
        self.picker.set_corners(Corners.inset(rows, columns))
        self._show_buttons(captured=True)
        self._hint.setText(
            self.tr("Drag the four corners onto the corners of the film. The result will be flagged as photographed.")
        )
        self.picker.setFocus()

    def _on_saved(self, path: Path) -> None:
        self.film_saved.emit(path)
        self.accept()

    def _on_failed(self, message: Message) -> None:
        self._hint.setText(str(words_of(message)))
        self._use.setEnabled(self._photograph is not None)

    def _on_closed(self) -> None:
        self._capture.setEnabled(False)

    def _close_camera(self) -> None:
        for signal, slot in self._connections:
            signal.disconnect(slot)
        self._camera.close()
