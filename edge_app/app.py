"""Starts the window. The model loads while the window is built.

1. `edge_app.cli` parses the options without Qt.
2. `_application` creates the QApplication.
3. `Services.build` starts the child process, which takes the longest.
4. `MainWindow` is created and shown.
5. After the first paint come consent, crash reports and the given films.
6. At the end the services are closed in reverse order.
"""

from __future__ import annotations

import faulthandler
import logging
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QMetaObject, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from edge_app import __version__
from edge_app.services.crash import CrashReporter
from edge_app.services.places import Places
from edge_app.services.power import PowerWatch
from edge_app.services.service_container import Services
from edge_app.services.settings import DENSITY, LANGUAGE, TEXT_SCALE, THEME, ThemeName
from edge_app.services.systemd_watchdog import SystemdWatchdog
from edge_app.system.filesystem_kind import storage_kind
from edge_app.system.private_process import make_private_process
from edge_app.system.signals import Signals
from edge_app.ui.main_window import MainWindow
from edge_app.ui.theme import theme
from edge_app.ui.translation import install_translations

_LOG = logging.getLogger(__name__)

_CLOSE_LIMIT_S = 30.0
_SCREENSHOT_LIMIT_MS = 600_000  # prevents endless waiting; emulation needs more than a minute


@dataclass(frozen=True, slots=True)
class Options:
    """The command-line options of the window.

    Attributes:
        paths: Films and folders to open.
        model: Model bundle; None for the one in the settings.
        kiosk: Full screen, big buttons, no menu bar.
        screenshot: File for a picture of the window with the first result; the app then ends.
        show: Key of a command whose dialog is painted instead of the window; empty for none.
        size: Size of the window, pixels; None for the remembered one.
        theme: Overrides the setting.
        language: Overrides the setting.
    """

    paths: tuple[Path, ...] = ()
    model: Path | None = None
    kiosk: bool = False
    screenshot: Path | None = None
    show: str = ""
    size: tuple[int, int] | None = None
    theme: ThemeName | None = None
    language: str | None = None


class Run(QObject):
    """One run of the app: services and window, without the event loop, so that tests can use it."""

    _crashed = Signal()

    def __init__(self, application: QApplication, options: Options) -> None:
        """Creates the services and shows the window."""
        super().__init__()
        self.options = options
        # A screenshot must not change the user's history and settings.
        self._home = TemporaryDirectory(prefix="pneumoscope-") if options.screenshot else None
        places = Places.find(Path(self._home.name) if self._home else None)
        self._kept = places.make()  # before anything writes there
        self.crashes = CrashReporter(places.crashes, lambda _: self._crashed.emit())
        self.crashes.install()
        self.services = Services.build(
            places,
            model_folder=str(options.model) if options.model else "",
            history=options.screenshot is None,
        )
        settings = self.services.settings
        install_translations(application, options.language or settings[LANGUAGE])
        density = "touch" if options.kiosk else settings[DENSITY]
        scheme: ThemeName = settings[THEME] if options.theme is None else options.theme
        theme().apply(scheme, density, settings[TEXT_SCALE])
        size = QSize(*options.size) if options.size is not None else None
        self.window = MainWindow(self.services, kiosk=options.kiosk, size=size)
        if options.kiosk and options.screenshot is None:
            self.window.showFullScreen()
        else:
            self.window.show()
        self.power = PowerWatch(self)
        self.power.changed.connect(self.window.frame.notices.set_power)
        self.watchdog = SystemdWatchdog(self)
        # Queued, because an error can occur in any thread.
        self._crashed.connect(self._say_crashed, Qt.ConnectionType.QueuedConnection)
        QTimer.singleShot(0, self, self._after_first_paint)

    def close(self) -> None:
        """Closes the window and ends threads and processes."""
        self.watchdog.close()
        self.power.close()
        self.window.close()
        self.services.close()
        self.window.deleteLater()
        self.crashes.uninstall()
        if self._home is not None:
            self._home.cleanup()

    def _say_crashed(self) -> None:
        self.window.say(self.tr("Something went wrong. A report was kept on this computer; see it at the next start."))

    def _after_first_paint(self) -> None:
        self.window.open_paths(list(self.options.paths))
        if self.options.screenshot is None:
            self.window.frame.notices.set_storage(
                storage_kind(self.services.places.data) if self._kept else "read-only"
            )
            self.power.start()
            self.watchdog.start()
            self.window.dialogs.greet(self.crashes)


def run(options: Options, signals: Signals | None = None) -> int:
    """Opens the window and returns after it is closed.

    Args:
        options: The options.
        signals: Signal handler; None if the caller handles signals.

    Returns:
        The exit status: 0, 1 if a screenshot failed, or 128 + the number of a signal.
    """
    make_private_process()
    application = _application()

    def leave() -> None:
        QMetaObject.invokeMethod(application, "quit", Qt.ConnectionType.QueuedConnection)

    # Like closing the window, so that data is saved. The request waits until the window is built.
    with signals.handled(leave) if signals else nullcontext():
        run = Run(application, options)
        if options.screenshot is not None:
            from edge_app.ui.screenshot import Screenshot

            limit_ms, show = _SCREENSHOT_LIMIT_MS, options.show
            shot = Screenshot(run.window, options.screenshot, options.paths, limit_ms=limit_ms, show=show)
            shot.done.connect(application.exit)
        try:
            status = _event_loop(application)
        finally:
            if sys.__stderr__ is not None:  # a thread that waits for a dead disk must not block the end
                faulthandler.dump_traceback_later(_CLOSE_LIMIT_S, exit=True, file=sys.__stderr__)
            run.close()
            faulthandler.cancel_dump_traceback_later()
    return signals.exit_status if signals and signals.number else status


def _event_loop(application: QApplication) -> int:
    return application.exec()


def _application() -> QApplication:
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication([sys.argv[0]])
    application.setApplicationName("pneumoscope")
    application.setApplicationDisplayName("Pneumoscope")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("pneumoscope")
    return application
