"""The order of a list of films, and how little of a long list is held. The films are answered by a clock."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from edge_app.process.film_list import AHEAD, in_order
from edge_app.process.supervisor import Supervisor
from edge_app.system.errors import PneumoscopeError

WORKERS = cast(list[Supervisor], ["one", "two"])


def test_results_come_in_the_order_of_the_films_whoever_is_first() -> None:
    dice = random.Random(3)
    written: list[int] = []

    async def score(_worker: Any, path: Path, index: int) -> int:
        for _ in range(dice.randrange(5)):
            await asyncio.sleep(0)
        assert path.name == f"{index}.png"
        return index

    films = (Path(f"{number}.png") for number in range(7, 300))
    asyncio.run(in_order(films, WORKERS, score, written.append, start=7))
    assert written == list(range(7, 300))


def test_a_list_is_taken_as_it_is_needed_also_behind_a_film_that_hangs() -> None:
    taken = 0

    def films() -> Iterator[Path]:
        nonlocal taken
        while True:
            taken += 1
            yield Path("film.png")

    async def run() -> None:
        end = asyncio.Event()
        written: list[int] = []

        async def score(_worker: Any, _path: Path, index: int) -> int:
            if index == 0:
                await end.wait()
            await asyncio.sleep(0)
            return index

        job = asyncio.create_task(in_order(films(), WORKERS, score, written.append))
        while taken < AHEAD:
            await asyncio.sleep(0)
        for _ in range(100):
            await asyncio.sleep(0)
        assert (taken, written) == (AHEAD, [])
        end.set()
        while len(written) < 2 * AHEAD:
            await asyncio.sleep(0)
        assert taken <= len(written) + AHEAD
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job

    asyncio.run(run())


@pytest.mark.parametrize("who", ["score", "write"])
def test_what_fails_ends_the_list(who: str) -> None:
    scored = 0

    async def score(_worker: Any, _path: Path, index: int) -> int:
        nonlocal scored
        scored += 1
        await asyncio.sleep(0)
        if who == "score" and index == 5:
            raise PneumoscopeError("The disk is full.")
        return index

    def write(index: int) -> None:
        if who == "write" and index == 5:
            raise PneumoscopeError("The disk is full.")

    with pytest.raises(PneumoscopeError, match="disk"):
        asyncio.run(in_order(itertools.repeat(Path("film.png")), WORKERS, score, write))
    assert scored < 20
