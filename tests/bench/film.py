"""Item 2: film to result, stage by stage, for each kind of film, against the plain script."""

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
    LEAST_ROUNDS,
    Bars,
    Bench,
    Case,
    Cell,
    Figure,
    Limit,
    Section,
    Servant,
    SkippedError,
    Table,
    ratio,
    total,
)
from tests.bench.plain import PlainScript

TITLE = "Film to result"
BUDGET_S = 150
ROUNDS = 25
_SERIES_S = 0.06
"""How long one film is read again and again in a round: an idle process is slow at first, which is item 4's affair."""
STAGES = ("decode", "preprocess", "invoke", "gate", "evidence")


def run(bench: Bench) -> Section:
    notes: list[str] = []
    films = make_films(bench, notes)
    threads = default_threads()
    measured = _measure(bench, films, threads, notes)
    rows: list[tuple[Cell, ...]] = []
    limits: list[Limit] = []
    for kind, figures in measured.items():
        rows.append((kind, *(figures[column] for column in (*STAGES, "bare", "total", "plain"))))
        needed = total(figures["decode"], figures["invoke"])
        limits += [
            Limit(f"{kind}: film to result over decode + invoke", ratio(figures["total"], needed), most=1.10),
            Limit(f"{kind}: share that heat map and gate add", figures["added"], most=0.10),
            Limit(f"{kind}: film to result over the plain script", ratio(figures["total"], figures["plain"]), most=1.0),
        ]
    painting = _painting(bench)
    return Section(
        tables=(
            Table(
                f"Milliseconds, {threads} threads, files in the page cache",
                ("film", *STAGES, "without heat map and gate", "film to result", "plain script"),
                tuple(rows),
            ),
            Table("Painting the heat map over a film, where it is asked for (`--heatmaps`, the report)", *painting),
        ),
        limits=tuple(limits),
        bars=tuple(
            Bars(
                f"ms, {kind}",
                {**{stage: figures[stage] for stage in (*STAGES, "total")}, "plain script": figures["plain"]},
            )
            for kind, figures in measured.items()
        ),
        notes=(
            "Every stage is timed by itself. In the app some go on side by side: a large film is hashed while it is "
            "decoded, and the gate looks at a film while the net runs. So film to result may be less than their sum.",
            "Heat map and gate add what a film takes longer with them than without, in the same process and round. The "
            "gate's own time, all by itself behind an invoke, is more than that.",
            "Decode holds reading the file and its hash; evidence puts the grid of the heat map on the model's scale.",
            "The plain script (tests/bench/plain.py) has the same runtime, file and threads, a process of its own, and "
            "neither hash nor gate; app and script take turns, in one order and then in the other.",
            "A film of the model's size leaves nothing to save in decoding and resizing: there the app takes longer "
            "than the script by what it does more, hash, checks and above all the gate.",
            *notes,
        ),
    )


def _measure(
    bench: Bench, films: dict[str, list[Path]], threads: int, notes: list[str]
) -> dict[str, dict[str, Figure]]:
    """Figures by kind of film: of the app in milliseconds by stage, its `total`, and `plain` of the script."""
    app: dict[str, Servant] = {}
    plain: dict[str, Servant] = {}
    try:
        for kind, paths in films.items():
            arguments = (str(bench.bundle), [str(path) for path in paths], threads)
            try:
                # As the app starts its own worker processes (edge_app/process/launch.py).
                app[kind] = Servant("tests.bench.film:app_case", *arguments, environment=blas_environment())
                plain[kind] = Servant("tests.bench.film:plain_case", *arguments)
            except SkippedError as reason:
                notes.append(f"{kind} is left out: {reason}.")
                continue
            probabilities = app[kind].ready["probability"], plain[kind].ready["probability"]
            own, theirs = (", ".join(f"{probability:.3f}" for probability in some) for some in probabilities)
            notes.append(f"{kind}: probability {own}; of the plain script, which does not calibrate it, {theirs}.")
        cases: dict[str, Case] = {}
        for kind in plain:
            cases |= {f"{kind}, app": app[kind], f"{kind}, script": plain[kind]}
        measured = bench.rounds(cases, rounds=ROUNDS, seconds=BUDGET_S / 2)
    finally:
        for servant in (*app.values(), *plain.values()):
            servant.close()
    return {kind: {**measured[f"{kind}, app"], **measured[f"{kind}, script"]} for kind in plain}


def app_case(bundle_path: str, film_paths: list[str], threads: int) -> tuple[Case, dict[str, Any]]:
    """The app on films of a kind, in turn: from file to result, and each stage by itself."""
    bundle = open_bundle(Path(bundle_path))
    pipeline, gate = Pipeline(bundle, threads=threads), Gate.from_bundle(bundle)
    paths = [Path(path) for path in film_paths]
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

    # What was done last finds its data in the caches: another order in each round.
    orders = itertools.cycle(itertools.permutations((whole, bare, alone)))

    def case() -> dict[str, float]:
        figures: dict[str, float] = {}
        for part in next(orders):
            figures |= _series(part)
        return {**figures, "added": 1 - figures["bare"] / figures["total"]}

    return case, {"probability": [pipeline.analyse(path).decision.probability for path in paths]}  # type: ignore[union-attr]


class _Ungated:
    """In the gate's place: lets everything pass, and takes no time for it."""

    def look(self, prepared: np.ndarray) -> None:
        """Sees nothing."""

    def examine(self, *_: object) -> Verdict:
        return Verdict()


def plain_case(bundle_path: str, film_paths: list[str], threads: int) -> tuple[Case, dict[str, Any]]:
    """The plain script on films of a kind, in turn."""
    model = open_bundle(Path(bundle_path)).manifest.variant("quant").file.path
    script = PlainScript(Path(bundle_path) / model, threads)
    paths = [Path(path) for path in film_paths]
    turns = itertools.cycle(paths)
    probabilities = [script(path)[0] for path in paths]
    return lambda: _series(lambda: {"plain": _ms(lambda: script(next(turns)))}), {"probability": probabilities}


def _series(case: Case) -> Mapping[str, float]:
    """The medians of a case over a series of films; the first of them, after a pause, is not counted."""
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


def _painting(bench: Bench) -> tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]:
    unit = np.random.default_rng(0).random((7, 7), dtype=np.float32)
    rows = []
    for side in (224, 1024):

        def paint(side: int = side) -> dict[str, float]:
            start = time.perf_counter()
            colourise(enlarge(unit, side, side))
            return {"ms": (time.perf_counter() - start) * 1000}

        figure: Figure = bench.rounds({"paint": paint}, rounds=LEAST_ROUNDS)["paint"]["ms"]
        rows.append((f"{side} x {side}", figure))
    return ("picture", "ms"), tuple(rows)
