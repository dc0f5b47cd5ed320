from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_app.services.crash import CrashReporter, versions

PATIENT = "Doe^Jane"


@pytest.fixture
def reporter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CrashReporter]:
    # The hooks that were there print; a test that crashes on purpose need not.
    monkeypatch.setattr(sys, "excepthook", lambda *_: None)
    monkeypatch.setattr(threading, "excepthook", lambda *_: None)
    reporter = CrashReporter(tmp_path / "crashes")
    reporter.install()
    yield reporter
    reporter.uninstall()


def crash() -> None:
    patient = PATIENT
    raise ValueError(f"cannot read /films/{patient}.png")


@pytest.mark.reliability("D13", part="crash reports")
def test_an_uncaught_error_is_reported_without_what_it_says(reporter: CrashReporter) -> None:
    try:
        crash()
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    [report] = reporter.pending()
    assert "builtins.ValueError" in report.text
    assert "test_crash.py" in report.text
    assert "in crash" in report.text
    assert versions() in report.text
    for secret in (PATIENT, "/films", str(Path(__file__).parent)):
        assert secret not in report.text


def test_an_error_in_a_thread_is_reported(reporter: CrashReporter) -> None:
    thread = threading.Thread(target=crash)
    thread.start()
    thread.join()
    assert len(reporter.pending()) == 1


def test_the_window_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", lambda *_: None)
    told: list[Path] = []
    reporter = CrashReporter(tmp_path, on_crash=told.append)
    reporter.install()
    sys.excepthook(RuntimeError, RuntimeError("x"), None)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    reporter.uninstall()
    assert [report.path for report in reporter.pending()] == told
    assert len(told) == 1


def test_reports_can_be_dismissed_and_do_not_pile_up(reporter: CrashReporter) -> None:
    for _ in range(25):
        sys.excepthook(RuntimeError, RuntimeError("x"), None)
    assert len(reporter.pending()) == 20
    reporter.dismiss()
    assert reporter.pending() == ()


def test_a_native_crash_is_offered_at_the_next_start(tmp_path: Path) -> None:
    folder = tmp_path / "crashes"
    script = tmp_path / f"{PATIENT}.py"
    script.write_text(
        "import ctypes, sys\nfrom pathlib import Path\n"
        "from edge_app.services.crash import CrashReporter\n"
        "CrashReporter(Path(sys.argv[1])).install()\n"
        "def read_film():\n    ctypes.string_at(0)\n"
        "read_film()\n"
    )
    root = Path(__file__).resolve().parents[3]
    code = subprocess.run([sys.executable, script, folder], cwd=root, env={"PYTHONPATH": str(root)}, check=False)
    assert code.returncode < 0
    reporter = CrashReporter(folder)
    assert reporter.pending() == ()
    reporter.install()
    [report] = reporter.pending()
    reporter.uninstall()
    assert "read_film" in report.text
    assert "Segmentation fault" in report.text
    assert str(tmp_path) not in report.text


def test_a_run_that_ends_well_leaves_nothing(tmp_path: Path) -> None:
    reporter = CrashReporter(tmp_path)
    hook = sys.excepthook
    reporter.install()
    reporter.uninstall()
    reporter.uninstall()
    assert sys.excepthook is hook
    assert list(tmp_path.iterdir()) == []
