"""Item 3: a folder through `predict`, by number of processes; and what ten times as many films cost in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.bench.frame import Bars, Bench, Limit, Section, Table, ratio
from tests.bench.running import cores, link_films, rate, run_predict

TITLE = "A folder"
BUDGET_S = 300
FEW, MANY = 1_000, 10_000
ROUNDS = 3


def run(bench: Bench) -> Section:
    films = bench.films("test")
    few = link_films(bench.scratch / "few", films, FEW)
    many = link_films(bench.scratch / "many", films, MANY)
    output = bench.scratch / "scores.csv"

    def case(folder: Path, count: int, jobs: int) -> Callable[[], dict[str, float]]:
        options = ("--model", bench.bundle, "--format", "csv", "--output", output, "--jobs", str(jobs))
        return lambda: rate(count, run_predict(*options, folder))

    counts = sorted({1, 2, cores()})
    by_jobs = bench.rounds({str(jobs): case(few, FEW, jobs) for jobs in counts}, rounds=ROUNDS, warm=0)
    long = bench.rounds({"many": case(many, MANY, cores())}, rounds=1, warm=0)["many"]
    most = by_jobs[str(cores())]
    head = ("processes", "films/s", "cores at work", "processes busy", "memory, MB", "the command alone, MB")
    names = ("films/s", "cores", "busy", "MB", "own MB")
    return Section(
        tables=(
            Table(
                f"{FEW:,} films of 224 x 224 (JPEG), read, scored and written as CSV",
                head,
                tuple((jobs, *(by_jobs[str(jobs)][name] for name in names)) for jobs in counts),
            ),
            Table(
                f"The same with {cores()} processes, and ten times as many films",
                ("films", *head[1:]),
                ((FEW, *(most[name] for name in names)), (MANY, *(long[name] for name in names))),
            ),
        ),
        limits=(
            Limit(
                f"Share of the {cores()} cores that {MANY:,} films keep busy", long["cores"].median / cores(), least=0.9
            ),
            Limit(
                f"Share of the time in which its processes ran or waited for a core, {MANY:,} films",
                long["busy"].median,
                least=0.9,
            ),
            Limit(
                f"Memory of the command over {MANY:,} films to that over {FEW:,}",
                long["own MB"].median / most["own MB"].median,
                most=1.05,
            ),
            Limit(f"Memory of all over {MANY:,} films to {FEW:,}", long["MB"].median / most["MB"].median, most=1.05),
            Limit(
                f"Films per second, {cores()} processes to one",
                ratio(most["films/s"], by_jobs["1"]["films/s"]),
                least=1.0,
            ),
        ),
        bars=(Bars("films per second, by processes", {f"{jobs}": by_jobs[str(jobs)]["films/s"] for jobs in counts}),),
        notes=(
            "Memory is the largest sum of proportional set sizes, so that what processes share counts once. Cores at "
            "work are the processor's seconds of all processes over the wall clock, start included. A process is busy "
            "while it runs or waits for a core: where others want the cores too, that tells waiting from idling.",
        ),
    )
