"""A process that is started ahead is used once, by the first that needs one, and never left behind."""

from __future__ import annotations

import subprocess

import pytest

from edge_app.process import launch
from edge_app.process.child import Child, ChildNotReadyError
from edge_app.process.launch import started_ahead, take_ahead
from edge_app.process.protocol import WorkerConfig
from edge_app.system.errors import BundleError
from tests.support.leftovers import nothing_left


def test_the_first_child_takes_it_and_works(tmp_path) -> None:
    with nothing_left(), started_ahead():
        first, second = Child(), Child()
        assert first.pid != second.pid
        for child in (first, second):
            with pytest.raises(ChildNotReadyError, match="no model bundle"):
                child.start(WorkerConfig(bundle=str(tmp_path)))
            child.close()
        assert take_ahead() is None


def test_what_nobody_took_is_ended_also_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    real = launch.start_process
    monkeypatch.setattr(launch, "start_process", lambda command: started.append(real(command)) or started[-1])

    def command() -> None:
        with started_ahead():
            assert started[0].poll() is None
            raise BundleError("no bundle")

    with pytest.raises(BundleError):
        command()
    assert started[0].poll() is not None
    assert take_ahead() is None


def test_a_process_that_cannot_be_started_is_left_to_whoever_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "child_command", lambda: ("/nowhere/python",))
    with started_ahead():
        assert take_ahead() is None
