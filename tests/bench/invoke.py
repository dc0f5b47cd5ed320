"""Item 1: one invoke of the shipped files in each runtime, against the same network in its peers."""

from __future__ import annotations

import importlib.util
import statistics
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from edge_app.bundle import Bundle, open_bundle
from edge_app.imaging.decode import read_film
from edge_app.imaging.preprocess import preprocess
from edge_app.system.machine import default_threads
from tests.bench import peers
from tests.bench.frame import Bars, Bench, Cell, Figure, Limit, Section, Servant, SkippedError, Table, ratio
from tests.bench.profile import profile_tables
from tests.support.films import chest_like

TITLE = "Invoke"
BUDGET_S = 240
ROUNDS = 15
JUDGED = 24
"""Films on which the answers of all are compared."""

Key = tuple[str, str, int]
"""Runtime, precision, threads."""


def run(bench: Bench) -> Section:
    bundle = open_bundle(bench.bundle)
    films = prepared_films(bench, bundle, peers.CALIBRATION_FILMS + JUDGED)
    judged = bench.scratch / "films.npy"
    np.save(judged, films[peers.CALIBRATION_FILMS :] if len(films) > peers.CALIBRATION_FILMS else films[:JUDGED])
    servants, notes, files = _servants(bench, bundle, films[: peers.CALIBRATION_FILMS], str(judged))
    try:
        measured = bench.rounds({_name(key): servant for key, servant in servants.items()}, rounds=ROUNDS, seconds=60)
        figures = {key: measured[_name(key)]["ms"] for key in servants}
        answers = {key: np.array(servant.ready["answers"]) for key, servant in servants.items()}
    finally:
        for servant in servants.values():
            servant.close()
    reference = answers["LiteRT", "float", 1]
    rows: list[tuple[Cell, ...]] = []
    for (runtime, precision, threads), figure in sorted(figures.items(), key=lambda item: item[1].median):
        difference = np.abs(answers[runtime, precision, threads] - reference)
        rows.append(
            (runtime, precision, threads or "its own", figure, float(np.median(difference)), float(difference.max()))
        )
    columns = ("runtime", "precision", "threads", "ms", "probability moves by (median)", "at most")
    caption = (
        f"One invoke of one film, to all three outputs, and how far its answers on {JUDGED} films are from float's"
    )
    profile, remarks = profile_tables(files, str(judged))
    return Section(
        tables=(Table(caption, columns, tuple(rows)), *profile),
        limits=tuple(_limits(figures)),
        bars=tuple(
            Bars(
                f"ms of one invoke, {threads} {'thread' if threads == 1 else 'threads'}",
                {
                    f"{r} {p}": f
                    for (r, p, t), f in sorted(figures.items(), key=lambda item: item[1].median)
                    if t in (threads, 0)
                },
            )
            for threads in sorted({t for _, _, t in figures if t})
        ),
        notes=(*notes, *remarks),
    )


def prepared_films(bench: Bench, bundle: Bundle, count: int) -> np.ndarray:
    """Films as the model sees them, `(count, height, width)` uint8; drawn ones where there is no data set."""
    spec = bundle.manifest.preprocessing
    try:
        paths = bench.films("train")
    except SkippedError:
        return np.stack([chest_like(spec.height, spec.width, seed=seed) for seed in range(count)])
    step = max(1, len(paths) // count)
    return np.stack([preprocess(read_film(path), spec).pixels for path in paths[::step][:count]])


def _servants(
    bench: Bench, bundle: Bundle, calibration: np.ndarray, films: str
) -> tuple[dict[Key, Servant], list[str], dict[str, Path]]:
    manifest = bundle.manifest
    ours = {variant: bench.bundle / model.file.path for variant, model in manifest.variants.items()}
    several = default_threads()
    notes: list[str] = []
    wanted: dict[Key, tuple[Any, ...]] = {}
    counts = sorted({1, several})
    for variant, threads in product(("quant", "float"), counts):
        wanted["LiteRT", _precision(variant), threads] = ("litert", str(ours[variant]), films, threads)
        wanted["tflite-runtime", _precision(variant), threads] = (
            "litert", str(ours[variant]), films, threads, "tflite_runtime",
        )  # fmt: skip
    files = {"LiteRT int8": ours["quant"], "LiteRT float": ours["float"]}
    try:
        plain, quantized = peers.make_onnx(ours["float"], calibration, bench.scratch)
        for (precision, path), threads in product((("float", plain), ("int8", quantized)), counts):
            wanted["ONNX Runtime", precision, threads] = ("onnx_runtime", str(path), films, threads)
    except SkippedError as reason:
        notes.append(f"ONNX Runtime was skipped: {reason}.")
    try:
        int8 = peers.make_openvino(ours["float"], calibration, bench.scratch)
        files["OpenVINO int8"] = int8
        for threads in counts:
            wanted["OpenVINO", "float", threads] = ("openvino", str(ours["float"]), films, threads)
            wanted["OpenVINO", "int8", threads] = ("openvino", str(int8), films, threads)
    except SkippedError as reason:
        notes.append(f"OpenVINO was skipped: {reason}.")
    if importlib.util.find_spec("keras") is None:
        notes.append("Keras was skipped: it is not installed.")
    else:
        wanted["Keras predict", "float", 0] = ("keras_predict", str(bundle.keras_path()), films)
    servants = {}
    for key, (factory, *arguments) in wanted.items():
        try:
            servants[key] = Servant(f"tests.bench.peers:{factory}", *arguments)
        except SkippedError as reason:
            notes.append(f"{_name(key)} was skipped: {reason}.")
    return servants, notes, files


def _precision(variant: str) -> str:
    return "int8" if variant == "quant" else "float"


def _name(key: Key) -> str:
    runtime, precision, threads = key
    return f"{runtime} {precision} {threads or ''}".strip()


def _limits(figures: dict[Key, Figure]) -> list[Limit]:
    """The shipped quantized file in the default runtime against the fastest int8 of a peer, thread for thread."""
    limits = []
    for threads in sorted({t for _, _, t in figures if t}):
        others = {
            key: figure
            for key, figure in figures.items()
            if key[0] in ("ONNX Runtime", "OpenVINO") and key[1:] == ("int8", threads)
        }
        if not others or ("LiteRT", "int8", threads) not in figures:
            continue
        fastest = min(others, key=lambda key: others[key].median)
        sentence = f"Invoke of the quantized file over the fastest peer's int8 ({fastest[0]}), {threads} thread(s)"
        limits.append(Limit(sentence, ratio(figures["LiteRT", "int8", threads], others[fastest]), most=1.0))
    own = {key: statistics.median(figure.values) for key, figure in figures.items() if key[0] == "LiteRT"}
    if own:
        several = max(t for _, _, t in own)
        limits.append(
            Limit(
                f"Quantized over float file in LiteRT, {several} thread(s)",
                ratio(figures["LiteRT", "int8", several], figures["LiteRT", "float", several]),
                most=1.0,
            )
        )
    return limits
