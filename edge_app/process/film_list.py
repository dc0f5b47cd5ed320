"""Several supervisors at work on one list of films: every core is used, the memory does not grow with the list."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from edge_app.process.supervisor import Supervisor

T = TypeVar("T")

AHEAD = 512
"""Films that may be on the way or wait for an earlier one: a few megabytes, and seconds of work behind a slow film."""
_FILMS_PER_CHILD = 2
"""One is in the child; the next is opened, or the one before is written, meanwhile."""


async def in_order(
    films: Iterable[Path],
    supervisors: Sequence[Supervisor],
    score: Callable[[Supervisor, Path, int], Awaitable[T]],
    write: Callable[[T], None],
    *,
    start: int = 0,
) -> None:
    """Scores films side by side, and writes the results in the order of the films.

    A film that hangs holds back those that come more than `AHEAD` after it, until its time is up.

    Args:
        films: Taken as they are needed, never all at once.
        supervisors: Who does the work.
        score: Called with a supervisor, a film and its place in the list.
        write: Called with each result of `score`.
        start: Place of the first film.

    Raises:
        Exception: The first that `score` or `write` raised; nothing runs any more then.
    """
    numbered = enumerate(films, start)
    room = asyncio.Semaphore(AHEAD)
    results: dict[int, T] = {}
    written = start

    async def work(supervisor: Supervisor) -> None:
        nonlocal written
        while True:
            await room.acquire()
            if (item := next(numbered, None)) is None:
                return
            index, film = item
            results[index] = await score(supervisor, film, index)
            while written in results:
                write(results.pop(written))
                written += 1
                room.release()

    tasks = [asyncio.ensure_future(work(one)) for one in supervisors for _ in range(_FILMS_PER_CHILD)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
