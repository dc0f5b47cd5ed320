"""The trainer as a process: killed, told again, repeated, and under a strategy. Minutes long."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest

from edge_app.bundle import open_bundle
from tests.support.data_sets import small_data_set

pytestmark = pytest.mark.long
REPOSITORY = Path(__file__).resolve().parents[2]
SMALL = (
    *("head.epochs=1", "fine_tune.epochs=4", "training.batch_size=8", "model.input_px=112"),
    *("data.stress_copies=1", "export.calibration_films=16"),
)


def _command(data: Path, runs: Path, *overrides: str) -> list[str]:
    sets = [part for value in (*SMALL, *overrides) for part in ("--set", value)]
    return [
        *(sys.executable, "-m", "trainer", "train", "--data", str(data), "--runs", str(runs)),
        *("--weights", "none", "--name", "small", *sets),
    ]


def _start(command: list[str], log: Path, **environment: str) -> subprocess.Popen[bytes]:
    with log.open("ab") as stream:
        return subprocess.Popen(
            command, cwd=REPOSITORY, stdout=stream, stderr=stream, env={**os.environ, **environment}
        )


def _epochs(runs: Path) -> list[tuple[str, int]]:
    path = runs / "small" / "log.csv"
    if not path.is_file():
        return []
    with path.open(newline="") as stream:
        return [(row["phase"], int(row["epoch"])) for row in csv.DictReader(stream)]


def test_a_run_killed_in_its_second_epoch_goes_on_and_ends(tmp_path: Path) -> None:
    data, runs, log = small_data_set(tmp_path / "chest_xray"), tmp_path / "runs", tmp_path / "log.txt"
    command = _command(data, runs)

    first = _start(command, log)
    deadline = time.monotonic() + 600
    while ("fine_tune", 0) not in _epochs(runs):
        assert first.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert ("fine_tune", 3) not in _epochs(runs)

    second = _start(command, log)
    assert second.wait(900) == 0, log.read_text()

    assert _epochs(runs) == [("head", 0), *(("fine_tune", epoch) for epoch in range(4))]
    assert "Phase head has ended already" in log.read_text()
    assert open_bundle(runs / "small" / "bundle").manifest.training.run == "small"


def test_two_runs_with_one_seed_agree(tmp_path: Path) -> None:
    data = small_data_set(tmp_path / "chest_xray", patients=10)
    logs, weights = [], []
    for attempt in ("one", "two"):
        runs, log = tmp_path / attempt, tmp_path / f"{attempt}.txt"
        run = _start(_command(data, runs, "fine_tune.epochs=2", "training.deterministic=true"), log)
        # What comes behind the training draws nothing.
        _wait_for(runs / "small" / "fine_tune.done", run, log)
        run.kill()
        run.wait()
        with (runs / "small" / "log.csv").open(newline="") as stream:
            logs.append([{**row, "seconds": None} for row in csv.DictReader(stream)])
        weights.append(keras.models.load_model(runs / "small" / "best_fine_tune.keras", compile=False).get_weights())
    assert [(row["phase"], row["epoch"]) for row in logs[0]] == [("head", "0"), ("fine_tune", "0"), ("fine_tune", "1")]
    assert logs[0] == logs[1]
    for one, two in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, two)


def _wait_for(path: Path, run: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 900
    while not path.exists():
        assert run.poll() is None, log.read_text()
        if time.monotonic() > deadline:
            run.kill()
            run.wait()
            pytest.fail(log.read_text())
        time.sleep(0.05)


def test_it_trains_under_a_distribution_strategy(tmp_path: Path) -> None:
    data, runs, log = small_data_set(tmp_path / "chest_xray", patients=10), tmp_path / "runs", tmp_path / "log.txt"
    run = _start(_command(data, runs, "training.strategy=mirrored", "fine_tune.epochs=1"), log)

    assert run.wait(900) == 0, log.read_text()
    assert open_bundle(runs / "small" / "bundle").manifest.training.run == "small"
