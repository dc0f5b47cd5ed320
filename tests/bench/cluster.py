"""An archive on 127.0.0.1: a scheduler, worker processes, and one of them killed in the middle."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import psutil

from tests.bench.frame import Bench, Cell, Figure, Limit, Section, SkippedError, Table, ratio
from tests.bench.running import cores, link_films, run_predict
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
    options = ("--model", bench.bundle)
    found: dict[str, tuple[int, int]] = {}
    here, there, killed = f"predict --jobs {cores()}", f"{cores()} Dask workers", f"{cores()} workers, one killed"
    with local_cluster(bench.scratch / "dask", workers=cores()) as cluster:

        def on_cluster(name: str, victim: psutil.Process | None = None) -> dict[str, float]:
            output = next(outputs)

            def watch(line: str) -> None:
                done = _DONE.match(line)
                if victim is not None and done and int(done[1]) > FILMS // 3 and victim.is_running():
                    victim.kill()
                    victim.wait()

            remote = ("--cluster", cluster.address, "--output", output)
            figures = run_predict(FILMS, *options, *remote, folder, lines=watch)
            found[name] = _rows_and_films(output)
            return figures

        def on_cores() -> dict[str, float]:
            local = ("--format", "csv", "--output", next(outputs), "--jobs", str(cores()))
            return run_predict(FILMS, *options, *local, folder)

        measured = bench.rounds({here: on_cores, there: lambda: on_cluster(there)}, rounds=ROUNDS, warm=0)
        speed = {name: figures["films/s"] for name, figures in measured.items()}
        speed[killed] = Figure.of([on_cluster(killed, cluster.workers[0])["films/s"]])
    rows: list[tuple[Cell, ...]] = [(name, speed[name], *found.get(name, (FILMS, FILMS))) for name in speed]
    written, different = found[killed]
    wrong = (written - different) + (FILMS - different)
    return Section(
        tables=(Table(f"{FILMS:,} films", ("how", "films/s", "rows in the output", "different films"), tuple(rows)),),
        limits=(
            Limit("Rows of a film that is missing or there twice, after a worker was killed", wrong, most=0),
            Limit("Films per second, Dask workers over processes", ratio(speed[there], speed[here]), least=0.9),
        ),
        notes=("Scheduler, workers and client share this machine's cores. Start and end of the client are included.",),
    )


def _rows_and_films(output: Path) -> tuple[int, int]:
    """Rows and different films in an output."""
    from pyarrow import dataset

    films = dataset.dataset(output, format="parquet").to_table(columns=["path_id"])["path_id"].to_pylist()
    return len(films), len(set(films))
