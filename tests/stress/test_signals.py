"""INT, TERM and HUP end `predict` and the window in order: a few of them here, 300 and 50 in the long run."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

import pytest

from edge_app.bundle.bundle import MANIFEST_NAME, SHIPPED_BUNDLE
from tests.stress.signals import CLUSTER, PREDICT, ROOT, SAMPLES, SIGNALS, WINDOW, Mode, Stress, combinations, main
from tests.support.signals import heed_signals

pytestmark = pytest.mark.skipif(not (SHIPPED_BUNDLE / MANIFEST_NAME).is_file(), reason="no model bundle")


def faults_of(tmp_path: Path, runs: Sequence[tuple[Mode, str]]) -> list[str]:
    stress = Stress(tmp_path, random.Random(0))
    return [
        f"{number.name} {mode.name} {moment}: {fault}"
        for (mode, moment), number in zip(runs, SIGNALS * len(runs), strict=False)
        for fault in stress.run(mode, number, moment)
    ]


def test_predict_ends_in_order(tmp_path: Path) -> None:
    modes = {mode.name: mode for mode in PREDICT}
    runs = (
        (modes["jsonl --jobs 2"], "first row"),
        (modes["csv --jobs 1"], "stopped child"),
        (modes["jsonl --jobs 1 --heatmaps"], "first heat map"),
        (modes["csv --jobs 2"], "first row"),
        (modes["jsonl --jobs 1"], "child"),
    )
    assert faults_of(tmp_path, runs) == []


def test_the_window_ends_in_order(tmp_path: Path) -> None:
    pytest.importorskip("PySide6")
    assert faults_of(tmp_path, [(WINDOW[0], "first result"), (WINDOW[0], "stopped child"), (WINDOW[0], "child")]) == []


def test_a_closed_terminal_saves_the_settings_of_the_window(tmp_path: Path) -> None:
    pytest.importorskip("PySide6")
    home = tmp_path / "home"
    process = subprocess.Popen(
        [sys.executable, "-m", "edge_app", str(SAMPLES / "clear.png")],
        cwd=ROOT,
        env={**os.environ, "PNEUMOSCOPE_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"},
        preexec_fn=heed_signals,
    )
    while not records(home):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(SIGNALS[2])
    assert process.wait(20) == 129
    assert "window_geometry" in (home / "config" / "settings.ini").read_text()


def records(home: Path) -> int:
    file = home / "data" / "history.sqlite"
    if not file.exists():
        return 0
    with (
        closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database,
        suppress(sqlite3.Error),
    ):  # not made yet
        return int(database.execute("SELECT count(*) FROM analyses").fetchone()[0])
    return 0


def test_every_mode_meets_every_signal() -> None:
    for modes in (PREDICT, CLUSTER, WINDOW):
        met = {(mode.name, number) for mode, number, _ in combinations(modes, len(modes) * 3)}
        assert len(met) == len(modes) * 3


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_300_signals_to_predict_and_50_to_the_window(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("PySide6")
    pytest.importorskip("distributed")
    status = main([])
    assert status == 0, capsys.readouterr().out
