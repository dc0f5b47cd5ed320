"""INT, TERM and HUP wake a thread; they never raise an exception in running code.

A KeyboardInterrupt between acquiring a lock and the `try` block that releases it makes other threads wait forever. So
Python's default handlers are replaced. The first signal asks the program to end; a second signal, or a timeout, ends
it at once.

This module imports little, because the program imports it first.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_END_S = 8.0
"""Timeout for an orderly end, seconds."""
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class Signals:
    """Handles signals until the end of the process. Create it in the main thread."""

    def __init__(self) -> None:
        """Installs the handlers. Signals that are ignored, as under `nohup`, stay ignored."""
        self._lock = threading.Lock()
        self._act: Callable[[], object] | None = None
        self._at_end: Callable[[], object] = lambda: None
        self._number = 0
        self._heard, wakes = socket.socketpair()
        wakes.setblocking(False)
        self._wakes = wakes
        for name in _NAMES:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                # The wakeup needs a Python handler; the thread does the work.
                signal.signal(number, lambda *_: None)
        signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
        threading.Thread(target=self._listen, name="signals", daemon=True).start()

    @property
    def number(self) -> int:
        """Number of the first signal; 0 for none."""
        return self._number

    @property
    def exit_status(self) -> int:
        """128 + the signal number, as in shells."""
        return 128 + self._number

    @contextmanager
    def handled(self, act: Callable[[], object]) -> Iterator[None]:
        """While the block runs, the first signal calls `act`. Outside the block a signal ends the process at once.

        Args:
            act: Asks the program to end; called once, in the signal thread.
        """
        with self._lock:
            self._act = act
        try:
            yield
        finally:
            with self._lock:
                self._act = None

    @contextmanager
    def at_end(self, act: Callable[[], object]) -> Iterator[None]:
        """While the block runs, `act` is called before a signal ends the process at once."""
        self._at_end = act
        try:
            yield
        finally:
            self._at_end = lambda: None

    def _listen(self) -> None:
        while not (number := self._next()):
            pass
        self._number = number
        with self._lock:  # the block of `handled` does not end while its `act` is called
            handled = self._act is not None
            if self._act is not None:
                self._act()
        if handled:
            self._heard.settimeout(_END_S)
            with suppress(TimeoutError):
                while not self._next():
                    pass
        self._at_end()
        # sys.exit would wait for hanging threads. Busy child processes end with this process.
        os._exit(self.exit_status)

    def _next(self) -> int:
        number = self._heard.recv(1)[0]
        return number if number in {getattr(signal, name, None) for name in _NAMES} else 0


def open_standard_streams() -> None:
    """Opens the null device as descriptor 0, 1 or 2 if the caller closed it.

    Otherwise the next opened file would get that number, and printed text would go into the file.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDONLY if descriptor == 0 else os.O_WRONLY)
