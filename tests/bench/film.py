"""Item 2: film to result, stage by stage, for each kind of film, against the plain script."""

from __future__ import annotations

import io
import os
import shutil
import time
from pathlib import Path

# As in the app's own worker process (edge_app/inference/spawn.py); before numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from PIL import Image

from edge_app.bundle import open_bundle
from edge_app.imaging.decode import read_film
from edge_app.imaging.heatmap import colourise, enlarge, unit_map
from edge_app.inference.analysis import Analysis
from edge_app.inference.pipeline import Pipeline
from edge_app.inference.runtime import default_threads
from tests.bench.frame import (
    LEAST_ROUNDS,
    Bars,
    Bench,
    Case,
    Cell,
    Figure,
    Limit,
    Section,
    SkippedError,
    Table,
    ratio,
    total,
)
from tests.bench.plain import PlainScript
from tests.support.dicom import JPEG_2000, DicomBuilder, encapsulated, text
from tests.support.films import chest_like

TITLE = "Film to result"
BUDGET_S = 150
ROUNDS = 25
DEEP_SIDE_PX = 2500
DICOM_SIZE_PX = (2140, 1760)
"""Rows and columns of the DICOM films, as many detectors have."""
STAGES = ("decode", "preprocess", "invoke", "gate", "evidence")


def run(bench: Bench) -> Section:
    notes: list[str] = []
    films = make_films(bench, notes)
    threads = default_threads()
    bundle = open_bundle(bench.bundle)
    pipeline = Pipeline(bundle, threads=threads)
    plain = PlainScript(bench.bundle / bundle.manifest.variant("quant").file.path, threads)
    cases: dict[str, Case] = {}
    for kind, path in films.items():
        answer = pipeline.analyse(path)
        if answer.status != "analysed":
            notes.append(f"{kind} is left out: {answer.reason}")
            continue
        notes.append(f"{kind}: probability {_probability(answer):.3f}, of the plain script {plain(path)[0]:.3f}.")
        cases[kind] = _case(pipeline, plain, path)
    measured = bench.rounds(cases, rounds=ROUNDS, seconds=BUDGET_S / 2)
    rows: list[tuple[Cell, ...]] = []
    limits: list[Limit] = []
    for kind, figures in measured.items():
        rows.append((kind, *(figures[stage] for stage in STAGES), figures["total"], figures["plain"]))
        needed = total(figures["decode"], figures["invoke"])
        limits += [
            Limit(f"{kind}: film to result over decode + invoke", ratio(figures["total"], needed), most=1.10),
            Limit(
                f"{kind}: share of heat map and gate",
                ratio(total(figures["gate"], figures["evidence"]), figures["total"]),
                most=0.10,
            ),
            Limit(f"{kind}: film to result over the plain script", ratio(figures["total"], figures["plain"]), most=1.0),
        ]
    painting = _painting(bench)
    return Section(
        tables=(
            Table(
                f"Milliseconds, {threads} threads, files in the page cache",
                ("film", *STAGES, "film to result", "plain script"),
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
            "Decode holds reading the file and its hash; evidence puts the grid of the heat map on the model's scale.",
            "The plain script (tests/bench/plain.py) has the same runtime, file and threads, and no gate.",
            "What a large film costs beyond decode and invoke is its resize, which the plain script pays for too. What "
            "a small one costs beyond the plain script is what that leaves out: hash, checks of the file, gate.",
            "The gate looks at a film while the net runs; its column is what is left when the net has answered.",
            *notes,
        ),
    )


def _probability(analysis: Analysis) -> float:
    return analysis.decision.probability if analysis.decision else float("nan")


def _case(pipeline: Pipeline, plain: PlainScript, path: Path) -> Case:
    """One analysis with the times it took itself, and one run of the plain script on the same film."""

    def case() -> dict[str, float]:
        analysis = pipeline.analyse(path)
        start = time.perf_counter()
        assert analysis.evidence is not None
        unit_map(analysis.evidence, analysis.evidence_scale)
        mapped = time.perf_counter()
        plain(path)
        end = time.perf_counter()
        evidence_ms = (mapped - start) * 1000
        timings = analysis.timings
        return {
            "decode": timings.decode_ms,
            "preprocess": timings.preprocess_ms,
            "invoke": timings.invoke_ms,
            "gate": timings.gate_ms,
            "evidence": evidence_ms,
            "total": timings.total_ms + evidence_ms,
            "plain": (end - mapped) * 1000,
        }

    return case


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


def make_films(bench: Bench, notes: list[str]) -> dict[str, Path]:
    """A film of each kind, made of real ones where the data set is there."""
    folder = bench.scratch / "films"
    folder.mkdir()
    films: dict[str, Path] = {}
    try:
        films["224 JPEG"] = Path(shutil.copy(bench.films("test")[0], folder / "small.jpeg"))
        originals = bench.films("originals")
        # The middle one by size: neither the easiest nor the hardest to decode.
        original = sorted(originals, key=lambda path: path.stat().st_size)[len(originals) // 2]
        films["original JPEG"] = Path(shutil.copy(original, folder / "original.jpeg"))
    except SkippedError as reason:
        notes.append(f"Drawn films stand in for real ones: {reason}.")
        for kind, name, size in (
            ("224 JPEG", "small.jpeg", (224, 224)),
            ("original JPEG", "original.jpeg", (1400, 1700)),
        ):
            films.setdefault(kind, folder / name)
            Image.fromarray(chest_like(*size)).save(folder / name, quality=90)
        original = films["original JPEG"]
    source = Image.fromarray(read_film(original).pixels)
    deep = _deep(source, (DEEP_SIDE_PX, DEEP_SIDE_PX), 16)
    films["2500 x 2500 16-bit PNG"] = folder / "deep.png"
    Image.fromarray(deep).save(films["2500 x 2500 16-bit PNG"])
    values = _deep(source, DICOM_SIZE_PX, 12)
    elements = {
        0x00080068: text("CS", "FOR PRESENTATION"),
        0x00185101: text("CS", "AP"),
        0x00101010: text("AS", "003Y"),
    }
    films["uncompressed DICOM"] = folder / "plain.dcm"
    films["uncompressed DICOM"].write_bytes(DicomBuilder(values, 12, elements=elements).bytes())
    stream = io.BytesIO()
    Image.fromarray(values).save(stream, format="JPEG2000", no_jp2=True, irreversible=False)
    films["JPEG 2000 DICOM"] = folder / "wavelet.dcm"
    compressed = encapsulated(stream.getvalue())
    films["JPEG 2000 DICOM"].write_bytes(
        DicomBuilder(values, 12, syntax=JPEG_2000, elements=elements, pixel_data=compressed).bytes()
    )
    return films


def _deep(source: Image.Image, size: tuple[int, int], bits: int) -> np.ndarray:
    """A film of more bits and another size, `(rows, columns)` uint16, with a detector's noise in the lower bits."""
    rows, columns = size
    grey = np.asarray(source.resize((columns, rows), Image.Resampling.BICUBIC), dtype=np.float32)
    noise = np.random.default_rng(0).normal(0, 1.5, grey.shape)
    white = 2**bits - 1
    return np.clip((grey + noise) * (white / 255), 0, white).astype(np.uint16)
