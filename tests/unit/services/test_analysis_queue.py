"""The queue over a real child process that speaks the real protocol; only its engine is a stand-in."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from edge_app.process.jobs import AnalysisResult, FilmResult, Priority, WorkerConfig, WorkerState
from edge_app.services.analysis_queue import AnalysisQueue
from tests.support.fake_worker import COMMAND, REACHED, film_of, probability_of
from tests.unit.services.conftest import Films

WAIT_MS = 20_000


class Watcher:
    """Collects what a queue says."""

    def __init__(self, queue: AnalysisQueue) -> None:
        self.queue = queue
        self.started: list[int] = []
        self.results: dict[int, AnalysisResult] = {}
        self.films: dict[int, FilmResult] = {}
        self.states: list[WorkerState] = []
        self.progress: list[tuple[int, int]] = []
        queue.started.connect(self.started.append)
        queue.finished.connect(self._finished)
        queue.film_read.connect(self._film_read)
        queue.worker_changed.connect(self.states.append)
        queue.progress.connect(lambda done, total: self.progress.append((done, total)))

    def _finished(self, result: AnalysisResult) -> None:
        assert result.job_id not in self.results, "a job ended twice"
        self.results[result.job_id] = result

    def _film_read(self, result: FilmResult) -> None:
        self.films[result.job_id] = result


@pytest.fixture
def queue(qtbot: QtBot) -> Iterator[AnalysisQueue]:
    queue = AnalysisQueue(WorkerConfig(job_timeout_s=15), command=COMMAND)
    queue.start()
    yield queue
    queue.close()


@pytest.fixture
def watcher(queue: AnalysisQueue) -> Watcher:
    return Watcher(queue)


def wait_idle(qtbot: QtBot, queue: AnalysisQueue) -> None:
    qtbot.waitUntil(lambda: queue.pending == 0, timeout=WAIT_MS)


def hold_worker(qtbot: QtBot, queue: AnalysisQueue) -> int:
    """Stops the child, so that what is sent next is surely in the middle of its job. Returns its process id."""
    qtbot.waitUntil(lambda: queue.state.phase == "ready", timeout=WAIT_MS)
    pid = queue.state.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    return pid


def test_a_film_comes_back_with_its_answer_and_its_pixels(
    qtbot: QtBot, queue: AnalysisQueue, watcher: Watcher, films: Films
) -> None:
    path = films("a.png")
    job = queue.submit(path, with_film=True)
    wait_idle(qtbot, queue)
    result = watcher.results[job]
    expected = film_of(path.read_bytes())
    assert result.analysis.path == str(path)
    assert result.analysis.sha256 == expected.sha256
    assert result.analysis.decision is not None
    assert result.analysis.decision.probability == pytest.approx(probability_of(path.read_bytes()))
    assert result.film is not None
    assert (result.film.pixels == expected.pixels).all()
    assert result.thumbnail is not None
    assert result.thumbnail.shape == expected.pixels.shape
    assert result.thumbnail[0, 0] == int(expected.pixels[0, 0]) >> 8
    assert queue.model is not None
    assert queue.model.manifest.identity.name == "pneumonia-fake"


def test_pixels_are_not_sent_unasked(qtbot: QtBot, queue: AnalysisQueue, watcher: Watcher, films: Films) -> None:
    job = queue.submit(films("a.png"))
    wait_idle(qtbot, queue)
    assert watcher.results[job].film is None
    assert watcher.results[job].thumbnail is not None


def test_the_film_that_is_looked_at_goes_first(
    qtbot: QtBot, queue: AnalysisQueue, watcher: Watcher, films: Films
) -> None:
    pid = hold_worker(qtbot, queue)
    first, *rest = [queue.submit(films(f"{i}.png")) for i in range(5)]
    viewed = queue.submit(films("viewed.png"), priority=Priority.VIEWED)
    assert queue.promote(rest[3], Priority.NEXT)
    os.kill(pid, signal.SIGCONT)
    wait_idle(qtbot, queue)
    assert watcher.started == [first, viewed, rest[3], rest[0], rest[1], rest[2]]


def test_a_promoted_job_can_be_put_back(qtbot: QtBot, queue: AnalysisQueue, watcher: Watcher, films: Films) -> None:
    pid = hold_worker(qtbot, queue)
    running, waiting, other = [queue.submit(films(f"{i}.png")) for i in range(3)]
    assert queue.promote(other, Priority.VIEWED, with_film=True)
    assert queue.promote(other, Priority.BATCH)
    assert not queue.promote(running)
    os.kill(pid, signal.SIGCONT)
    wait_idle(qtbot, queue)
    assert watcher.started == [running, waiting, other]
    assert watcher.results[other].film is not None


def test_a_cancelled_job_never_ends(qtbot: QtBot, queue: AnalysisQueue, watcher: Watcher, films: Films) -> None:
    pid = hold_worker(qtbot, queue)
    running, waiting, kept = [queue.submit(films(f"{i}.png")) for i in range(3)]
    assert queue.cancel(running)
    assert queue.cancel(waiting)
    assert not queue.cancel(waiting)
    os.kill(pid, signal.SIGCONT)
    wait_idle(qtbot, queue)
    assert list(watcher.results) == [kept]


def test_cancelling_all_leaves_the_queue_usable(
    qtbot: QtBot, queue: AnalysisQueue, watcher: Watcher, films: Films
) -> None:
    pid = hold_worker(qtbot, queue)
    jobs = [queue.submit(films(f"{i}.png")) for i in range(4)]
    with qtbot.waitSignal(queue.idle, timeout=WAIT_MS):
        assert queue.cancel_all() == tuple(jobs)
    after = queue.submit(films("after.png"))
    os.kill(pid, signal.SIGCONT)
    wait_idle(qtbot, queue)
    assert list(watcher.results) == [after]


@pytest.mark.parametrize("reached", [True, False], ids=["in the child", "before the child is ready"])
@pytest.mark.parametrize("how", ["one", "all"])
def test_a_cancelled_job_that_never_ends_holds_nothing_up(
    qtbot: QtBot, queue: AnalysisQueue, watcher: Watcher, films: Films, how: str, reached: bool
) -> None:
    queue._patience.setInterval(50)
    film = films("stuck.png", "hang")
    stuck = queue.submit(film)
    if reached:
        qtbot.waitUntil(Path(f"{film}{REACHED}").exists, timeout=WAIT_MS)
    assert queue.cancel(stuck) if how == "one" else queue.cancel_all() == (stuck,)
    after = queue.submit(films("after.png"))
    # Well below the limit of the job itself, 15 s.
    qtbot.waitUntil(lambda: queue.pending == 0, timeout=10_000)
    assert list(watcher.results) == [after]
    assert watcher.results[after].analysis.status == "analysed"
    assert queue.state.restarts == 0, "what the user cancelled is no crash"


def test_progress_counts_a_folder_up_to_its_end(
    qtbot: QtBot, queue: AnalysisQueue, watcher: Watcher, films: Films
) -> None:
    for i in range(3):
        queue.submit(films(f"{i}.png"))
    qtbot.waitUntil(lambda: bool(watcher.progress) and watcher.progress[-1] == (3, 3), timeout=WAIT_MS)
    assert watcher.progress[0] == (0, 3), "announced once for one turn of the event loop"
    assert watcher.progress == sorted(watcher.progress)
    queue.submit(films("next.png"))
    qtbot.waitUntil(lambda: watcher.progress[-1] == (1, 1), timeout=WAIT_MS)


@pytest.mark.reliability("F3")
@pytest.mark.parametrize("poison", ["die", "babble", "eat"])
def test_a_film_that_kills_the_child_costs_only_itself(
    qtbot: QtBot, queue: AnalysisQueue, watcher: Watcher, films: Films, poison: str, caplog: pytest.LogCaptureFixture
) -> None:
    before, bad, after = (queue.submit(films(n, t)) for n, t in (("a", None), ("bad.png", poison), ("c", None)))
    wait_idle(qtbot, queue)
    reason = watcher.results[bad].analysis.reason
    assert watcher.results[bad].analysis.status == "failed"
    assert reason is not None
    assert reason.code == "worker.crashed"
    assert "bad.png" in str(reason)
    assert [watcher.results[job].analysis.status for job in (before, after)] == ["analysed", "analysed"]
    qtbot.waitUntil(lambda: queue.state.restarts == 1, timeout=WAIT_MS)
    assert "bad.png" not in caplog.text


def test_a_film_that_takes_too_long_is_given_up(qtbot: QtBot, films: Films) -> None:
    queue = AnalysisQueue(WorkerConfig(job_timeout_s=0.3), command=COMMAND)
    watcher = Watcher(queue)
    queue.start()
    slow, after = queue.submit(films("slow.png", "hang")), queue.submit(films("after.png"))
    wait_idle(qtbot, queue)
    queue.close()
    reason = watcher.results[slow].analysis.reason
    assert reason is not None
    assert reason.code == "worker.timeout"
    assert "0.3 s" in str(reason)
    assert watcher.results[after].analysis.status == "analysed"


def test_a_child_that_dies_idle_costs_no_film(
    qtbot: QtBot, queue: AnalysisQueue, watcher: Watcher, films: Films
) -> None:
    qtbot.waitUntil(lambda: queue.state.phase == "ready", timeout=WAIT_MS)
    assert queue.state.pid is not None
    os.kill(queue.state.pid, signal.SIGKILL)
    os.waitid(os.P_PID, queue.state.pid, os.WEXITED | os.WNOWAIT)
    job = queue.submit(films("a.png"))
    wait_idle(qtbot, queue)
    assert watcher.results[job].analysis.status == "analysed"


def test_a_child_that_dies_as_a_job_is_sent_costs_no_film(
    qtbot: QtBot, queue: AnalysisQueue, watcher: Watcher, films: Films, monkeypatch: pytest.MonkeyPatch
) -> None:
    from edge_app.process.child import Child

    qtbot.waitUntil(lambda: queue.state.phase == "ready", timeout=WAIT_MS)
    pid = queue.state.pid
    assert pid is not None
    ask = Child.ask

    async def ask_the_dead(child: Child, *arguments: Any, **options: Any) -> Any:
        monkeypatch.undo()
        return await ask(child, *arguments, **options)

    # As if the death were not noticed yet when the job is sent.
    monkeypatch.setattr(Child, "is_usable", property(lambda _self: True))
    monkeypatch.setattr(Child, "ask", ask_the_dead)
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    job = queue.submit(films("a.png"))
    wait_idle(qtbot, queue)
    assert watcher.results[job].analysis.status == "analysed"


def kill_mid_job(qtbot: QtBot, queue: AnalysisQueue, watcher: Watcher, films: Films, kills: int) -> None:
    """Kills the child over and over, each time surely between the start of a job and its answer."""
    dice = random.Random(5)
    good = films("good.png")
    jobs: list[int] = []
    for kill in range(kills):
        qtbot.waitUntil(lambda: queue.state.phase == "ready", timeout=WAIT_MS)
        pid = queue.state.pid
        assert pid is not None
        film = films(f"{kill}.png", "hang")
        victim = queue.submit(film, with_film=dice.random() < 0.5)
        waiting = queue.submit(good)
        jobs += [victim, waiting]
        qtbot.waitUntil(Path(f"{film}{REACHED}").exists, timeout=WAIT_MS)
        os.kill(pid, dice.choice((signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT)))
        wait_idle(qtbot, queue)
        reason = watcher.results[victim].analysis.reason
        assert reason is not None
        assert reason.code == "worker.crashed"
        assert watcher.results[waiting].analysis.status == "analysed"
        qtbot.waitUntil(lambda pid=pid: queue.state.pid not in (None, pid), timeout=WAIT_MS)
    assert sorted(watcher.results) == jobs
    assert queue.state.restarts == kills


@pytest.mark.reliability("F3", part="15 kills")
def test_15_kills_in_the_middle_of_a_job(qtbot: QtBot, queue: AnalysisQueue, watcher: Watcher, films: Films) -> None:
    kill_mid_job(qtbot, queue, watcher, films, 15)


@pytest.mark.reliability("F3")
@pytest.mark.long
def test_300_kills_in_the_middle_of_a_job(qtbot: QtBot, queue: AnalysisQueue, watcher: Watcher, films: Films) -> None:
    kill_mid_job(qtbot, queue, watcher, films, 300)


def test_a_film_is_read_again_only_under_its_hash(
    qtbot: QtBot, queue: AnalysisQueue, watcher: Watcher, films: Films
) -> None:
    path = films("a.png")
    film = film_of(path.read_bytes())
    same, changed = queue.read_film(path, film.sha256), queue.read_film(path, "0" * 64)
    wait_idle(qtbot, queue)
    read = watcher.films[same].film
    assert read is not None
    assert (read.pixels == film.pixels).all()
    assert watcher.films[changed].film is None
    reason = watcher.films[changed].reason
    assert reason is not None
    assert reason.code == "film.changed"


def test_a_photograph_is_flagged(qtbot: QtBot, queue: AnalysisQueue, watcher: Watcher, films: Films) -> None:
    job, plain = queue.submit(films("a.png"), origin="camera"), queue.submit(films("b.png"))
    wait_idle(qtbot, queue)
    assert [notice.code for notice in watcher.results[job].analysis.quality] == ["film.photographed"]
    assert watcher.results[plain].analysis.quality == ()


def test_a_name_that_is_no_text_is_analysed(
    qtbot: QtBot, queue: AnalysisQueue, watcher: Watcher, tmp_path: Path
) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.png")
    path.write_text("film")
    job = queue.submit(path)
    wait_idle(qtbot, queue)
    assert watcher.results[job].analysis.status == "analysed"
    assert Path(watcher.results[job].analysis.path) == path


def test_another_configuration_answers_what_was_waiting(
    qtbot: QtBot, queue: AnalysisQueue, watcher: Watcher, films: Films
) -> None:
    hold_worker(qtbot, queue)
    jobs = [queue.submit(films(f"{i}.png")) for i in range(2)]
    queue.configure(msgspec.structs.replace(queue.config, operating_point="high-sensitivity"))
    wait_idle(qtbot, queue)
    assert [watcher.results[job].analysis.status for job in jobs] == ["analysed", "analysed"]
    assert queue.model is not None
    assert queue.model.operating_point.name == "high-sensitivity"
    assert queue.state.restarts == 0, "a wanted restart is no crash"


def test_a_model_that_cannot_be_loaded_is_said_and_can_be_mended(
    qtbot: QtBot, films: Films, caplog: pytest.LogCaptureFixture
) -> None:
    queue = AnalysisQueue(WorkerConfig(bundle="nothing"), command=COMMAND)
    watcher = Watcher(queue)
    queue.start()
    job = queue.submit(films("a.png"))
    wait_idle(qtbot, queue)
    reason = watcher.results[job].analysis.reason
    assert reason is not None
    assert reason.code == "bundle.missing"
    qtbot.waitUntil(lambda: queue.state.phase == "failed", timeout=WAIT_MS)
    queue.configure(WorkerConfig())
    again = queue.submit(films("a.png"))
    wait_idle(qtbot, queue)
    queue.close()
    assert watcher.results[again].analysis.status == "analysed"


def test_a_child_that_never_gets_ready_is_given_up(
    qtbot: QtBot, films: Films, caplog: pytest.LogCaptureFixture
) -> None:
    queue = AnalysisQueue(WorkerConfig(bundle="dies"), command=COMMAND)
    queue.start()
    qtbot.waitUntil(lambda: queue.state.phase == "failed", timeout=WAIT_MS)
    queue.close()
    assert caplog.text.count("did not start") == 3


def test_the_childs_log_is_ours(
    qtbot: QtBot, queue: AnalysisQueue, watcher: Watcher, films: Films, caplog: pytest.LogCaptureFixture
) -> None:
    queue.submit(films("a.png", "log this"))
    wait_idle(qtbot, queue)
    assert ("worker.edge_app.fake", 30, "a line of the child") in caplog.record_tuples


def test_closing_in_the_middle_of_a_job_ends_everything(qtbot: QtBot, films: Films) -> None:
    queue = AnalysisQueue(WorkerConfig(), command=COMMAND)
    watcher = Watcher(queue)
    queue.start()
    hold_worker(qtbot, queue)
    for i in range(3):
        queue.submit(films(f"{i}.png"))
    queue.close()
    queue.close()
    assert queue.state.phase == "stopped"
    assert watcher.results == {}


def test_closing_before_the_child_is_ready(qtbot: QtBot) -> None:
    queue = AnalysisQueue(WorkerConfig(), command=COMMAND)
    with qtbot.waitSignal(queue.worker_changed, timeout=WAIT_MS):
        queue.start()
    queue.close()


def test_closing_a_queue_that_was_never_started() -> None:
    AnalysisQueue(WorkerConfig(), command=COMMAND).close()


def test_signals_come_in_the_owners_thread(qtbot: QtBot, queue: AnalysisQueue, films: Films, qapp: object) -> None:
    from PySide6.QtCore import QThread

    seen: list[bool] = []
    queue.finished.connect(
        lambda _result: seen.append(QThread.currentThread() is queue.thread()), Qt.ConnectionType.DirectConnection
    )
    queue.submit(films("a.png"))
    wait_idle(qtbot, queue)
    assert seen == [True]
