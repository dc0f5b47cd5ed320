"""Ends what takes too long: one thread for all requests to a child, where a timer for each would hold up every film."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Deadline:
    """Watches one thing at a time, for as long as it may take."""

    def __init__(self, end: Callable[[], None]) -> None:
        """Prepares; nothing runs before the first `limit`.

        Args:
            end: Ends what takes too long; called from another thread, at most once for each `limit`.
        """
        self._end = end
        self._changed = threading.Condition()
        self._due_s = math.inf
        self._wakes_s = math.inf
        self._closed = False
        self._thread: threading.Thread | None = None
        self._passed = False

    @property
    def passed(self) -> bool:
        """Whether the time of the last `limit` was up before it was left."""
        with self._changed:
            return self._passed

    @contextmanager
    def limit(self, timeout_s: float) -> Iterator[None]:
        """Watches what is done inside; when it is left, `end` is not called any more.

        Args:
            timeout_s: How long it may take.
        """
        with self._changed:
            self._passed = False
            self._due_s = time.monotonic() + timeout_s
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="deadline", daemon=True)
                self._thread.start()
            elif self._due_s < self._wakes_s:  # else the watch looks again before it is due, and goes on waiting
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._due_s = math.inf

    def close(self) -> None:
        """Ends the watch, and waits for its end. Not from within `end`."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        with self._changed:
            while not self._closed:
                now_s = time.monotonic()
                if now_s >= self._due_s:
                    self._passed = True
                    self._due_s = math.inf
                    self._end()
                self._wakes_s = self._due_s
                self._changed.wait(None if math.isinf(self._due_s) else self._due_s - now_s)
