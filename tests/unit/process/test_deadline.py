"""A deadline ends what takes too long, and nothing else."""

from __future__ import annotations

import threading

import pytest

from edge_app.process.deadline import Deadline
from tests.support.leftovers import nothing_left


class Ended:
    """What is ended, and how often it was."""

    def __init__(self) -> None:
        self.times = 0
        self.event = threading.Event()

    def __call__(self) -> None:
        self.times += 1
        self.event.set()


def test_what_takes_too_long_is_ended_once() -> None:
    ended = Ended()
    with nothing_left():
        deadline = Deadline(ended)
        with deadline.limit(0.01):
            assert ended.event.wait(10)
        assert deadline.passed
        deadline.close()
    assert ended.times == 1


def test_the_next_thing_has_a_time_of_its_own() -> None:
    ended = Ended()
    deadline = Deadline(ended)
    for number in range(3):
        with deadline.limit(60):
            pass
        assert not deadline.passed
        assert ended.times == number
        ended.event.clear()
        with deadline.limit(0.01):  # sooner than the watch meant to look again
            assert ended.event.wait(10)
        assert deadline.passed
    deadline.close()
    assert ended.times == 3


def test_what_was_in_time_is_not_ended_afterwards() -> None:
    ended = Ended()
    deadline = Deadline(ended)
    with deadline.limit(1):
        pass
    with deadline.limit(60):
        assert not ended.event.wait(1.5)  # longer than the first had
    deadline.close()
    assert ended.times == 0


def test_an_error_inside_goes_on_its_way() -> None:
    deadline = Deadline(Ended())
    with pytest.raises(KeyError), deadline.limit(60):
        raise KeyError
    assert not deadline.passed
    deadline.close()


def test_a_thousand_limits_need_one_thread() -> None:
    before = threading.active_count()
    deadline = Deadline(Ended())
    deadline.close()  # without having watched anything
    deadline = Deadline(Ended())
    for _ in range(1000):
        with deadline.limit(60):
            assert threading.active_count() == before + 1
    with nothing_left():
        deadline.close()
    assert threading.active_count() == before
