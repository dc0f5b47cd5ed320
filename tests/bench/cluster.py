"""Item 6: the archive case on 127.0.0.1: a scheduler, worker processes, and one of them killed in the middle."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import psutil

from tests.bench.frame import Bars, Bench, Cell, Figure, Limit, Section, SkippedError, Table, ratio
from tests.bench.running import cores, link_films, rate, run_predict
from tests.support.cluster import local_cluster

TITLE = "An archive, on a cluster"
BUDGET_S = 180
FILMS = 1_500
ROUNDS = 2
_DONE = re.compile(r"^(\d+) of \d+ films")


def run(bench: Bench) -> Section:
    for name in ("distributed", "pyarrow"):
        if importlib.util.find_spec(name) is None:
            raise SkippedError(f"{name} is not installed (the extra `cluster`)")
    folder = link_films(bench.scratch / "films", bench.films("test"), FILMS)
    outputs = iter(bench.scratch / f"scores{number}" for number in range(1000))
    model = ("--model", bench.bundle)
    found: dict[str, tuple[int, int]] = {}
    with local_cluster(bench.scratch / "dask", workers=cores()) as cluster:

        def here() -> dict[str, float]:
            output = next(outputs)
            figures = run_predict(*model, "--format", "csv", "--output", output, "--jobs", str(cores()), folder)
            return rate(FILMS, figures)

        def there(name: str, victim: psutil.Process | None = None) -> dict[str, float]:
            output = next(outputs)

            def watch(line: str) -> None:
                done = _DONE.match(line)
                if victim is not None and done and int(done[1]) > FILMS // 3 and victim.is_running():
                    victim.kill()
                    victim.wait()

            figures = run_predict(*model, "--cluster", cluster.address, "--output", output, folder, lines=watch)
            found[name] = _found(output)
            return rate(FILMS, figures)

        one, all_workers = f"predict --jobs {cores()}", f"{cores()} Dask workers"
        measured = bench.rounds({one: here, all_workers: lambda: there(all_workers)}, rounds=ROUNDS, warm=0)
        killed = f"{cores()} workers, one killed after a third"
        with_a_loss = Figure.of([there(killed, cluster.workers[0])["films/s"]])
    rows: list[tuple[Cell, ...]] = [(one, measured[one]["films/s"], FILMS, FILMS)]
    rows.append((all_workers, measured[all_workers]["films/s"], *found[all_workers]))
    rows.append((killed, with_a_loss, *found[killed]))
    return Section(
        tables=(Table(f"{FILMS:,} films", ("how", "films/s", "rows in the output", "different films"), tuple(rows)),),
        limits=(
            Limit(
                "Rows of a film that is missing or there twice, after a worker was killed",
                _wrong(found[killed]),
                most=0,
            ),
            Limit(
                "Films per second, Dask workers to processes of one command",
                ratio(measured[all_workers]["films/s"], measured[one]["films/s"]),
                least=0.9,
            ),
        ),
        bars=(Bars("films per second", {str(row[0]): row[1] for row in rows if isinstance(row[1], Figure)}),),
        notes=("Scheduler, workers and client share this machine's cores. Start and end of the client are included.",),
    )


def _found(output: Path) -> tuple[int, int]:
    """Rows and different films in an output."""
    from pyarrow import dataset

    films = dataset.dataset(output, format="parquet").to_table(columns=["path_id"])["path_id"].to_pylist()
    return len(films), len(set(films))


def _wrong(found: tuple[int, int]) -> int:
    rows, films = found
    return (rows - films) + (FILMS - films)
