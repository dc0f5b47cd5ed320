"""Opens films beside an event loop: a network folder that does not answer holds up a thread, never the program."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

from edge_app.imaging.decode import DecodeLimits, open_film_file

OPENER_NAME = "film-opener"
"""Name of the threads that open films; they stay for the next film."""

_Work = SimpleQueue[Callable[[], None]]
_idle: list[_Work] = []
"""Threads that wait for work: starting one for each film takes longer than opening it."""


async def open_beside(path: Path, limits: DecodeLimits) -> int:
    """Opens a film as `open_film_file` does, in a thread that the end of the program does not wait for.

    Returns:
        A descriptor, which the caller closes.

    Raises:
        FilmUnreadableError: As `open_film_file`.
    """
    loop = asyncio.get_running_loop()
    opened: asyncio.Future[int] = loop.create_future()

    def finish(descriptor: int | None, error: Exception | None) -> None:
        if opened.done():  # nobody waits any more
            if descriptor is not None:
                os.close(descriptor)
        elif descriptor is not None:
            opened.set_result(descriptor)
        elif error is not None:
            opened.set_exception(error)

    def work() -> None:
        descriptor, failure = None, None
        try:
            descriptor = open_film_file(path, limits)
        except Exception as error:
            failure = error
        try:
            loop.call_soon_threadsafe(finish, descriptor, failure)
        except RuntimeError:  # the loop was closed meanwhile
            if descriptor is not None:
                os.close(descriptor)

    thread = _idle.pop() if _idle else _start()
    thread.put(work)
    return await opened


def _start() -> _Work:
    work: _Work = SimpleQueue()

    def run() -> None:
        while True:
            work.get()()
            _idle.append(work)

    # A daemon, unlike the threads of asyncio.to_thread: those are waited for when Python ends.
    threading.Thread(target=run, name=OPENER_NAME, daemon=True).start()
    return work
