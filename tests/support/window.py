"""Drives the real `main()` of the window: isolated settings and history, a child process that needs no model.

def test_something(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        w.trigger("heat")
        assert ...
    assert drive(script, films("a.png")) == 0
"""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import (
    QCoreApplication,
    QDeadlineTimer,
    QEvent,
    QPoint,
    QPointF,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from edge_app import app
from edge_app.cli import main
from edge_app.process import supervisor
from edge_app.services.places import Places
from edge_app.services.settings import CONSENT, CONSENT_VERSION, Settings
from edge_app.ui.main_window import MainWindow
from edge_app.ui.translation import install_translations
from tests.support.fake_worker import COMMAND
from tests.support.films import chest_like
from tests.support.leftovers import nothing_left

LIMIT_MS = 20_000
_HARMLESS_QT = (
    "This plugin does not support",  # the offscreen platform, on size hints, raise() and the like
)


class Films:
    """Makes film files. Each name gives another film, so another hash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def __call__(
        self, name: str, *, rows: int = 300, columns: int = 260, grey: float | None = None, deep: bool = False
    ) -> Path:
        """Draws a film.

        Args:
            name: Of the file; steers the fake worker.
            rows: Height.
            columns: Width.
            grey: Mean grey of its middle 0..1, so the probability that the fake worker answers; None for a chest.
            deep: 16 bits.
        """
        white = 65535 if deep else 255
        pixels = chest_like(rows, columns, white=white, seed=sum(name.encode()))
        if grey is not None:
            noise = np.random.default_rng(sum(name.encode())).integers(-2, 3, (rows, columns)) * (white // 255)
            pixels = np.clip(grey * white + noise, 0, white).astype(pixels.dtype)
        path = self.folder / name
        Image.fromarray(pixels).save(path)
        return path

    def broken(self, name: str) -> Path:
        """A file that is no film."""
        path = self.folder / name
        path.write_bytes(b"this is no film at all")
        return path


class Driver:
    """What a user does and sees."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.session = window.services.session
        self.document = window.document
        self.view = window.viewer.view

    def wait(self, condition: Callable[[], Any], what: str = "") -> None:
        """Waits until something is so."""
        deadline = QDeadlineTimer(LIMIT_MS)
        while not condition():
            if deadline.hasExpired():
                raise AssertionError(f"waited in vain for {what or condition}")
            QTest.qWait(5)

    def wait_film(self, name: str | None = None) -> None:
        """Waits until a film and its result are on the screen."""

        def shown() -> bool:
            item = self.session.current
            return (
                item is not None
                and (name is None or item.name == name)
                and item.state == "done"
                and self.document.film is not None
                and self.document.name == item.name
            )

        self.wait(shown, f"film {name or ''}")

    def wait_idle(self) -> None:
        """Waits until every film is done."""
        queue = self.window.services.queue
        self.wait(lambda: len(self.session) > 0 and queue.pending == 0, "the queue")
        self.settle()

    def settle(self) -> None:
        """Lets everything that was posted happen."""
        for _ in range(3):
            QApplication.processEvents()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def trigger(self, key: str) -> None:
        """Chooses a command of the menus."""
        action = self.window.actions_table[key]
        assert action.isEnabled(), f"{key} is disabled"
        action.trigger()
        self.settle()

    def key(self, key: Qt.Key, target: QWidget | None = None, modifier: Qt.KeyboardModifier | None = None) -> None:
        """Presses a key."""
        QTest.keyClick(target or self.window, key, modifier or Qt.KeyboardModifier.NoModifier)
        self.settle()

    def wheel(self, position: QPointF, delta: int) -> None:
        """Turns the wheel over the film."""
        viewport = self.view.viewport()
        event = QWheelEvent(
            position,
            QPointF(viewport.mapToGlobal(position.toPoint())),
            QPoint(),
            QPoint(0, delta),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(viewport, event)
        self.settle()

    def drag(self, start: QPoint, end: QPoint, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        """Drags over the film, in four moves."""
        viewport = self.view.viewport()
        none = Qt.MouseButton.NoButton
        steps = [start + (end - start) * share for share in (0.25, 0.5, 0.75, 1.0)]
        _mouse(viewport, QEvent.Type.MouseButtonPress, start, button, button)
        for step in steps:
            _mouse(viewport, QEvent.Type.MouseMove, step, none, button)
        _mouse(viewport, QEvent.Type.MouseButtonRelease, end, button, none)
        self.settle()

    def hover(self, position: QPoint) -> None:
        """Moves the pointer over the film."""
        none = Qt.MouseButton.NoButton
        _mouse(self.view.viewport(), QEvent.Type.MouseMove, position, none, none)
        self.settle()

    def dialog(self) -> QDialog:
        """The dialog that is open."""
        self.settle()
        open_ones = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
        assert len(open_ones) == 1, open_ones
        return open_ones[0]

    def no_dialog(self) -> bool:
        """Whether no dialog is open."""
        return not [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]

    def grab(self) -> QImage:
        """The window as it is painted."""
        self.settle()
        return self.window.grab().toImage()

    def shown_texts(self, root: QWidget | None = None) -> str:
        """All words of the labels that can be seen."""
        from PySide6.QtWidgets import QLabel

        return "\n".join(w.text() for w in (root or self.window).findChildren(QLabel) if w.isVisible())


def _mouse(
    target: QWidget, kind: QEvent.Type, position: QPoint, button: Qt.MouseButton, buttons: Qt.MouseButton
) -> None:
    event = QMouseEvent(
        kind,
        QPointF(position),
        QPointF(target.mapToGlobal(position)),
        button,
        buttons,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(target, event)


Script = Callable[[Driver], None]


@pytest.fixture
def films(tmp_path: Path) -> Films:
    return Films(tmp_path / "films")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """An own home; the consent of the first start was given."""
    monkeypatch.setenv("PNEUMOSCOPE_HOME", str(tmp_path / "home"))
    places = Places.find()
    places.make()
    settings = Settings(places.settings_file)
    settings[CONSENT] = CONSENT_VERSION
    assert settings.save()
    return places


@pytest.fixture
def expected_log() -> list[str]:
    """A test that provokes a warning puts a part of its text here."""
    return []


@pytest.fixture
def drive(
    qapp: QApplication,
    home: Places,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    expected_log: list[str],
) -> Iterator[Callable[..., int]]:
    """Runs `main()` and, in the place of its event loop, a script. Fails on what a run must not leave behind."""
    del home
    monkeypatch.setattr(supervisor, "child_command", lambda module="": COMMAND)

    def run(script: Script, *arguments: str | Path, size: str = "1280x800") -> int:
        failure: list[BaseException] = []

        def event_loop(application: QApplication) -> int:
            # One of an earlier run may still wait for its deletion.
            windows = [w for w in application.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
            try:
                script(Driver(windows[-1]))
            except BaseException as error:
                failure.append(error)
            return 0

        monkeypatch.setattr(app, "_event_loop", event_loop)
        with _no_qt_warnings(), nothing_left():
            status = main(["--size", size, *map(str, arguments)])
            for _ in range(3):
                QApplication.processEvents()
                QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            gc.collect()
            if not failure:
                _no_timers()
        if failure:
            raise failure[0]
        return status

    yield run
    loud = [
        r.getMessage()
        for r in caplog.get_records("call")
        if r.levelno >= logging.WARNING and not any(text in r.getMessage() for text in expected_log)
    ]
    assert not loud, f"unexpected log lines: {loud}"


@contextmanager
def _no_qt_warnings() -> Iterator[None]:
    said: list[str] = []

    def listen(kind: QtMsgType, _context: object, text: str | None) -> None:
        if kind != QtMsgType.QtDebugMsg and text and not text.startswith(_HARMLESS_QT):
            said.append(text)

    old = qInstallMessageHandler(listen)
    try:
        yield
    finally:
        qInstallMessageHandler(old)
    assert not said, f"Qt says: {said}"


def _no_timers() -> None:
    import shiboken6

    running = [o for o in gc.get_objects() if isinstance(o, QTimer) and shiboken6.isValid(o) and o.isActive()]
    assert not running, f"timers left running: {[(t.objectName(), t.parent(), t.interval()) for t in running]}"


os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def english_again():
    """Leaves no translation behind for the tests of other folders, which read English."""
    yield
    application = QApplication.instance()
    if isinstance(application, QApplication):
        install_translations(application, "en")
