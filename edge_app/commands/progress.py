"""How far `predict` is: a line on stderr while it runs, and what it came to when it ends."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from edge_app.system.console import say

_PERIOD_S = 0.2
_COUNT_END_S = 1.0
"""How long the end waits for the count, which may hang in a network folder."""


class Progress:
    """Counts films as they are done. Films are listed while they are scored, so that their number comes by and by."""

    def __init__(self, show: bool, count: Callable[[threading.Event], int]) -> None:
        """Makes an idle one.

        Args:
            show: Whether to print anything.
            count: Returns how many films there are; runs in a thread, and gives up when the event is set.
        """
        self._show = show
        self._total: int | None = None
        self._ended = threading.Event()
        self._counter = threading.Thread(target=self._run_count, args=(count,), name="film count", daemon=True)
        self._done: Counter[str] = Counter()
        self._before: Counter[str] = Counter()
        self._start_s = self._printed_s = 0.0

    def __enter__(self) -> Self:
        self._start_s = time.monotonic()
        if self._show:
            self._counter.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._show:
            self._counter.join(_COUNT_END_S)
            self._print()
            say("")

    @property
    def done(self) -> int:
        """How many films are done."""
        return self._done.total()

    @property
    def not_analysed(self) -> int:
        """How many films have no score, those that were done before this run included."""
        every = self._done + self._before
        return every.total() - every["analysed"]

    def step(self, status: str) -> None:
        """Counts a film that is done, under its status."""
        self._done[status] += 1
        if self._show and time.monotonic() - self._printed_s >= _PERIOD_S:
            self._print()

    def skip(self, statuses: Mapping[str, int]) -> None:
        """Counts films that were done before this run, by their status."""
        self._before.update(statuses)

    def _run_count(self, count: Callable[[threading.Event], int]) -> None:
        total = count(self._ended)
        if not self._ended.is_set():
            self._total = total

    def _print(self) -> None:
        self._printed_s = time.monotonic()
        rate = self.done / max(self._printed_s - self._start_s, 1e-6)
        total, left = "", ""
        if self._total is not None and rate > 0:
            total = f" of {self._total}"
            left = f", {max(self._total - self._before.total() - self.done, 0) / rate:.0f} s left"
        others = "".join(f", {n} {status}" for status, n in sorted(self._done.items()) if status != "analysed")
        if self._before:
            others += f", {self._before.total()} done before"
        # The spaces cover what a longer line before left behind.
        say(f"\r{self.done}{total} films, {rate:.1f} films/s{others}{left}    ", end="")
