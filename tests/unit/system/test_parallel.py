"""Work beside other work gives what it gives in turn."""

from __future__ import annotations

import threading
import time
import weakref
from functools import partial

import pytest

from edge_app.system import parallel
from edge_app.system.parallel import HELPER_NAME, LARGE_PIXELS, Later, in_strips, side_by_side
from tests.support.leftovers import nothing_left


def test_an_error_is_raised_where_the_result_is_asked_for() -> None:
    later = Later(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        later.result()
    with pytest.raises(ZeroDivisionError):
        later.result()


@pytest.mark.parametrize("at_once", [True, False])
def test_a_result_is_computed_once(at_once: bool) -> None:
    calls: list[int] = []
    later = Later(lambda: calls.append(1) or len(calls), at_once=at_once)
    assert [later.result(), later.result()] == [1, 1]
    assert calls == [1]


def test_without_room_for_a_thread_it_is_done_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", full)
    monkeypatch.setattr(parallel, "cores", lambda: 4)
    assert Later(lambda: 7).result() == 7
    assert in_strips(10, LARGE_PIXELS, lambda first, end: (first, end)) == [(0, 2), (2, 5), (5, 7), (7, 10)]


@pytest.mark.parametrize(("rows", "cores"), [(1, 4), (3, 4), (1000, 1), (1001, 3)])
def test_strips_are_the_whole_film_in_order(monkeypatch: pytest.MonkeyPatch, rows: int, cores: int) -> None:
    monkeypatch.setattr(parallel, "cores", lambda: cores)
    strips = in_strips(rows, LARGE_PIXELS, lambda first, end: list(range(first, end)))
    assert [row for strip in strips for row in strip] == list(range(rows))
    assert len(strips) == min(rows, cores)


def test_an_error_is_raised_when_nothing_is_left_running() -> None:
    ended: list[str] = []

    def slow(name: str) -> str:
        time.sleep(0.05)
        ended.append(name)
        return name

    def broken(name: str) -> str:
        raise ValueError(name)

    assert side_by_side([partial(slow, "a"), partial(slow, "b")]) == ["a", "b"]
    assert side_by_side([]) == []
    ended.clear()
    works = [partial(slow, "a"), partial(broken, "first"), partial(broken, "second"), partial(slow, "b")]
    with nothing_left(), pytest.raises(ValueError, match="first"):
        side_by_side(works)
    assert sorted(ended) == ["a", "b"]


def helpers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith(HELPER_NAME)]


def test_a_few_helpers_do_all_the_work_and_keep_none_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "cores", lambda: 4)
    for _ in range(20):
        assert [later.result() for later in [Later(partial(int, number)) for number in range(10)]] == list(range(10))
    assert 1 <= len(helpers()) <= 3

    gone = threading.Event()

    def begin() -> Later[object]:
        film = Film()
        weakref.finalize(film, gone.set)
        begun = threading.Event()
        later: Later[object] = Later(lambda: (film, begun.set()))
        assert begun.wait(10)
        return later

    begin().wait()
    assert gone.wait(10)


class Film:
    """Something that can be watched as it goes."""


def test_nobody_waits_for_a_helper_that_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "cores", lambda: 2)
    release = threading.Event()
    busy = [Later(lambda: release.wait(60)) for _ in range(3)]  # as many as there may be helpers
    try:
        assert Later(threading.get_ident).result() == threading.get_ident()
        assert in_strips(10, LARGE_PIXELS, lambda first, end: (first, end)) == [(0, 5), (5, 10)]
    finally:
        release.set()
    assert all(later.result() for later in busy)
