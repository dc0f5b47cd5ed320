"""Opens the dialogs, and does what they ask for. Each is imported when it is opened: the first paint needs none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from edge_app.services.camera import Camera
from edge_app.services.crash import CrashReporter
from edge_app.services.erase import erase_files
from edge_app.services.service_container import Services
from edge_app.services.settings import CAMERA_DEVICE, CONSENT, CONSENT_VERSION
from edge_app.ui.file_controller import FileController
from edge_app.ui.viewer.document import FilmDocument

if TYPE_CHECKING:
    from edge_app.ui.dialogs.settings_dialog import SettingsDialog


class DialogController(QObject):
    """Opens the dialogs, one at a time.

    Attributes:
        said: A sentence for the status line.
        refused: The user did not agree to the terms of use.
    """

    said = Signal(str)
    refused = Signal()

    def __init__(self, services: Services, files: FileController, document: FilmDocument, window: QWidget) -> None:
        super().__init__(window)
        self._services = services
        self._files = files
        self._document = document
        self._window = window
        self._camera = Camera(services.places.captures, self)

    def handlers(self) -> dict[str, Callable[..., object]]:
        """What each action does."""
        return {
            "settings": self.show_settings,
            "history": self.show_history,
            "camera": self.show_camera,
            "shortcuts": self.show_shortcuts,
            "film_info": self.show_film,
            "model": self.show_model,
            "intended_use": self.show_intended_use,
            "about": self.show_about,
        }

    def greet(self, crashes: CrashReporter | None = None) -> None:
        """Asks for consent where it was not given to this version of the text, then offers the reports of crashes."""
        settings = self._services.settings
        if settings[CONSENT] >= CONSENT_VERSION:
            self._offer_reports(crashes)
            return
        from edge_app.ui.dialogs.text_dialogs import ConsentDialog

        dialog = ConsentDialog(self._window)
        dialog.agreed.connect(lambda: settings.__setitem__(CONSENT, CONSENT_VERSION))
        dialog.accepted.connect(lambda: self._offer_reports(crashes))
        dialog.rejected.connect(self.refused)
        self._open(dialog)

    def show_shortcuts(self) -> None:
        """Opens the page of keys and gestures."""
        from edge_app.ui.dialogs.shortcuts_dialog import ShortcutsDialog

        self._open(ShortcutsDialog(self._window))

    def show_film(self) -> None:
        """Opens what the file says of the film on the screen."""
        from edge_app.ui.dialogs.film_dialog import FilmDialog

        if self._document.film is not None:
            self._open(FilmDialog(self._document.film, self._document.name, self._window))

    def show_model(self) -> None:
        """Opens what is known of the model."""
        from edge_app.ui.dialogs.model_dialog import ModelDialog

        self._open(ModelDialog(self._services.queue.state, self._window))

    def show_intended_use(self) -> None:
        """Opens what the model is for."""
        from edge_app.ui.dialogs.text_dialogs import IntendedUseDialog

        self._open(IntendedUseDialog(self._services.queue.model, self._window))

    def show_about(self) -> None:
        """Opens versions and licences."""
        from edge_app.ui.dialogs.text_dialogs import AboutDialog

        self._open(AboutDialog(self._services.queue.model, self._window))

    def show_settings(self) -> None:
        """Opens the settings."""
        from edge_app.ui.dialogs.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self._services.settings, self._services.queue.model, self._window)
        dialog.wipe_requested.connect(lambda: self._wipe(dialog))
        dialog.folder_requested.connect(lambda: self._choose_model(dialog))
        self._open(dialog)

    def show_history(self) -> None:
        """Opens the history."""
        from edge_app.ui.dialogs.history_dialog import HistoryDialog

        dialog = HistoryDialog(self._services.history, self._window)
        dialog.reopen_requested.connect(self._reopen)
        self._open(dialog)

    def _reopen(self, path: Path) -> None:
        self._files.open_paths([path])

    def show_camera(self) -> None:
        """Opens the camera."""
        from edge_app.ui.dialogs.camera_dialog import CameraDialog

        dialog = CameraDialog(self._camera, self._services.settings[CAMERA_DEVICE], self._window)
        dialog.film_saved.connect(self._files.open_camera_film)
        self._open(dialog)

    def close(self) -> None:
        """Ends what dialogs may have left running."""
        self._camera.close()

    def _open(self, dialog: QDialog) -> None:
        dialog.open()

    def _offer_reports(self, crashes: CrashReporter | None) -> None:
        reports = crashes.pending() if crashes else ()
        if crashes is not None and reports:
            from edge_app.ui.dialogs.text_dialogs import CrashDialog

            dialog = CrashDialog(reports, self._window)
            dialog.dismissed.connect(crashes.dismiss)
            self._open(dialog)

    def _wipe(self, dialog: QWidget) -> None:
        question = self.tr(
            "Delete everything that is kept on this computer: analyses, your readings, photographs, pasted pictures, "
            "recent files and crash reports? This cannot be undone."
        )
        from edge_app.ui.dialogs.history_dialog import ask

        if ask(dialog, self.tr("Delete everything"), question, self.tr("Delete")):
            self._services.history.wipe()
            left = erase_files(self._services.places, self._services.settings)
            failed = self.tr("Some files could not be deleted: {count}").format(count=len(left))
            self.said.emit(failed if left else self.tr("Nothing is kept."))

    def _choose_model(self, dialog: SettingsDialog) -> None:
        folder = QFileDialog.getExistingDirectory(dialog, self.tr("Folder of the model bundle"))
        if folder:
            dialog.set_model_folder(folder)
