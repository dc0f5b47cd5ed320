"""Work on large films beside other work: zlib, Pillow, NumPy and hashlib leave Python's lock while they compute.

A few helper threads wait for work, and stay: their memory stays with them, and waking one takes half as long as
starting one. What no helper has begun when its result is wanted is done by whoever wants it, so that nothing ever waits
for a helper that is busy, or that there is no room for.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Sequence
from functools import partial
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")

_MOST_PARTS = 4
LARGE_PIXELS = 1_000_000
"""A smaller film is done before a second thread is of use."""


class Later(Generic[Result]):
    """A result that is computed beside what the caller does next, or when it is first asked for."""

    __slots__ = ("_error", "_function", "_lock", "_result")

    def __init__(self, function: Callable[[], Result], *, at_once: bool = True) -> None:
        """Begins.

        Args:
            function: Computes the result.
            at_once: As soon as a helper is free; False when the result is asked for.
        """
        self._function: Callable[[], Result] | None = function
        self._result: Result
        self._error: BaseException | None = None
        self._lock = threading.Lock()
        if at_once:
            _HELPERS.give(self)

    def wait(self) -> None:
        """Waits until there is a result or an error; computes it where no helper has begun to."""
        with self._lock:
            if self._function is None:
                return
            try:
                self._result = self._function()
            except BaseException as error:  # raised where the result is asked for
                self._error = error
            self._function = None

    def result(self) -> Result:
        """Waits for the result, or raises what the function raised."""
        self.wait()
        if self._error is not None:
            raise self._error
        return self._result


class _Helpers:
    """The threads that work for `Later`; as many as there are cores beside that of the caller."""

    def __init__(self) -> None:
        self._work: SimpleQueue[Later[Any]] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads = 0

    def give(self, later: Later[Any]) -> None:
        """Gives a helper something to do; there is none where a limit of memory has no room for a thread."""
        with self._lock:
            if self._threads < min(cores(), _MOST_PARTS) - 1 or not self._threads:
                thread = threading.Thread(target=self._help, name=f"{HELPER_NAME}-{self._threads}", daemon=True)
                try:
                    thread.start()
                    self._threads += 1
                except RuntimeError:
                    if not self._threads:
                        return
        self._work.put(later)

    def _help(self) -> None:
        while True:
            self._work.get().wait()  # held by no name: what has been done must not keep its film in memory


HELPER_NAME = "film-helper"
_HELPERS = _Helpers()


def side_by_side(works: Sequence[Callable[[], Result]]) -> list[Result]:
    """Does several things at once, and leaves none of them running: an error is raised when all have ended.

    Args:
        works: What to do; the first of them here.

    Returns:
        What each of them gave, in order. Of several errors the first in order is raised.
    """
    under_way = [Later(work, at_once=number > 0) for number, work in enumerate(works)]
    for one in under_way:
        one.wait()
    return [one.result() for one in under_way]


def in_strips(rows: int, pixels: int, work: Callable[[int, int], Result]) -> list[Result]:
    """Has strips of a film worked on side by side.

    Args:
        rows: How many rows the film has.
        pixels: How many pixels; a small film is one strip.
        work: Called with the first row of a strip and the one behind its last.

    Returns:
        What each strip gave, from top to bottom.
    """
    parts = min(cores(), _MOST_PARTS, rows) if pixels >= LARGE_PIXELS else 1
    cuts = [rows * part // parts for part in range(parts + 1)]
    return side_by_side([partial(work, first, end) for first, end in itertools.pairwise(cuts)])


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
