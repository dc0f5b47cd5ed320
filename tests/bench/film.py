"""Film to result, stage by stage, for each kind of film, against the plain script."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np

from edge_app.analysis.gate import Gate, Verdict
from edge_app.analysis.pipeline import Pipeline
from edge_app.bundle import open_bundle
from edge_app.display.heatmap import colourise, enlarge, unit_map
from edge_app.imaging.decode import read_film
from edge_app.imaging.preprocess import preprocess
from edge_app.system.blas import blas_environment
from edge_app.system.machine import default_threads
from tests.bench.film_kinds import make_films
from tests.bench.frame import (
    Bench,
    Case,
    CaseProcess,
    Cell,
    Figure,
    Limit,
    Section,
    SkippedError,
    Table,
    ratio,
    timed,
    total,
)
from tests.bench.plain import PlainScript

TITLE = "Film to result"
BUDGET_S = 150
ROUNDS = 25
_SERIES_S = 0.06
"""Seconds for which a case repeats in a round: the first films after a pause are slow, which `start` measures."""
STAGES = ("decode", "preprocess", "invoke", "gate", "evidence")


def run(bench: Bench) -> Section:
    notes: list[str] = []
    films = make_films(bench, notes)
    threads = default_threads()
    rows: list[tuple[Cell, ...]] = []
    limits: list[Limit] = []
    for kind, figures in _measure(bench, films, threads, notes).items():
        rows.append((kind, *(figures[column] for column in (*STAGES, "bare", "total", "plain"))))
        needed = total(figures["decode"], figures["invoke"])
        limits += [
            Limit(f"{kind}: film to result over decode + invoke", ratio(figures["total"], needed), most=1.10),
            Limit(f"{kind}: share that heat map and gate add", figures["added"], most=0.10),
            Limit(f"{kind}: film to result over the plain script", ratio(figures["total"], figures["plain"]), most=1.0),
        ]
    head = ("film", *STAGES, "without heat map and gate", "film to result", "plain script")
    return Section(
        tables=(
            Table(f"Milliseconds, {threads} threads, files in the page cache", head, tuple(rows)),
            Table("Painting the heat map (`--heatmaps`, the report)", ("size", "s"), _painting(bench)),
        ),
        limits=tuple(limits),
        notes=(
            "Each stage is timed alone. The app overlaps some of them, the gate and the net for instance, so film to "
            "result may be less than the sum.",
            "Decode includes reading the file and its hash; evidence is the scaling of the heat map's grid.",
            "The share of heat map and gate compares films with and without them, in one process and round.",
            "The plain script (tests/bench/plain.py) uses the same runtime, file and threads in a process of its own, "
            "and neither hashes nor gates.",
            *notes,
        ),
    )


def _measure(
    bench: Bench, films: dict[str, list[Path]], threads: int, notes: list[str]
) -> dict[str, dict[str, Figure]]:
    """Figures by kind of film, in milliseconds: each stage and `total` of the app, `plain` of the script."""
    processes: dict[str, CaseProcess] = {}
    try:
        for kind, paths in films.items():
            try:
                # The environment in which the app starts its own worker processes.
                app = CaseProcess(app_case, bench.bundle, paths, threads, environment=blas_environment())
                processes[f"{kind}, app"] = app
                processes[f"{kind}, script"] = CaseProcess(plain_case, bench.bundle, paths, threads)
            except SkippedError as reason:
                processes.pop(f"{kind}, app", None)
                notes.append(f"{kind} is left out: {reason}.")
        measured = bench.rounds(processes, rounds=ROUNDS, seconds=BUDGET_S / 2)
    finally:
        for process in processes.values():
            process.close()
    kinds = [kind for kind in films if f"{kind}, app" in measured]
    return {kind: {**measured[f"{kind}, app"], **measured[f"{kind}, script"]} for kind in kinds}


def app_case(bundle_path: Path, paths: list[Path], threads: int) -> tuple[Case, None]:
    """The app on films of a kind, in turn: from file to result, and each stage alone."""
    bundle = open_bundle(bundle_path)
    pipeline, gate = Pipeline(bundle, threads=threads), Gate.from_bundle(bundle)
    for path in paths:
        first = pipeline.analyse(path)
        if first.decision is None:
            raise SkippedError(f"{path.name} was {first.status}: {first.reason}")
    spec = bundle.manifest.preprocessing
    prepared = [
        (path, film, preprocess(film, spec).pixels) for path, film in ((path, read_film(path)) for path in paths)
    ]
    features = [pipeline.classifier(pixels).features for _, _, pixels in prepared]
    turns = itertools.cycle(range(len(paths)))

    def whole() -> dict[str, float]:
        analysis = pipeline.analyse(paths[next(turns)])
        assert analysis.evidence is not None
        mapped = _ms(lambda: unit_map(analysis.evidence, analysis.evidence_scale))
        return {"total": analysis.timings.total_ms + mapped, "evidence": mapped}

    def alone() -> dict[str, float]:
        turn = next(turns)
        path, film, pixels = prepared[turn]
        return {
            "decode": _ms(lambda: read_film(path)),
            "preprocess": _ms(lambda: preprocess(film, spec)),
            "invoke": _ms(lambda: pipeline.classifier(pixels)),
            "gate": _ms(lambda: gate.examine(film, pixels, features[turn])),
        }

    def bare() -> dict[str, float]:
        pipeline._gate = cast(Gate, _Ungated())
        try:
            return {"bare": pipeline.analyse(paths[next(turns)]).timings.total_ms}
        finally:
            pipeline._gate = gate

    # The data of the last part is still in the caches: another order in each round.
    orders = itertools.cycle(itertools.permutations((whole, bare, alone)))

    def case() -> dict[str, float]:
        figures: dict[str, float] = {}
        for part in next(orders):
            figures |= _series(part)
        return {**figures, "added": 1 - figures["bare"] / figures["total"]}

    return case, None


class _Ungated:
    """Replaces the gate: lets everything pass at once."""

    def features(self, prepared: np.ndarray) -> None:
        """Sees nothing."""

    def examine(self, *_: object) -> Verdict:
        return Verdict()


def plain_case(bundle_path: Path, paths: list[Path], threads: int) -> tuple[Case, None]:
    """The plain script on films of a kind, in turn."""
    model = open_bundle(bundle_path).manifest.variant("quant").file.path
    script = PlainScript(bundle_path / model, threads)
    turns = itertools.cycle(paths)
    return lambda: _series(lambda: {"plain": _ms(lambda: script(next(turns)))}), None


def _series(case: Case) -> Mapping[str, float]:
    """The medians of a case over a series of films; the first film after a pause does not count."""
    case()
    runs: list[Mapping[str, float]] = []
    start = time.perf_counter()
    while not runs or time.perf_counter() - start < _SERIES_S:
        runs.append(case())
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def _ms(function: Callable[[], Any]) -> float:
    start = time.perf_counter()
    function()
    return (time.perf_counter() - start) * 1000


def _painting(bench: Bench) -> tuple[tuple[Cell, ...], ...]:
    unit = np.random.default_rng(0).random((7, 7), dtype=np.float32)

    def paint(side: int) -> Case:
        return timed(lambda: colourise(enlarge(unit, side, side)))

    figures = bench.rounds({f"{side} x {side}": paint(side) for side in (224, 1024)}, rounds=9)
    return tuple((name, figure["s"]) for name, figure in figures.items())
