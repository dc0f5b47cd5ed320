"""Messages of a long run."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable


def say(text: str) -> None:
    """Prints a line without buffering."""
    print(text, flush=True)


def progress_line(what: str) -> Callable[[int, int], None]:
    """A progress line that is rewritten on a terminal, and printed every ten seconds in a log."""
    start = last = time.monotonic()
    terminal = sys.stderr.isatty()

    def show(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done == total or now - last > (0.2 if terminal else 10):
            last = now
            left_s = (now - start) / done * (total - done)
            end = "\n" if done == total or not terminal else ""
            lead = "\r" if terminal else ""
            print(f"{lead}{what}: {done} of {total}, {left_s:.0f} s left ", end=end, file=sys.stderr, flush=True)

    return show
