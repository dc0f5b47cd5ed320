"""One invoke of the shipped files in each runtime, against the same network in its peers."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from edge_app.bundle import Bundle, open_bundle
from edge_app.imaging.decode import read_film
from edge_app.imaging.preprocess import preprocess
from edge_app.system.machine import default_threads
from tests.bench import peers
from tests.bench.frame import Bench, CaseProcess, Cell, Figure, Limit, Section, SkippedError, Table, ratio
from tests.support.films import chest_like

TITLE = "Invoke"
BUDGET_S = 240
ROUNDS = 15
JUDGED = 24
"""Number of films on which answers are compared."""

Key = tuple[str, str, int]
"""Runtime, precision, threads."""


def run(bench: Bench) -> Section:
    bundle = open_bundle(bench.bundle)
    films = prepared_films(bench, bundle, peers.CALIBRATION_FILMS + JUDGED)
    notes: list[str] = []
    processes = _processes(bench, bundle, films[: peers.CALIBRATION_FILMS], films[-JUDGED:], notes)
    try:
        measured = bench.rounds({str(key): process for key, process in processes.items()}, rounds=ROUNDS, seconds=60)
        figures = {key: measured[str(key)]["ms"] for key in processes}
        answers = {key: np.array(process.ready) for key, process in processes.items()}
    finally:
        for process in processes.values():
            process.close()
    rows: list[tuple[Cell, ...]] = []
    for key, figure in sorted(figures.items(), key=lambda item: item[1].median):
        difference = np.abs(answers[key] - answers["LiteRT", "float", 1])
        runtime, precision, threads = key
        moves = float(np.median(difference)), float(difference.max())
        rows.append((runtime, precision, str(threads or "its own"), figure, *moves))
    columns = ("runtime", "precision", "threads", "ms", "probability moves by (median)", "at most")
    caption = f"One invoke of one film; how far the answers on {JUDGED} films are from the float file's"
    notes.append(
        "The first convolutions of the quantized file stay float32 on purpose (`export.float_share`, "
        "docs/training.md): runtimes round differently there, and later layers amplify that. The peers' int8 has none."
    )
    return Section(tables=(Table(caption, columns, tuple(rows)),), limits=tuple(_limits(figures)), notes=tuple(notes))


def prepared_films(bench: Bench, bundle: Bundle, count: int) -> np.ndarray:
    """Films as the model sees them, `(count, height, width)` uint8; drawn ones where there is no data set."""
    spec = bundle.manifest.preprocessing
    try:
        paths = bench.films("train")
    except SkippedError:
        return np.stack([chest_like(spec.height, spec.width, seed=seed) for seed in range(count)])
    step = max(1, len(paths) // count)
    return np.stack([preprocess(read_film(path), spec).pixels for path in paths[::step][:count]])


def _processes(
    bench: Bench, bundle: Bundle, calibration: np.ndarray, films: np.ndarray, notes: list[str]
) -> dict[Key, CaseProcess]:
    """A process for each runtime, precision and number of threads that can run here."""
    ours = {variant: bench.bundle / model.file.path for variant, model in bundle.manifest.variants.items()}
    counts = sorted({1, default_threads()})
    wanted: dict[Key, tuple[Any, ...]] = {}
    for threads, (precision, file) in product(counts, (("int8", ours["quant"]), ("float", ours["float"]))):
        wanted["LiteRT", precision, threads] = (peers.litert, file, films, threads)
        wanted["tflite-runtime", precision, threads] = (peers.litert, file, films, threads, "tflite_runtime")
    try:
        plain, quantized = peers.make_onnx(ours["float"], calibration, bench.scratch)
        for threads, (precision, file) in product(counts, (("float", plain), ("int8", quantized))):
            wanted["ONNX Runtime", precision, threads] = (peers.onnx_runtime, file, films, threads)
    except SkippedError as reason:
        notes.append(f"ONNX Runtime was skipped: {reason}.")
    try:
        quantized = peers.make_openvino(ours["float"], calibration, bench.scratch)
        for threads, (precision, file) in product(counts, (("float", ours["float"]), ("int8", quantized))):
            wanted["OpenVINO", precision, threads] = (peers.openvino, file, films, threads)
    except SkippedError as reason:
        notes.append(f"OpenVINO was skipped: {reason}.")
    wanted["Keras predict", "float", 0] = (peers.keras_predict, bundle.directory / bundle.manifest.keras.path, films)
    processes = {}
    for key, (factory, *arguments) in wanted.items():
        try:
            processes[key] = CaseProcess(factory, *arguments)
        except SkippedError as reason:
            notes.append(f"{key[0]} {key[1]} was skipped: {reason}.")
    return processes


def _limits(figures: dict[Key, Figure]) -> list[Limit]:
    """The shipped quantized file in LiteRT against the fastest int8 of a peer, and against the float file."""
    limits = []
    several = max(threads for _, _, threads in figures)
    for threads in sorted({1, several}):
        own = figures["LiteRT", "int8", threads]
        others = {
            name: figures[key] for name in ("ONNX Runtime", "OpenVINO") if (key := (name, "int8", threads)) in figures
        }
        if others:
            fastest = min(others, key=lambda name: others[name].median)
            sentence = f"Invoke of the quantized file over the fastest peer's int8 ({fastest}), {threads} thread(s)"
            limits.append(Limit(sentence, ratio(own, others[fastest]), most=1.0))
    sentence = f"Quantized over float file in LiteRT, {several} thread(s)"
    shares = ratio(figures["LiteRT", "int8", several], figures["LiteRT", "float", several])
    return [*limits, Limit(sentence, shares, most=1.0)]
