"""Opens the dialogs and carries out their requests. Imports each dialog when it opens, to keep the start fast."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

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
        refused: The user did not accept the terms of use.
    """

    refused = Signal()

    def __init__(
        self,
        services: Services,
        files: FileController,
        document: FilmDocument,
        say: Callable[[str], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._services = services
        self._files = files
        self._document = document
        self._say = say
        self._window = window
        self._camera = Camera(services.places.captures, self)

    def handlers(self) -> dict[str, Callable[..., object]]:
        """Returns the handler of each action that opens a dialog."""
        return {
            "settings": self._show_settings,
            "history": self._show_history,
            "camera": self._show_camera,
            "shortcuts": self._show_shortcuts,
            "film_info": self._show_film,
            "model": self._show_model,
            "intended_use": self._show_intended_use,
            "about": self._show_about,
        }

    def greet(self, crashes: CrashReporter | None = None) -> None:
        """Asks for consent unless the user gave it to this version of the text; then offers the crash reports."""
        settings = self._services.settings
        if settings[CONSENT] >= CONSENT_VERSION:
            self._offer_reports(crashes)
            return
        from edge_app.ui.dialogs.text_dialogs import ConsentDialog

        dialog = ConsentDialog(self._window)
        dialog.accepted.connect(lambda: settings.__setitem__(CONSENT, CONSENT_VERSION))
        dialog.accepted.connect(lambda: self._offer_reports(crashes))
        dialog.rejected.connect(self.refused)
        dialog.open()

    def close(self) -> None:
        """Releases the camera."""
        self._camera.close()

    def _show_shortcuts(self) -> None:
        from edge_app.ui.dialogs.shortcuts_dialog import ShortcutsDialog

        ShortcutsDialog(self._window).open()

    def _show_film(self) -> None:
        from edge_app.ui.dialogs.film_dialog import FilmDialog

        if self._document.film is not None:
            FilmDialog(self._document.film, self._document.name, self._window).open()

    def _show_model(self) -> None:
        from edge_app.ui.dialogs.model_dialog import ModelDialog

        ModelDialog(self._services.queue.state, self._window).open()

    def _show_intended_use(self) -> None:
        from edge_app.ui.dialogs.text_dialogs import IntendedUseDialog

        IntendedUseDialog(self._services.queue.model, self._window).open()

    def _show_about(self) -> None:
        from edge_app.ui.dialogs.text_dialogs import AboutDialog

        AboutDialog(self._services.queue.model, self._window).open()

    def _show_settings(self) -> None:
        from edge_app.ui.dialogs.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self._services.settings, self._services.queue.model, self._window)
        dialog.wipe_requested.connect(lambda: self._wipe(dialog))
        dialog.folder_requested.connect(lambda: self._choose_model(dialog))
        dialog.open()

    def _show_history(self) -> None:
        from edge_app.ui.dialogs.history_dialog import HistoryDialog

        dialog = HistoryDialog(self._services.history, self._window)
        dialog.reopen_requested.connect(lambda path: self._files.open_paths([path]))
        dialog.open()

    def _show_camera(self) -> None:
        from edge_app.ui.dialogs.camera_dialog import CameraDialog

        dialog = CameraDialog(self._camera, self._services.settings[CAMERA_DEVICE], self._window)
        dialog.film_saved.connect(self._files.open_camera_film)
        dialog.open()

    def _offer_reports(self, crashes: CrashReporter | None) -> None:
        reports = crashes.pending() if crashes else ()
        if crashes is not None and reports:
            from edge_app.ui.dialogs.text_dialogs import CrashDialog

            dialog = CrashDialog(reports, self._window)
            dialog.accepted.connect(crashes.dismiss)
            dialog.open()

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
            self._say(failed if left else self.tr("Nothing is kept."))

    def _choose_model(self, dialog: SettingsDialog) -> None:
        folder = QFileDialog.getExistingDirectory(dialog, self.tr("Folder of the model bundle"))
        if folder:
            dialog.set_model_folder(folder)
