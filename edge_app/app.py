"""The window's start, in named stages: arguments come before Qt, and the model loads while the window is built.

1. `Options` come from `edge_app.cli`, which imports no Qt.
2. `_application` makes the QApplication, its translations and its look.
3. `Services.build` starts the child process, which needs the longest.
4. `MainWindow` is assembled and shown.
5. What the first paint does not need follows from the event loop: consent, crash reports, the films asked for.
6. At the end the services are closed in the opposite order.
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
from edge_app.services.systemd_watchdog import ServiceManager
from edge_app.system.filesystem_kind import keeping
from edge_app.system.private_process import make_private_process
from edge_app.system.signals import Signals
from edge_app.ui.main_window import MainWindow
from edge_app.ui.theme import theme
from edge_app.ui.translation import install_translations

_LOG = logging.getLogger(__name__)

_CLOSE_LIMIT_S = 30.0
_SCREENSHOT_LIMIT_MS = 600_000  # only against waiting for ever; under emulation a minute is not enough


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line.

    Attributes:
        paths: Films and folders to open.
        model: A model bundle; None for the one in the settings.
        kiosk: Full screen, big buttons, no menu bar.
        screenshot: Paint the window with the result of the first film, save it there, and end.
        show: Key of a command whose dialog is painted instead of the window; empty for none.
        size: Of the window; None for the remembered one.
        theme: Wins over the setting.
        language: Wins over the setting.
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
    """One run of the app: services and window, from start to end. Kept apart from the event loop for the tests."""

    _crashed = Signal()

    def __init__(self, application: QApplication, options: Options) -> None:
        """Builds everything and shows the window."""
        super().__init__()
        self.options = options
        # A picture for the documentation leaves no trace in the user's history and settings.
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
        self.service_manager = ServiceManager(self)
        # Queued: the fault can have happened in any thread.
        self._crashed.connect(self._say_crashed, Qt.ConnectionType.QueuedConnection)
        QTimer.singleShot(0, self, self._after_first_paint)

    def close(self) -> None:
        """Takes the window away and ends threads and processes."""
        self.service_manager.close()
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
            self.window.frame.notices.set_keeping(keeping(self.services.places.data) if self._kept else "read-only")
            self.power.start()
            self.service_manager.start()
            self.window.dialogs.greet(self.crashes)


def run(options: Options, signals: Signals | None = None) -> int:
    """Opens the window and returns when it is closed.

    Args:
        options: What was asked for.
        signals: Listens for who wants the program to end; None where the caller sees to that.

    Returns:
        The exit status: 0, 1 where a screenshot could not be made, or 128 and its number after a signal.
    """
    make_private_process()
    application = _application()

    def leave() -> None:
        QMetaObject.invokeMethod(application, "quit", Qt.ConnectionType.QueuedConnection)

    # As closing the window does: what is to be kept is written. While the window is built, the request waits.
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
            if sys.__stderr__ is not None:  # a thread that waits for a dead disk does not keep the program for ever
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
