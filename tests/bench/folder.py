"""A folder through `predict`, by number of processes; and what ten times as many films cost in memory."""

from __future__ import annotations

from tests.bench.frame import Bench, Case, Limit, Section, Table, ratio
from tests.bench.running import cores, link_films, run_predict

TITLE = "A folder"
BUDGET_S = 300
FEW, MANY = 1_000, 10_000
ROUNDS = 3


def run(bench: Bench) -> Section:
    films = bench.films("test")
    folders = {count: link_films(bench.scratch / str(count), films, count) for count in (FEW, MANY)}
    output = bench.scratch / "scores.csv"

    def case(count: int, jobs: int) -> Case:
        options = ("--model", bench.bundle, "--format", "csv", "--output", output, "--jobs", str(jobs))
        return lambda: run_predict(count, *options, folders[count])

    most = cores()
    names = ("films/s", "cores", "MB", "own MB")
    few = bench.rounds({str(n): case(FEW, n) for n in sorted({1, 2, most})}, rounds=ROUNDS, warm=0)
    many = bench.rounds({"many": case(MANY, most)}, rounds=1, warm=0)["many"]
    rows = [(f"{FEW:,}", jobs, *(figures[name] for name in names)) for jobs, figures in few.items()]
    rows.append((f"{MANY:,}", str(most), *(many[name] for name in names)))
    head = ("films", "processes", "films/s", "cores at work", "memory, MB", "the command alone, MB")
    growth = {name: many[name].median / few[str(most)][name].median for name in names}
    return Section(
        tables=(Table("Films of 224 x 224 (JPEG), read, scored and written as CSV", head, tuple(rows)),),
        limits=(
            Limit(f"Share of the {most} cores that {MANY:,} films keep busy", many["cores"].median / most, least=0.9),
            Limit(f"Memory of the command, {MANY:,} films over {FEW:,}", growth["own MB"], most=1.05),
            Limit(f"Memory of all processes, {MANY:,} films over {FEW:,}", growth["MB"], most=1.05),
            Limit(
                f"Films per second, {most} processes over one",
                ratio(few[str(most)]["films/s"], few["1"]["films/s"]),
                least=1.0,
            ),
        ),
        notes=(
            "Memory is the largest sum of proportional set sizes, so that shared pages count once. Cores at work are "
            "the processor seconds of all processes over the wall clock, start included.",
        ),
    )
