"""Parallel work on large films: zlib, Pillow, NumPy and hashlib release the GIL while they compute.

A few worker threads stay alive, because waking a thread takes half as long as starting one. If no worker has started a
task when its result is requested, the caller runs it. So nobody waits for a busy worker, or for a thread that a memory
limit did not allow.
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
"""For fewer pixels a second thread does not pay."""


class Later(Generic[Result]):
    """A task that runs in a worker thread, or in the caller's thread when the result is first requested."""

    __slots__ = ("_error", "_function", "_lock", "_result")

    def __init__(self, function: Callable[[], Result], *, at_once: bool = True) -> None:
        """Creates the task.

        Args:
            function: Computes the result.
            at_once: Whether a worker may start it now; False waits until the result is requested.
        """
        self._function: Callable[[], Result] | None = function
        self._result: Result
        self._error: BaseException | None = None
        self._lock = threading.Lock()
        if at_once:
            _HELPERS.give(self)

    def wait(self) -> None:
        """Waits for the end of the task; runs it here if no worker has started it."""
        with self._lock:
            if self._function is None:
                return
            try:
                self._result = self._function()
            except BaseException as error:  # raised again by `result`
                self._error = error
            self._function = None

    def result(self) -> Result:
        """Waits for the result. Raises the exception of the function."""
        self.wait()
        if self._error is not None:
            raise self._error
        return self._result


class _Helpers:
    """The worker threads of `Later`: one for each core but the caller's."""

    def __init__(self) -> None:
        self._work: SimpleQueue[Later[Any]] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads = 0

    def give(self, later: Later[Any]) -> None:
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
            self._work.get().wait()  # no variable: it would keep the film of a finished task in memory


HELPER_NAME = "film-helper"
_HELPERS = _Helpers()


def side_by_side(works: Sequence[Callable[[], Result]]) -> list[Result]:
    """Runs functions in parallel and waits for all of them. Then it raises the first exception in order, if any.

    Args:
        works: The functions; the first one runs in this thread.

    Returns:
        The results, in order.
    """
    under_way = [Later(work, at_once=number > 0) for number, work in enumerate(works)]
    for one in under_way:
        one.wait()
    return [one.result() for one in under_way]


def in_strips(rows: int, pixels: int, work: Callable[[int, int], Result]) -> list[Result]:
    """Processes horizontal strips of a film in parallel.

    Args:
        rows: Number of rows.
        pixels: Number of pixels; a small film is one strip.
        work: Function of the strip's first row and end row (exclusive).

    Returns:
        The results, from top to bottom.
    """
    parts = min(cores(), _MOST_PARTS, rows) if pixels >= LARGE_PIXELS else 1
    cuts = [rows * part // parts for part in range(parts + 1)]
    return side_by_side([partial(work, first, end) for first, end in itertools.pairwise(cuts)])


def cores() -> int:
    """Returns the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
