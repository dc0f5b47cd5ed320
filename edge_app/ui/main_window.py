"""The main window: builds panels, controllers and menus, and connects them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QSize, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QIcon,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QMainWindow, QMenu

from edge_app.process.jobs import WorkerState
from edge_app.records.history_records import HistoryState
from edge_app.report.wording import words_of
from edge_app.services.service_container import Services
from edge_app.services.settings import DENSITY, SPLITTER_STATE, WINDOW_GEOMETRY
from edge_app.ui.actions import FILE, GROUPS, Actions, translated
from edge_app.ui.dialog_controller import DialogController
from edge_app.ui.empty_state import EmptyState
from edge_app.ui.export_controller import ExportController
from edge_app.ui.file_controller import FileController
from edge_app.ui.film_controller import FilmController
from edge_app.ui.frame import COMPACT_BELOW, Frame
from edge_app.ui.keras_controller import KerasController
from edge_app.ui.list_controller import ListController
from edge_app.ui.panels.result_panel import ResultPanel
from edge_app.ui.panels.worklist_panel import WorklistPanel
from edge_app.ui.resources import ICONS
from edge_app.ui.settings_controller import SettingsController
from edge_app.ui.theme import theme
from edge_app.ui.view_controller import HELD_KEYS, ViewController
from edge_app.ui.viewer.document import FilmDocument
from edge_app.ui.viewer.viewer_panel import ViewerPanel
from edge_app.ui.widgets import label

_MESSAGE_MS = 6000


class MainWindow(QMainWindow):
    """The reading window.

    Attributes:
        closing: The window is about to close.
    """

    closing = Signal()

    def __init__(self, services: Services, *, kiosk: bool = False, size: QSize | None = None) -> None:
        """Assembles the window.

        Args:
            services: Services of the application.
            kiosk: Big buttons instead of the menu bar; a long press quits.
            size: Size of the window; None for the last one.
        """
        super().__init__()
        self.setObjectName("MainWindow")
        self.setWindowTitle("Pneumoscope")
        self.setWindowIcon(QIcon(str(ICONS / "pneumoscope.svg")))
        self.setAcceptDrops(True)
        self.setMinimumSize(640, 400)
        self.services = services
        self.kiosk = kiosk
        self.actions_table = Actions(self)
        self.document = FilmDocument(self)
        self.result = ResultPanel()
        self.worklist = WorklistPanel(services.session, self.actions_table)
        self.viewer = ViewerPanel(self.document, self.actions_table, EmptyState(self.actions_table))
        self.frame = Frame(self.worklist, self.viewer, self.result, self.actions_table)
        self.frame.buttons.set_kiosk(kiosk)
        self.frame.buttons.quit_held.connect(self.close)
        self.actions_table.enable(("quit", "full_screen"), not kiosk)
        self.setCentralWidget(self.frame)
        self.files = FileController(services, self.say, self)
        self.films = FilmController(
            services.session, self.document, self.viewer, self.result, self.worklist, parent=self
        )
        self.views = ViewController(self.actions_table, self.document, self.viewer, services.settings, self)
        self.lists = ListController(services, self.worklist, self.actions_table, self.say, self)
        self.exports = ExportController(services, self.document, self.viewer, self.worklist, self.say, self)
        self.keras = KerasController(services, self.document, self.actions_table, self.say, self)
        self.dialogs = DialogController(services, self.files, self.document, self.say, self)
        self.settings_in_force = SettingsController(services, self.views, self.frame, self)
        self._worker_words = label(role="muted")
        self._worker_words.setContentsMargins(0, 0, 10, 0)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addPermanentWidget(self._worker_words)
        self._build_menus()
        self._connect()
        self._restore(size)

    def say(self, text: str) -> None:
        """Shows a message in the status line for a few seconds."""
        self.statusBar().showMessage(text, _MESSAGE_MS)

    def open_paths(self, paths: list[Path]) -> None:
        self.files.open_paths(paths)

    def set_full_screen(self, on: bool) -> None:
        if on != self.isFullScreen():
            (self.showFullScreen if on else self.showNormal)()

    def _build_menus(self) -> None:
        self.recent_menu = QMenu(self.tr("Open recent"), self)
        self.recent_menu.setToolTipsVisible(True)
        self.recent_menu.aboutToShow.connect(lambda: self.files.fill_recent(self.recent_menu))
        self.more_menu = QMenu(self)
        for title, specs in GROUPS:
            for menu in (self.menuBar().addMenu(translated(title)), self.more_menu.addMenu(translated(title))):
                self.actions_table.fill_menu(menu, specs)
                if specs is FILE:
                    menu.insertMenu(self.actions_table["paste"], self.recent_menu)
        self.frame.buttons.more.setMenu(self.more_menu)

    def _connect(self) -> None:
        actions, services = self.actions_table, self.services
        actions.connect(
            {
                "open": self.files.ask_files,
                "open_folder": self.files.ask_folder,
                "paste": self.files.paste,
                "sample": self.files.open_sample,
                "quit": self.close,
                "full_screen": self.set_full_screen,
                "show_list": self.frame.show_list,
                "analyse_again": self.films.analyse_again,
                "report": self.exports.show_report,
                "save_view": self.exports.save_view,
                "save_csv": self.exports.save_csv,
                **self.dialogs.handlers(),
            }
        )
        self.files.opened.connect(self._on_opened)
        self.dialogs.refused.connect(self.close)
        for key in HELD_KEYS:
            shortcut = QShortcut(QKeySequence(key), self, partial(self.views.hold, key, True))
            shortcut.setAutoRepeat(False)
        services.queue.progress.connect(self.worklist.show_progress)
        services.queue.worker_changed.connect(self._on_worker)
        services.history.state_changed.connect(self._on_history)
        services.session.current_changed.connect(self._on_current)
        self._on_worker(services.queue.state)
        self._on_current(None)

    def _on_opened(self, count: int) -> None:
        if len(self.services.session) > 1:
            self.actions_table["show_list"].setChecked(not self.frame.is_compact or count > 1)

    def _on_current(self, item_id: int | None) -> None:
        self.actions_table.enable(("report", "analyse_again"), item_id is not None)
        item = self.services.session.current
        self.setWindowTitle(f"{item.name} - Pneumoscope" if item else "Pneumoscope")

    def _on_worker(self, state: WorkerState) -> None:
        text = self.tr("Loading the model ...")
        if state.phase == "ready" and state.model is not None:
            text = f"{state.model.model.name} - {state.model.model.runtime}"
        elif state.phase == "failed":
            text = self.tr("The model cannot be used")
            if state.reason is not None:
                self.say(str(words_of(state.reason)))
        self._worker_words.setText(text)
        self.result.set_model(state.model)

    def _on_history(self, state: HistoryState) -> None:
        if state.message is not None:
            self.say(str(words_of(state.message)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.apply_arrangement()

    def apply_arrangement(self) -> None:
        """Gives small windows and kiosks big buttons instead of menu, tool bar and status line."""
        size = self.size()
        small = size.width() < COMPACT_BELOW.width() or size.height() < COMPACT_BELOW.height()
        compact = small or self.kiosk
        self.menuBar().setVisible(not compact)
        self.statusBar().setVisible(not compact)
        if compact != self.frame.is_compact:
            # A small screen is most likely a touch screen.
            density = "touch" if compact else self.services.settings[DENSITY]
            theme().apply(theme().choice, density, theme().text_scale)
        self.frame.set_compact(compact)
        self.viewer.set_compact(compact)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if FileController.accepts(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if self.files.open_mime(event.mimeData()):
            event.acceptProposedAction()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        # No widget of the window takes releases, so those of the held keys arrive here.
        if not event.isAutoRepeat() and event.key() in HELD_KEYS:
            self.views.hold(event.key(), False)
        super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        # A window without the keyboard never sees the release.
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            for key in HELD_KEYS:
                self.views.hold(key, False)
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        # The next start restores the arrangement.
        self.result.commit_review()
        if not self.kiosk:
            settings = self.services.settings
            settings[WINDOW_GEOMETRY] = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
            if not self.frame.is_compact:
                state = self.frame.splitter.saveState().toBase64().data()
                settings[SPLITTER_STATE] = bytes(state).decode("ascii")
        self.dialogs.close()
        self.exports.close()
        self.keras.close()
        self.closing.emit()
        super().closeEvent(event)

    def _restore(self, size: QSize | None) -> None:
        settings = self.services.settings
        geometry = QByteArray.fromBase64(settings[WINDOW_GEOMETRY].encode("ascii"))
        if size is not None:
            self.resize(size)
        elif self.kiosk or not self.restoreGeometry(geometry):
            self.resize(1280, 800)
        self.apply_arrangement()
        # Letters are shortcuts; the search field would take them if it had the focus.
        self.viewer.focus_start()
        # The first layout would overwrite the state of the splitter.
        QTimer.singleShot(0, self, self._restore_splitter)

    def _restore_splitter(self) -> None:
        state = self.services.settings[SPLITTER_STATE]
        if state and not self.frame.is_compact:
            self.frame.splitter.restoreState(QByteArray.fromBase64(state.encode("ascii")))
