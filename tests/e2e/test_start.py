from __future__ import annotations

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QCheckBox, QPlainTextEdit, QPushButton

from edge_app import app
from edge_app.cli import main
from edge_app.process import supervisor
from edge_app.services.places import Places
from edge_app.services.settings import CONSENT, CONSENT_VERSION, Settings
from edge_app.ui.main_window import MainWindow
from tests.e2e.test_report import press
from tests.support.fake_worker import COMMAND
from tests.support.window import Driver


def without_consent(home: Places) -> None:
    settings = Settings(home.settings_file)
    settings[CONSENT] = 0
    settings.save()


def test_first_start_asks_for_consent_and_keeps_its_version(drive, home):
    without_consent(home)

    def script(w: Driver) -> None:
        w.wait(lambda: not w.no_dialog())
        dialog = w.dialog()
        start = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Start")
        assert not start.isEnabled()
        assert "not a medical device" in dialog.findChild(QPlainTextEdit).toPlainText()
        dialog.findChild(QCheckBox).click()
        start.click()
        assert w.window.services.settings[CONSENT] == CONSENT_VERSION

    def again(w: Driver) -> None:
        w.settle()
        assert w.no_dialog()

    drive(script)
    drive(again)


def test_without_consent_the_window_closes(drive, home):
    without_consent(home)

    def script(w: Driver) -> None:
        w.wait(lambda: not w.no_dialog())
        press(w.dialog(), "Quit")
        w.settle()
        assert not w.window.isVisible()
        assert w.window.services.settings[CONSENT] == 0

    drive(script)


def test_crash_report_is_offered_and_deleted(drive, home):
    home.crashes.mkdir(parents=True, exist_ok=True)
    report = home.crashes / "crash-20260101T000000000000.txt"
    report.write_text("ValueError\n\nedge_app/x.py:1 in f")

    def script(w: Driver) -> None:
        w.wait(lambda: not w.no_dialog())
        dialog = w.dialog()
        press(dialog, "Copy report")
        assert "edge_app/x.py:1" in QApplication.clipboard().text()
        press(dialog, "Delete report")
        assert not report.exists()

    drive(script)


def test_size_and_splitter_are_restored(drive, home):
    def script(w: Driver) -> None:
        w.window.resize(1100, 700)
        w.window.frame.splitter.setSizes([0, 700, 400])
        w.settle()
        sizes.append(w.window.frame.splitter.sizes())

    def again(w: Driver) -> None:
        w.wait(lambda: w.window.frame.splitter.sizes() == sizes[0])

    sizes: list[list[int]] = []
    drive(script, size="1100x700")
    drive(again, size="1100x700")


def test_kiosk_has_big_buttons_and_a_way_out_that_must_be_held(drive):
    def script(w: Driver) -> None:
        assert w.window.isFullScreen()
        assert not w.window.menuBar().isVisible()
        assert w.window.frame.is_compact
        assert not w.window.actions_table["quit"].isEnabled()
        quit_button = w.window.frame.buttons._quit
        assert quit_button.isVisible()
        quit_button.click()
        w.settle()
        assert w.window.isVisible(), "a tap does not end it"
        quit_button.pressed.emit()
        assert w.window.frame.buttons._hold.isActive()
        w.window.frame.buttons._hold.setInterval(0)
        w.wait(lambda: not w.window.isVisible())

    drive(script, "--kiosk")


def test_full_screen_and_back(drive):
    def script(w: Driver) -> None:
        w.trigger("full_screen")
        assert w.window.isFullScreen()
        w.trigger("full_screen")
        assert not w.window.isFullScreen()

    drive(script)


def test_event_loop_ends_with_the_window(qapp, home, monkeypatch):
    monkeypatch.setattr(supervisor, "child_command", lambda module="": COMMAND)

    def close() -> None:
        for window in QApplication.topLevelWidgets():
            if isinstance(window, MainWindow):
                window.close()

    original = app._event_loop

    def loop(application: QApplication) -> int:
        QTimer.singleShot(0, close)
        return original(application)

    monkeypatch.setattr(app, "_event_loop", loop)
    assert main(["--size", "900x700"]) == 0


def test_screenshot_is_painted_without_a_trace(qapp, home, films, tmp_path, monkeypatch):
    from PySide6.QtGui import QImage

    monkeypatch.setattr(supervisor, "child_command", lambda module="": COMMAND)
    target = tmp_path / "shot.png"
    status = main(["--screenshot", str(target), "--size", "1000x700", "--theme", "light", str(films("a.png"))])
    assert status == 0
    assert (QImage(str(target)).width(), QImage(str(target)).height()) == (1000, 700)
    assert not home.history_file.exists()


@pytest.mark.parametrize("kind", ["empty folder", "broken", "empty", "missing", "crash"])
def test_screenshot_without_a_result_says_why(qapp, home, films, tmp_path, monkeypatch, capsys, kind):
    monkeypatch.setattr(supervisor, "child_command", lambda module="": COMMAND)
    path = tmp_path / f"{kind}.png"
    if kind == "empty folder":
        path.mkdir()
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "broken":
        path = films.broken("broken.png")
    elif kind == "crash":
        path = films("crash.png")
    target = tmp_path / "shot.png"
    assert main(["--screenshot", str(target), str(path)]) == 1
    assert f"{kind}" in capsys.readouterr().err
    assert not target.exists()


def test_screenshot_of_a_dialog(qapp, home, films, tmp_path, monkeypatch):
    from PySide6.QtGui import QImage

    monkeypatch.setattr(supervisor, "child_command", lambda module="": COMMAND)
    target = tmp_path / "shot.png"
    assert main(["--screenshot", str(target), "--size", "800x480", "--show", "model", str(films("a.png"))]) == 0
    assert QImage(str(target)).width() <= 760


def test_unknown_option_is_a_usage_error(capsys):
    import pytest

    with pytest.raises(SystemExit) as ended:
        main(["--size", "12"])
    assert ended.value.code == 2


def test_a_home_that_cannot_be_written_gives_a_window_with_a_notice(drive, films, tmp_path, monkeypatch, expected_log):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    monkeypatch.setenv("PNEUMOSCOPE_HOME", str(blocked))
    expected_log.extend(["cannot be made", "cannot be kept", "not available", "settings"])

    def script(w: Driver) -> None:
        w.wait_film()
        w.wait(lambda: "This disk cannot be written to" in w.shown_texts(), "the notice")
        assert w.session.current.analysis.decision is not None

    assert drive(script, films("a.png")) == 0


def test_a_crash_of_one_window_is_offered_though_another_window_ended_well(drive, home):
    left = home.crashes / "native-1.log"
    left.write_text('Fatal Python error: Segmentation fault\n\n  File "/somewhere/edge_app/x.py", line 1 in f\n')

    def script(w: Driver) -> None:
        w.wait(lambda: not w.no_dialog())
        press(w.dialog(), "Copy report")
        assert "ended by a fault outside Python" in QApplication.clipboard().text()
        assert not left.exists()

    drive(script)
