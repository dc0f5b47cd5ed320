"""Work on large films beside other work: zlib, Pillow, NumPy and hashlib leave Python's lock while they compute.

Threads and no pool: a large film is a matter of ten milliseconds, a thread of a twentieth of one, and nothing is left
behind in a process that is about to end.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

Result = TypeVar("Result")

_MOST_PARTS = 4
LARGE_PIXELS = 1_000_000
"""A smaller film is done before a second thread is of use."""


class Later(Generic[Result]):
    """A result that is computed beside what the caller does next, or when it is first asked for."""

    __slots__ = ("_error", "_function", "_lock", "_result", "_thread")

    def __init__(self, function: Callable[[], Result], *, at_once: bool = True) -> None:
        """Begins.

        Args:
            function: Computes the result.
            at_once: In a thread of its own, now; False when the result is asked for.
        """
        self._function: Callable[[], Result] | None = function
        self._result: Result
        self._error: BaseException | None = None
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        if at_once:
            thread = threading.Thread(target=self._compute, daemon=True)
            try:
                thread.start()
            except RuntimeError:  # no room for a thread under the decoder's limit of memory: then it is done in turn
                return
            self._thread = thread

    def wait(self) -> None:
        """Waits until there is a result or an error."""
        if self._thread is not None:
            self._thread.join()
        self._compute()

    def result(self) -> Result:
        """Waits for the result, or raises what the function raised."""
        self.wait()
        if self._error is not None:
            raise self._error
        return self._result

    def _compute(self) -> None:
        with self._lock:
            if self._function is None:
                return
            try:
                self._result = self._function()
            except BaseException as error:  # raised where the result is asked for
                self._error = error
            self._function = None


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
