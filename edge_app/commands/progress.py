"""How far `predict` is: a line on stderr while it runs, and what it came to when it ends."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Self

_PERIOD_S = 0.2


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
        self._skipped = 0
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
            self._counter.join()
            self._print()
            print(file=sys.stderr)

    @property
    def done(self) -> int:
        """How many films are done."""
        return self._done.total()

    @property
    def not_analysed(self) -> int:
        """How many of them have no score."""
        return self.done - self._done["analysed"]

    def step(self, status: str) -> None:
        """Counts a film that is done, under its status."""
        self._done[status] += 1
        if self._show and time.monotonic() - self._printed_s >= _PERIOD_S:
            self._print()

    def skip(self) -> None:
        """Counts a film that was done before this run."""
        self._skipped += 1

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
            left = f", {max(self._total - self._skipped - self.done, 0) / rate:.0f} s left"
        others = "".join(f", {n} {status}" for status, n in sorted(self._done.items()) if status != "analysed")
        if self._skipped:
            others += f", {self._skipped} done before"
        # The spaces cover what a longer line before left behind.
        print(f"\r{self.done}{total} films, {rate:.1f} films/s{others}{left}    ", end="", file=sys.stderr, flush=True)
