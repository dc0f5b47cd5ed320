"""The supervisor over real processes that speak the real protocol; only their engine is a stand-in."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge_app.process import child as child_module
from edge_app.process import opening
from edge_app.process.jobs import WorkerState
from edge_app.process.launch import launch
from edge_app.process.protocol import Analyse, Analysed, WorkerConfig
from edge_app.process.supervisor import ATTENDED, UNATTENDED, Reply, Supervisor
from edge_app.system.errors import PneumoscopeError
from tests.support.fake_worker import COMMAND, MODEL, REACHED, film_of
from tests.support.leftovers import nothing_left

LIMIT_S = 60


@pytest.fixture(autouse=True)
def _leaves_nothing() -> Iterator[None]:
    with nothing_left():
        yield


@pytest.fixture
def film(tmp_path: Path) -> Callable[[str], Path]:
    def make(text: str, name: str = "") -> Path:
        path = tmp_path / (name or f"{text.split()[0]}.png")
        path.write_text(text)
        return path

    return make


def supervised(
    script: Callable[[Supervisor], Awaitable[Any]], config: WorkerConfig | None = None, **options: Any
) -> Any:
    """Runs a script with a supervisor, which is closed at its end."""

    async def run() -> Any:
        supervisor = Supervisor(config or WorkerConfig(), **{"command": COMMAND, **options})
        try:
            async with asyncio.timeout(LIMIT_S):
                return await script(supervisor)
        finally:
            await supervisor.close()

    return asyncio.run(run())


async def analyse(supervisor: Supervisor, path: Path, **options: Any) -> Reply:
    return await supervisor.ask(Analyse(name=path.name, **options), name=path.name, path=path)


def code_of(reply: Reply) -> str:
    return reply.reason.code if reply.reason else ""


def test_a_film_comes_back_with_its_answer_under_the_callers_path(film: Callable[[str], Path]) -> None:
    path = film("film")

    async def script(supervisor: Supervisor) -> None:
        reply = await analyse(supervisor, path, with_film=True)
        assert isinstance(reply.answer, Analysed)
        analysis = reply.analysis(path, supervisor.state.model)
        assert (analysis.path, analysis.sha256) == (str(path), film_of(b"film").sha256)
        assert reply.film is not None
        assert (reply.film.pixels == film_of(b"film").pixels).all()

    supervised(script)


def test_where_no_descriptor_can_be_passed_the_bytes_are(
    film: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_module, "CAN_PASS_DESCRIPTORS", False)

    async def script(supervisor: Supervisor) -> str:
        reply = await analyse(supervisor, film("film"))
        return reply.analysis(Path(), None).sha256

    assert supervised(script) == film_of(b"film").sha256


def test_a_file_that_cannot_be_opened_is_a_reason_and_costs_no_child(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")

    async def script(supervisor: Supervisor) -> list[str]:
        paths = [tmp_path / "gone.png", tmp_path, tmp_path / "pipe.png", Path("/dev/zero")]
        return [code_of(await analyse(supervisor, path)) for path in paths] + [str(supervisor.state.restarts)]

    assert supervised(script) == ["file.missing"] * 4 + ["0"]


def test_a_folder_that_does_not_answer_costs_the_film_its_time_and_nobody_else(
    film: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = opening.open_film_file

    def stuck(path: Path, limits: Any) -> int:
        if path.name == "stuck.png":
            time.sleep(1)  # as a dead network folder: nothing wakes it
        return real(path, limits)

    monkeypatch.setattr(opening, "open_film_file", stuck)

    async def script(supervisor: Supervisor) -> None:
        await supervisor.ready()
        first = asyncio.create_task(analyse(supervisor, film("film", "stuck.png")))
        assert code_of(await analyse(supervisor, film("film", "other.png"))) == ""
        assert code_of(await first) == "worker.timeout"
        assert supervisor.state.restarts == 0
        await asyncio.to_thread(time.sleep, 0.8)  # the thread ends, and closes what it opened

    supervised(script, WorkerConfig(job_timeout_s=0.4))


@pytest.mark.parametrize(("policy", "lost"), [(ATTENDED, 1), (UNATTENDED, 2)])
def test_a_film_that_ends_its_child_costs_what_the_policy_says_and_the_rest_goes_on(
    film: Callable[[str], Path], policy: Any, lost: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def script(supervisor: Supervisor) -> None:
        replies = [await analyse(supervisor, film(text)) for text in ("film a", "die", "babble", "film b")]
        assert [code_of(reply) for reply in replies] == ["", "worker.crashed", "worker.crashed", ""]
        failed = replies[1].analysis(Path("/films/die.png"), supervisor.state.model)
        assert (failed.status, failed.model, failed.path) == ("failed", MODEL, "/films/die.png")
        assert supervisor.state.restarts == 2 * lost

    supervised(script, policy=policy)
    assert "die.png" not in caplog.text, "no film is named in the log"


def test_a_film_that_takes_too_long_is_not_tried_again(film: Callable[[str], Path]) -> None:
    async def script(supervisor: Supervisor) -> None:
        reply = await analyse(supervisor, film("hang"))
        assert code_of(reply) == "worker.timeout"
        assert supervisor.state.restarts == 1
        assert code_of(await analyse(supervisor, film("film"))) == ""

    supervised(script, WorkerConfig(job_timeout_s=1), policy=UNATTENDED)


def test_a_film_whose_child_was_killed_by_another_hand_gets_its_answer(film: Callable[[str], Path]) -> None:
    path = film("hang")

    async def script(supervisor: Supervisor) -> None:
        job = asyncio.create_task(analyse(supervisor, path))
        while not Path(f"{path}{REACHED}").exists():
            await asyncio.sleep(0.01)
        path.write_text("film")
        assert supervisor.state.pid is not None
        os.kill(supervisor.state.pid, signal.SIGKILL)
        assert code_of(await job) == ""
        assert supervisor.state.restarts == 1

    supervised(script, policy=UNATTENDED)


def test_a_job_that_is_given_up_ends_at_once_and_the_next_is_done(film: Callable[[str], Path]) -> None:
    path = film("hang")

    async def script(supervisor: Supervisor) -> None:
        job = asyncio.create_task(analyse(supervisor, path))
        while not Path(f"{path}{REACHED}").exists():
            await asyncio.sleep(0.01)
        next_one = asyncio.create_task(analyse(supervisor, film("film")))
        job.cancel()
        assert code_of(await next_one) == ""
        assert job.cancelled()
        assert supervisor.state.restarts == 0, "that is no crash"

    supervised(script)


def test_who_gives_up_while_the_child_loads_does_not_stop_it(film: Callable[[str], Path]) -> None:
    async def script(supervisor: Supervisor) -> None:
        states: list[WorkerState] = []
        supervisor._changed = states.append
        job = asyncio.create_task(analyse(supervisor, film("film")))
        while not states:
            await asyncio.sleep(0)
        job.cancel()
        assert await supervisor.ready()
        assert [state.phase for state in states] == ["starting", "ready"]

    supervised(script)


def test_a_child_that_cannot_work_says_why_and_is_not_started_again() -> None:
    async def script(supervisor: Supervisor) -> None:
        with pytest.raises(PneumoscopeError, match="no model bundle"):
            await supervisor.require()
        assert supervisor.state.phase == "failed"
        assert code_of(await supervisor.ask(Analyse(name="a"), name="a")) == "bundle.missing"

    supervised(script, WorkerConfig(bundle="nothing"))


def test_a_child_that_dies_as_it_starts_is_started_three_times(caplog: pytest.LogCaptureFixture) -> None:
    async def script(supervisor: Supervisor) -> None:
        with pytest.raises(PneumoscopeError, match="does not start"):
            await supervisor.require()

    supervised(script, WorkerConfig(bundle="dies"))
    assert caplog.text.count("did not start") == 3


def test_another_manifest_than_the_expected_one_is_not_used() -> None:
    async def script(supervisor: Supervisor) -> None:
        with pytest.raises(PneumoscopeError, match="changed while it was opened"):
            await supervisor.require()

    supervised(script, manifest_sha256="f" * 64)


def test_another_configuration_replaces_the_child_and_gives_the_running_job_up(film: Callable[[str], Path]) -> None:
    path = film("hang")

    async def script(supervisor: Supervisor) -> None:
        job = asyncio.create_task(analyse(supervisor, path))
        while not Path(f"{path}{REACHED}").exists():
            await asyncio.sleep(0.01)
        supervisor.restart(msgspec.structs.replace(WorkerConfig(), operating_point="high-sensitivity"))
        assert code_of(await job) == "worker.replaced"
        model = await supervisor.require()
        assert model.operating_point.name == "high-sensitivity"
        assert supervisor.state.restarts == 0

    supervised(script)


def test_a_failed_start_is_mended_by_another_configuration() -> None:
    async def script(supervisor: Supervisor) -> bool:
        assert not await supervisor.ready()
        supervisor.restart(WorkerConfig())
        return await supervisor.ready()

    assert supervised(script, WorkerConfig(bundle="nothing"))


def test_closing_ends_a_child_that_never_gets_ready() -> None:
    async def script(supervisor: Supervisor) -> None:
        waiting = asyncio.create_task(supervisor.ready())
        while supervisor.state.phase != "starting" or supervisor._child is None:
            await asyncio.sleep(0.01)
        os.kill(supervisor._child.pid, signal.SIGSTOP)
        start_s = time.monotonic()
        await supervisor.close()
        assert time.monotonic() - start_s < 3
        with pytest.raises(asyncio.CancelledError):
            await waiting

    supervised(script, WorkerConfig(bundle="sleeps"))


def test_a_process_that_was_started_ahead_is_used_once() -> None:
    async def script(supervisor: Supervisor) -> None:
        await supervisor.require()
        assert supervisor.state.pid == first.process.pid
        supervisor.restart(WorkerConfig(operating_point="balanced"))
        await supervisor.require()
        assert supervisor.state.pid != first.process.pid

    with launch(COMMAND) as first:
        supervised(script, first=first)


def test_a_process_that_was_started_ahead_and_not_used_is_ended() -> None:
    with launch(COMMAND) as first:
        assert first.process.poll() is None
    assert first.process.poll() is not None
    with pytest.raises(OSError, match="nowhere"):
        launch(("/nowhere/python",))


def test_signals_of_the_terminal_are_the_parents_business(film: Callable[[str], Path]) -> None:
    async def script(supervisor: Supervisor) -> None:
        await supervisor.require()
        assert supervisor.state.pid is not None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(supervisor.state.pid, number)
        assert code_of(await analyse(supervisor, film("film"))) == ""
        assert supervisor.state.restarts == 0

    supervised(script)
