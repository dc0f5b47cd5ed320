"""Thousands of analyses by one process: the answer, memory, threads and descriptors stay what they were."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from edge_app.bundle.bundle import MANIFEST_NAME, SHIPPED_BUNDLE
from edge_app.process.protocol import Analyse, WorkerConfig
from edge_app.process.supervisor import Supervisor
from tests.support.films import chest_like

pytestmark = pytest.mark.skipif(not (SHIPPED_BUNDLE / MANIFEST_NAME).is_file(), reason="no model bundle")
SAMPLE = Path(__file__).resolve().parents[2] / "assets" / "samples" / "clear.png"


def other_films(folder: Path, count: int) -> list[Path]:
    folder.mkdir()
    paths = [folder / f"{number}.png" for number in range(count)]
    for number, path in enumerate(paths):
        Image.fromarray(chest_like(240, 224, seed=number)).save(path)
    return paths


async def answer(supervisor: Supervisor, path: Path) -> tuple[object, ...]:
    reply = await supervisor.ask(Analyse(name=path.name), name=path.name, path=path)
    found = reply.analysis(path, None)
    decision = found.decision
    return (
        found.status,
        found.reason and found.reason.code,
        decision and decision.probability,
        found.ood_score,
        None if found.evidence is None else np.asarray(found.evidence).tobytes(),
    )


async def answers(films: list[Path], again: int, others: list[Path]) -> set[tuple[object, ...]]:
    """The different answers to the films, each asked for so many times, then the others, then each once more."""
    supervisor = Supervisor(WorkerConfig())
    try:
        found = {(film.name, *await answer(supervisor, film)) for film in films for _ in range(again)}
        for other in others:
            await answer(supervisor, other)
        found |= {(film.name, *await answer(supervisor, film)) for film in films}
        assert supervisor.state.restarts == 0
        return found
    finally:
        await supervisor.close()


@pytest.mark.reliability("B7", part="20 times, and after 10 others")
def test_a_film_gets_one_answer(tmp_path: Path) -> None:
    assert len(asyncio.run(answers([SAMPLE], 20, other_films(tmp_path / "others", 10)))) == 1


@pytest.mark.long
@pytest.mark.reliability("B7")
def test_a_film_gets_one_answer_a_thousand_times_and_after_500_others(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    found = asyncio.run(answers([SAMPLE], 1000, other_films(tmp_path / "others", 500)))
    assert len(found) == 1
    record_property("figure", "1,001 answers, 1 distinct")


def resources(*processes: psutil.Process) -> tuple[float, list[tuple[int, int]]]:
    """Resident MiB of the first process, and descriptors and threads of each."""
    return processes[0].memory_info().rss / 2**20, [(p.num_fds(), p.num_threads()) for p in processes]


async def soak(films: list[Path], count: int, settle: int) -> tuple[float, float]:
    """Analyses so many films one after the other.

    Returns:
        Growth of the child's memory after the first `settle` in MiB, and its slope in KiB for each film.
    """
    supervisor = Supervisor(WorkerConfig())
    try:
        await supervisor.require()
        assert supervisor.state.pid is not None
        watched = psutil.Process(supervisor.state.pid), psutil.Process()
        seen: list[tuple[int, float]] = []
        for number in range(count):
            status, *_ = await answer(supervisor, films[number % len(films)])
            assert status in ("analysed", "refused")
            if number == settle:
                before, counts = resources(*watched)
            if number >= settle and number % 50 == 0:
                seen.append((number, resources(*watched)[0]))
        after, counts_after = resources(*watched)
        assert supervisor.state.restarts == 0
        assert counts_after == counts, "descriptors and threads of child and parent"
        slope = float(np.polyfit(*zip(*seen, strict=True), 1)[0]) * 1024
        return after - before, slope
    finally:
        await supervisor.close()


@pytest.mark.long
@pytest.mark.reliability("F1")
def test_ten_thousand_analyses_leave_memory_threads_and_descriptors_flat(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    growth, slope = asyncio.run(soak([SAMPLE, *other_films(tmp_path / "others", 100)], 10_000, 500))
    assert growth <= 20
    assert slope <= 1
    record_property("figure", f"10,000 analyses: {growth:+.1f} MiB after the first 500, {slope:+.2f} KiB each")
