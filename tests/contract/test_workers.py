"""Two worker processes on 127.0.0.1 train one model in step. Minutes long."""

from __future__ import annotations

import csv
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edge_app.bundle import open_bundle
from tests.support.data_sets import small_data_set

pytestmark = pytest.mark.long
REPOSITORY = Path(__file__).resolve().parents[2]
GIVE_UP_S = 900
NOTICED_S = 120
"""Within which a worker must end once another was killed; TensorFlow notices in about 10 s on an idle machine."""


class Pair:
    """Two processes with one command each, and TF_CONFIG for both."""

    def __init__(self, folder: Path) -> None:
        self.logs = [folder / f"worker-{index}.txt" for index in (0, 1)]
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, commands: list[list[str]]) -> list[subprocess.Popen[bytes]]:
        addresses = [f"127.0.0.1:{port}" for port in _free_ports(2)]
        for index, (command, log) in enumerate(zip(commands, self.logs, strict=True)):
            task = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
            with log.open("ab") as stream:
                self._running.append(
                    subprocess.Popen(
                        command,
                        cwd=REPOSITORY,
                        stdout=stream,
                        stderr=stream,
                        env={**os.environ, "TF_CONFIG": json.dumps(task)},
                    )
                )
        return self._running[-2:]

    def output(self) -> str:
        return "\n".join(log.read_text() for log in self.logs)

    def end(self) -> None:
        for process in self._running:
            if process.poll() is None:
                process.kill()
            process.wait()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for held in sockets:
        held.bind(("127.0.0.1", 0))
    ports = [held.getsockname()[1] for held in sockets]
    for held in sockets:
        held.close()
    return ports


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    workers = Pair(tmp_path)
    yield workers
    workers.end()


def test_two_workers_end_with_the_weights_of_one_process(tmp_path: Path, pair: Pair) -> None:
    program = [sys.executable, "-m", "tests.support.train_small_net"]
    outs = [tmp_path / f"{name}.npz" for name in ("alone", "first", "second")]

    subprocess.run([*program, "none", str(outs[0])], cwd=REPOSITORY, check=True, timeout=GIVE_UP_S)
    for process in pair.start([[*program, "multi_worker", str(out)] for out in outs[1:]]):
        assert process.wait(GIVE_UP_S) == 0, pair.output()

    alone, first, second = (dict(np.load(out)) for out in outs)
    for name in alone:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)
        # Sums in another order; a step that was left out or counted twice moves weights by 0.01.
        np.testing.assert_allclose(first[name], alone[name], atol=1e-3, err_msg=name)
    assert alone["shared"]
    assert alone["sigterm_ends_it"]
    np.testing.assert_array_equal(alone["labels"][:, 0], [*range(7), *range(7)])


def test_a_killed_worker_ends_the_other_and_both_go_on_when_started_again(tmp_path: Path, pair: Pair) -> None:
    data, runs = small_data_set(tmp_path / "chest_xray", patients=10), tmp_path / "runs"
    sets = (
        *("head.epochs=2", "fine_tune.epochs=4", "training.batch_size=8", "export.calibration_films=16"),
        *("model.input_px=112", "data.stress_copies=1", "training.strategy=multi_worker", "fine_tune.ema_momentum=0.9"),
    )
    command = [
        *(sys.executable, "-m", "trainer", "train", "--data", str(data), "--runs", str(runs)),
        *("--weights", "none", "--name", "small", *(part for value in sets for part in ("--set", value))),
    ]

    chief, worker = pair.start([command, command])
    deadline = time.monotonic() + GIVE_UP_S
    while ("fine_tune", 0) not in _epochs(runs):
        assert chief.poll() is None, pair.output()
        assert time.monotonic() < deadline, pair.output()
        time.sleep(0.05)
    worker.send_signal(signal.SIGKILL)
    assert chief.wait(NOTICED_S) == 1, pair.output()
    assert "another of the 2 workers is gone" in pair.logs[0].read_text()
    assert ("fine_tune", 3) not in _epochs(runs)

    for process in pair.start([command, command]):
        assert process.wait(GIVE_UP_S) == 0, pair.output()

    assert _epochs(runs) == [*(("head", epoch) for epoch in range(2)), *(("fine_tune", epoch) for epoch in range(4))]
    assert "Phase head has ended already" in pair.logs[1].read_text()
    assert not list((runs / "small" / "worker-1").rglob("best_fine_tune.keras"))
    assert open_bundle(runs / "small" / "bundle").manifest.training.run == "small"


def _epochs(runs: Path) -> list[tuple[str, int]]:
    path = runs / "small" / "log.csv"
    if not path.is_file():
        return []
    with path.open(newline="") as stream:
        return [(row["phase"], int(row["epoch"])) for row in csv.DictReader(stream)]
