"""INT, TERM and HUP wake a thread; they never raise in the middle of somebody's work.

A KeyboardInterrupt can come between taking a lock and the block that gives it back: then others wait for ever. So
Python's own reaction is switched off. The first signal asks the program to end, the second one ends it, and so does
the clock if the program does not.

Light on purpose: it is the first thing that the program imports.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_END_S = 8.0
"""How long the program may take to end in order."""
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class Signals:
    """Listens to signals, from when it is made to the end of the process. Make it in the main thread."""

    def __init__(self) -> None:
        """Takes the signals over. Those that the process was told to ignore, as under `nohup`, stay ignored."""
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
                # A handler must be there for the wakeup; what has to be done is done by the thread.
                signal.signal(number, lambda *_: None)
        signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
        threading.Thread(target=self._listen, name="signals", daemon=True).start()

    @property
    def number(self) -> int:
        """The signal that came first; 0 for none."""
        return self._number

    @property
    def exit_status(self) -> int:
        """128 and the number of the signal that came, as shells have it."""
        return 128 + self._number

    @contextmanager
    def handled(self, act: Callable[[], object]) -> Iterator[None]:
        """Has the first signal call `act`, as long as the block runs; outside of it a signal ends the process at once.

        Args:
            act: Asks the program to end; called in a thread of its own, once.
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
        """Has `act` called where a signal ends the process at once, as long as the block runs."""
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
        # Not sys.exit, which would wait for what hangs. Children that are at work end with this process.
        os._exit(self.exit_status)

    def _next(self) -> int:
        number = self._heard.recv(1)[0]
        return number if number in {getattr(signal, name, None) for name in _NAMES} else 0


def open_standard_streams() -> None:
    """Opens what the caller closed of descriptors 0, 1 and 2, on nothing: else the next file that is opened gets its
    number, and what is printed lands in it."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDONLY if descriptor == 0 else os.O_WRONLY)
