from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from edge_app.process.jobs import WorkerConfig
from edge_app.records.history_records import HistoryQuery
from edge_app.records.worklist import Review
from edge_app.services.analysis_queue import AnalysisQueue
from edge_app.services.folder_scan import FolderScan
from edge_app.services.history import History
from edge_app.services.session import Session
from edge_app.services.settings import HISTORY_KEPT, HISTORY_PATHS, Settings
from tests.support.fake_worker import COMMAND, film_of
from tests.unit.services.conftest import Films

WAIT_MS = 20_000


@pytest.fixture
def queue(qtbot: QtBot) -> Iterator[AnalysisQueue]:
    queue = AnalysisQueue(WorkerConfig(), command=COMMAND)
    queue.start()
    yield queue
    queue.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.ini")


@pytest.fixture
def history(qtbot: QtBot, tmp_path: Path) -> Iterator[History]:
    history = History(tmp_path / "history.sqlite")
    history.open()
    yield history
    history.close()


@pytest.fixture
def session(queue: AnalysisQueue, settings: Settings, history: History, tmp_path: Path) -> Session:
    return Session(queue, settings, history, captures=tmp_path / "captures")


def wait_done(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: all(i.state not in ("waiting", "running") for i in session.items), timeout=WAIT_MS)


def hold_worker(qtbot: QtBot, queue: AnalysisQueue) -> int:
    qtbot.waitUntil(lambda: queue.state.phase == "ready", timeout=WAIT_MS)
    assert queue.state.pid is not None
    os.kill(queue.state.pid, signal.SIGSTOP)
    return queue.state.pid


def test_films_are_added_analysed_and_shown(qtbot: QtBot, session: Session, films: Films) -> None:
    path = films("a.png")
    [item_id] = session.add([path])
    assert session.item(item_id).state == "waiting"
    with qtbot.waitSignal(session.film_ready, timeout=WAIT_MS) as ready:
        session.set_current(item_id)
    assert ready.args == [item_id]
    item = session.item(item_id)
    film = session.film(item_id)
    assert item.state == "done"
    assert item.analysis is not None
    assert film is not None
    assert film.sha256 == item.analysis.sha256 == film_of(path.read_bytes()).sha256
    assert item.thumbnail is not None


def test_a_row_says_that_its_film_is_being_analysed(
    qtbot: QtBot, session: Session, queue: AnalysisQueue, films: Films
) -> None:
    pid = hold_worker(qtbot, queue)
    first, second = session.add([films("a.png"), films("b.png")])
    qtbot.waitUntil(lambda: session.item(first).state == "running", timeout=WAIT_MS)
    assert session.item(second).state == "waiting"
    os.kill(pid, signal.SIGCONT)
    wait_done(qtbot, session)


def test_a_film_that_was_analysed_in_a_list_is_read_when_it_is_looked_at(
    qtbot: QtBot, session: Session, films: Films
) -> None:
    first, second = session.add([films("a.png"), films("b.png")])
    wait_done(qtbot, session)
    assert session.film(second) is None
    with qtbot.waitSignal(session.film_ready, timeout=WAIT_MS):
        session.set_current(second)
    assert session.film(second) is not None
    with qtbot.waitSignal(session.film_ready, timeout=WAIT_MS):
        session.set_current(first)
    ready: list[int] = []
    session.film_ready.connect(ready.append)
    session.set_current(second)
    assert ready == [second], "a film that is kept is shown at once"


def test_a_file_that_changed_is_never_shown_with_its_old_result(qtbot: QtBot, session: Session, films: Films) -> None:
    path = films("a.png", "the film of yesterday")
    [item_id] = session.add([path])
    wait_done(qtbot, session)
    path.write_text("another patient's film")
    with qtbot.waitSignal(session.film_ready, timeout=WAIT_MS):
        session.set_current(item_id)
    film, analysis = session.film(item_id), session.item(item_id).analysis
    assert film is not None
    assert analysis is not None
    assert film.sha256 == analysis.sha256 == film_of(path.read_bytes()).sha256


def test_a_file_that_vanished_is_said(qtbot: QtBot, session: Session, queue: AnalysisQueue, films: Films) -> None:
    path = films("a.png")
    [item_id] = session.add([path])
    wait_done(qtbot, session)
    path.write_text("die, since the stand-in reads what is there")
    with qtbot.waitSignal(session.film_failed, timeout=WAIT_MS) as failed:
        session.set_current(item_id)
    assert failed.args is not None
    assert failed.args[1].code == "worker.crashed"


def test_a_film_that_fails_has_a_reason_and_stops_nothing(qtbot: QtBot, session: Session, films: Films) -> None:
    ids = session.add([films("a.png"), films("bad.png", "die"), films("c.png", "refuse"), films("d.png")])
    wait_done(qtbot, session)
    assert [session.item(i).outcome in ("positive", "negative", "uncertain") for i in ids] == [True, False, False, True]
    assert [session.item(i).outcome for i in ids[1:3]] == ["failed", "refused"]


def test_the_same_file_is_one_row_and_is_analysed_again(qtbot: QtBot, session: Session, films: Films) -> None:
    path = films("a.png")
    [item_id] = session.add([path])
    wait_done(qtbot, session)
    before = session.item(item_id).analysis
    assert session.add([path, path]) == (item_id,)
    wait_done(qtbot, session)
    assert len(session) == 1
    assert session.item(item_id).analysis is not before


def test_a_photograph_is_known_by_its_folder(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    (tmp_path / "captures").mkdir()
    path = tmp_path / "captures" / "film-1.png"
    path.write_text("film")
    [item_id] = session.add([path])
    wait_done(qtbot, session)
    assert session.item(item_id).flags == ("film.photographed",)


def test_cancelling_leaves_what_is_done(qtbot: QtBot, session: Session, queue: AnalysisQueue, films: Films) -> None:
    [done] = session.add([films("done.png")])
    wait_done(qtbot, session)
    pid = hold_worker(qtbot, queue)
    waiting = session.add([films("b.png"), films("c.png")])
    session.cancel()
    os.kill(pid, signal.SIGCONT)
    assert session.item(done).state == "done"
    assert [session.item(i).state for i in waiting] == ["cancelled", "cancelled"]
    session.reanalyse(waiting)
    wait_done(qtbot, session)
    assert [session.item(i).state for i in waiting] == ["done", "done"]


def test_rows_are_removed_and_put_back_where_they_stood(
    qtbot: QtBot, session: Session, queue: AnalysisQueue, films: Films
) -> None:
    pid = hold_worker(qtbot, queue)
    ids = session.add([films(f"{n}.png") for n in "abcd"])
    session.set_current(ids[1])
    removed = session.remove([ids[1], ids[3], 99])
    assert [i.item_id for i in session.items] == [ids[0], ids[2]]
    assert session.current_id is None
    os.kill(pid, signal.SIGCONT)
    wait_done(qtbot, session)
    session.restore(removed)
    session.restore(removed)
    assert [i.item_id for i in session.items] == list(ids)
    wait_done(qtbot, session)
    assert all(i.state == "done" for i in session.items)


def test_the_review_is_kept_in_the_history(qtbot: QtBot, session: Session, history: History, films: Films) -> None:
    [item_id] = session.add([films("a.png")])
    session.review(item_id, Review("agree", "given before the answer"))
    qtbot.waitUntil(lambda: session.item(item_id).history_id is not None, timeout=WAIT_MS)
    with qtbot.waitSignal(history.reviewed, timeout=WAIT_MS):
        session.review(item_id, Review("disagree", "changed my mind"))
    with qtbot.waitSignal(history.found) as found:
        history.find(HistoryQuery())
    assert found.args is not None
    [record] = found.args[1].records
    assert record.review == Review("disagree", "changed my mind")
    assert record.file_name == "a.png"


def test_a_verdict_stays_only_with_the_answer_it_was_given_to(
    qtbot: QtBot, session: Session, queue: AnalysisQueue, films: Films
) -> None:
    path = films("a.png", "film 1")
    [item_id] = session.add([path])
    wait_done(qtbot, session)
    session.review(item_id, Review("agree", "clear"))
    session.reanalyse([item_id])
    wait_done(qtbot, session)
    assert session.item(item_id).review == Review("agree", "clear"), "the same answer"
    before = session.item(item_id).analysis
    assert before is not None
    assert before.decision is not None
    other = replace(before, decision=replace(before.decision, band="uncertain"))
    session._change(replace(session.item(item_id), analysis=other))
    session.reanalyse([item_id])
    wait_done(qtbot, session)
    assert session.item(item_id).review == Review(None, "clear"), "another answer for the same film"
    session.review(item_id, Review("agree", "clear"))
    films("a.png", "another film")
    session.reanalyse([item_id])
    wait_done(qtbot, session)
    assert session.item(item_id).review == Review(), "another film"


def test_the_history_can_be_switched_off_and_told_to_keep_no_names(
    qtbot: QtBot, session: Session, history: History, settings: Settings, films: Films
) -> None:
    settings[HISTORY_KEPT] = False
    session.add([films("unseen.png")])
    wait_done(qtbot, session)
    settings[HISTORY_KEPT] = True
    settings[HISTORY_PATHS] = "none"
    [item_id] = session.add([films("nameless.png")])
    qtbot.waitUntil(lambda: session.item(item_id).history_id is not None, timeout=WAIT_MS)
    with qtbot.waitSignal(history.found) as found:
        history.find(HistoryQuery())
    assert found.args is not None
    [record] = found.args[1].records
    assert (record.file_name, record.record.path) == ("", "")


def test_a_folder_becomes_rows(qtbot: QtBot, session: Session, films: Films, tmp_path: Path) -> None:
    folder = tmp_path / "folder" / "deeper"
    folder.mkdir(parents=True)
    for name in ("b.png", "a.jpeg", ".hidden.png", "notes.txt"):
        (folder / name).write_text("film")
    scan = FolderScan()
    scan.found.connect(session.add)
    with qtbot.waitSignal(scan.found):
        scan.scan([films("single.txt"), tmp_path / "folder"])
    assert [i.name for i in session.items] == ["single.txt", "a.jpeg", "b.png"]
    scan.scan([tmp_path])
    scan.close()


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def random_steps(qtbot: QtBot, queue: AnalysisQueue, session: Session, films: Films, steps: int) -> None:
    """Opens, cancels, moves, removes and changes files at random; looks at every film that is offered."""
    qtbot.waitUntil(lambda: queue.state.phase == "ready", timeout=WAIT_MS)
    dice = random.Random(7)
    shown = 0

    def look(item_id: int) -> None:
        nonlocal shown
        film, item = session.film(item_id), session.item(item_id)
        if film is not None:
            assert item.analysis is not None
            # The stand-in paints a film with its own hash, so that pixels and result can be held together.
            assert film.pixels[0, 0] == int(item.analysis.sha256[:4], 16)
            shown += 1

    session.film_ready.connect(look)
    session.item_changed.connect(look)
    names = [f"{n}.png" for n in range(12)]
    for step in range(steps):
        action = dice.randrange(8)
        ids = [i.item_id for i in session.items]
        if action <= 1 or not ids:
            session.add([films(dice.choice(names), f"film {dice.randrange(5)}")])
        elif action <= 4:
            session.set_current(dice.choice(ids))
        elif action == 5:
            session.prefetch(dice.choice(ids))
        elif action == 6:
            session.remove([dice.choice(ids)])
        elif step % 5 == 0:
            session.cancel()
        if dice.random() < 0.5:
            qtbot.wait(dice.randrange(15))
    wait_done(qtbot, session)
    assert shown > steps / 10


@pytest.mark.reliability("C6", part="100 steps")
def test_100_random_steps_never_mix_films_and_results(
    qtbot: QtBot, queue: AnalysisQueue, session: Session, films: Films
) -> None:
    random_steps(qtbot, queue, session, films, 100)


@pytest.mark.reliability("C6")
@pytest.mark.long
def test_2000_random_steps_never_mix_films_and_results(
    qtbot: QtBot, queue: AnalysisQueue, session: Session, films: Films
) -> None:
    random_steps(qtbot, queue, session, films, 300)
    before_mb = resident_mb()
    random_steps(qtbot, queue, session, films, 2000)
    assert resident_mb() - before_mb <= 30
