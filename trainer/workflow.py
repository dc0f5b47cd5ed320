"""The whole workflow, from a folder of films to a bundle. Each step leaves its result in the run's folder, so that the
same command goes on where a run was cut off.

1 catalog, 2 split, 3 prepare, 4 train (two phases), 5 convert, 6 calibrate on validation, evaluate on test, 7 bundle.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import logging
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keras
import msgspec
import numpy as np
import tensorflow as tf

from edge_app.bundle import Manifest, ModelFile, Variant
from edge_app.bundle.manifest import Identity, IntendedUse, Labels, Training
from edge_app.imaging.preprocess import PreprocessSpec
from trainer.backbones import BACKBONES
from trainer.callbacks import read_log
from trainer.config import Config
from trainer.data.catalog import Catalog, catalog_sha256, scan
from trainer.data.prepare import PreparedFilms
from trainer.data.split import Split, make_split
from trainer.data.stress import stress
from trainer.evaluation import plots
from trainer.evaluation.operating_point import calibrate_file
from trainer.evaluation.predictions import Scores, score_keras, score_tflite
from trainer.evaluation.report import (
    FilmSet,
    calibrated_probabilities,
    comparison_table,
    evaluate_file,
    parity,
    readable,
)
from trainer.export import bundle as bundle_files
from trainer.export.convert import Precision, convert
from trainer.export.describe import calibrated, draft, record
from trainer.export.graph import export_graph
from trainer.export.known_answers import known_answers
from trainer.export.timing import time_files
from trainer.model_card import write_model_card
from trainer.train import RunFiles, ValidationSet, train

_LOG = logging.getLogger(__name__)

EVIDENCE_PERCENTILE = 95
"""Of the strongest evidence in validation films that are called positive: painted at full strength."""

INTENDED_USE = IntendedUse(
    statement=(
        "Research software, not a medical device. It estimates whether a frontal chest X-ray of a young child shows "
        "pneumonia, as a second look beside a qualified reader, who decides."
    ),
    population="Children of 1 to 5 years, AP chest films of one hospital (Guangzhou, China).",
    limits=(
        "Not validated for adults, older children or newborns; on adults of another hospital such a model is no better "
        "than a coin.",
        "Not for lateral films, CT, ultrasound, or photographs of films without a check by a person.",
        "It knows two answers, normal and pneumonia: every other disease is given one of them.",
        "The heat map shows where the model looked. It is not the outline of a lesion.",
        "A threshold does not carry over to another hospital or another version of the model.",
    ),
)


@dataclass(frozen=True, slots=True)
class Request:
    """What `trainer train` was asked for.

    Attributes:
        data: The data set's folder.
        runs: Folder of all runs.
        bundle: Where the finished bundle goes; None leaves it in the run's folder.
        name: Of the run; None for one made from the configuration, so that the same command finds its run again.
    """

    data: Path
    runs: Path
    bundle: Path | None
    name: str | None = None


def run(config: Config, request: Request) -> Path:
    """Runs the workflow.

    Args:
        config: What to do.
        request: Where.

    Returns:
        The folder of the finished bundle.
    """
    catalog = scan(request.data, _progress("reading films"))
    split = make_split(
        catalog,
        validation_fraction=config.data.validation_fraction,
        seed=config.seed,
        near_duplicate_bits=config.data.near_duplicate_bits,
        fold=config.data.fold,
    )
    files = RunFiles(request.runs / (request.name or run_name(config, split)))
    files.folder.mkdir(parents=True, exist_ok=True)
    _write_provenance(files, config, catalog, split)
    spec = spec_of(config)
    store = PreparedFilms(request.runs / "prepared", catalog.root, spec)
    store.make((*split.training, *split.validation, *split.test), _progress("preparing films"))
    store.lay_out(split, files.tree)
    validation = validation_set(config, split, store)
    _say(
        f"run {files.folder}: {len(split.training)} films to train on, {len(split.validation)} to choose by "
        f"(and {len(validation.labels) - len(split.validation)} stressed copies), {len(split.test)} to report on"
    )
    best = train(config, files, validation)
    built = finish(config, request, files, catalog, split, store, validation, best)
    _say(f"the bundle passed its self-test: {built}")
    if request.bundle is not None:
        bundle_files.put_in_place(built, request.bundle)
        _say(f"and is now in {request.bundle}")
    return request.bundle or built


def run_name(config: Config, split: Split) -> str:
    """The name of a run: backbone and a hash of configuration and split."""
    digest = hashlib.sha256(f"{config.sha256} {split.sha256}".encode()).hexdigest()
    return f"{config.model.backbone}-{digest[:8]}"


def spec_of(config: Config) -> PreprocessSpec:
    """How films are prepared for a backbone."""
    side = BACKBONES[config.model.backbone].input_px
    return PreprocessSpec(height=side, width=side)


def validation_set(config: Config, split: Split, store: PreparedFilms) -> ValidationSet:
    """The validation films, followed by their stressed copies."""
    plain = FilmSet.of(store.load(split.validation), split.validation)
    copies = config.data.stress_copies
    stressed = [stress(plain.films, seed=config.seed * 100 + copy) for copy in range(copies)]
    return ValidationSet(
        films=np.concatenate([plain.films, *stressed]),
        labels=np.tile(plain.labels, copies + 1),
        patients=np.tile(plain.patients, copies + 1),
        kinds=np.tile(plain.kinds, copies + 1),
        stressed=np.repeat([False] + [True] * copies, len(plain.labels)),
    )


def finish(
    config: Config,
    request: Request,
    files: RunFiles,
    catalog: Catalog,
    split: Split,
    store: PreparedFilms,
    validation: ValidationSet,
    best: Path,
) -> Path:
    """Steps 5 to 7: converts the best model, calibrates on validation, reports on test, writes and proves the bundle.

    Returns:
        The bundle's folder inside the run's folder.
    """
    model = keras.models.load_model(best, compile=False)
    training_films = store.load(split.training)
    training_labels = np.array([film.label for film in split.training], dtype=np.int64)
    chosen = np.random.default_rng(config.seed).choice(
        len(training_films), min(config.export.calibration_films, len(training_films)), replace=False
    )
    _say("converting")
    converted = convert(export_graph(model), training_films[np.sort(chosen)])
    shipped_names: dict[Variant, str] = {"quant": bundle_files.QUANT_NAME, "float": bundle_files.FLOAT_NAME}
    data: dict[Variant, bytes] = {variant: converted[variant] for variant in shipped_names}
    scores_validation: dict[str, Scores] = {}
    models: dict[Variant, ModelFile] = {}
    for variant, name in shipped_names.items():
        drafted = draft(name, data[variant])
        scores = score_tflite(
            validation.films, data[variant], drafted, progress=_progress(f"scoring validation films, {variant}")
        )
        calibration = calibrate_file(scores.logits, validation, config.operating_point)
        probabilities = calibrated_probabilities(scores.probability, calibration.temperature)
        called = probabilities >= calibration.points[0].threshold
        scale = float(np.percentile(scores.evidence[called].max(axis=(1, 2)), EVIDENCE_PERCENTILE))
        models[variant] = calibrated(drafted, calibration, scale)
        scores_validation[variant] = scores

    _say("evaluating")
    test = FilmSet.of(store.load(split.test), split.test)
    scores_test = {v: score_tflite(test.films, data[v], models[v]) for v in shipped_names}
    plain_count = int((~validation.stressed).sum())
    plain = FilmSet.of(validation.films[:plain_count], split.validation)
    keras_test = score_keras(test.films, model)
    metrics: dict[str, Any] = {"test": {}, "validation": {}}
    estimates = {}
    for variant in shipped_names:
        metrics["test"][variant], estimates[variant] = evaluate_file(
            test, scores_test[variant].probability, models[variant]
        )
        metrics["validation"][variant], _ = evaluate_file(
            plain, scores_validation[variant].probability[:plain_count], models[variant]
        )
    metrics["test"]["keras"], _ = evaluate_file(test, keras_test, models["float"])
    stated_parity, metrics["parity"] = parity(
        test,
        "official test split",
        {v: scores_test[v].probability for v in shipped_names},
        {v: scores_test[v].evidence for v in shipped_names},
        models,
    )
    metrics["comparison"] = _compare_precisions(files, converted, models, scores_test, test)
    metrics["near_duplicates"] = {
        "bits": config.data.near_duplicate_bits,
        "pairs_across_patients": len(split.duplicates),
        "pairs_with_a_test_film": sum(pair.crosses_test for pair in split.duplicates),
        "films_left_out_of_training": len(split.excluded),
    }
    metrics["epochs"] = read_log(files.log)
    metrics["run"] = files.folder.name
    metrics["config"] = msgspec.to_builtins(config)

    keras_bytes = best.read_bytes()
    answers = known_answers(
        training_films,
        training_labels,
        spec_of(config),
        {v: (data[v], models[v]) for v in shipped_names},
        config.seed,
    )
    manifest = Manifest(
        schema_version=1,
        identity=Identity(
            name=config.export.name,
            version=config.export.version,
            uid=bundle_files.model_uid(*(models[v].file.sha256 for v in shipped_names)),
            creator=config.export.creator,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        ),
        intended_use=INTENDED_USE,
        labels=Labels(),
        preprocessing=spec_of(config),
        keras=record(bundle_files.KERAS_NAME, keras_bytes),
        variants=models,
        known_answers=record(bundle_files.KNOWN_ANSWERS_NAME, answers),
        training=Training(
            run=files.folder.name,
            dataset=f"Chest X-Ray Images (Pneumonia), {len(catalog.films)} films, sha256 {catalog_sha256(catalog)}",
            split_sha256=split.sha256,
            config_sha256=config.sha256,
            backbone=config.model.backbone,
            initial_weights=_weights_identity(config.model.weights),
            films={side: len(split.side(side)) for side in ("training", "validation", "test")},
            versions=versions(),
        ),
        parity=stated_parity,
        metrics=estimates,
    )
    built = files.folder / "bundle"
    bundle_files.write_bundle(
        built,
        manifest,
        {
            bundle_files.KERAS_NAME: keras_bytes,
            bundle_files.KNOWN_ANSWERS_NAME: answers,
            **{shipped_names[v]: data[v] for v in shipped_names},
        },
    )
    bundle_files.write_json(built / "metrics.json", metrics)
    report = (
        readable(metrics) + "\n## Precisions, on the test films\n\n" + comparison_table(metrics["comparison"]) + "\n"
    )
    (files.folder / "report.md").write_text(report, encoding="utf-8")
    _draw(files, built, metrics, models, scores_test, keras_test, test)
    write_model_card(built)
    _say(bundle_files.selftest(built).rstrip())
    _say(report)
    return built


def _compare_precisions(
    files: RunFiles,
    converted: dict[Precision, bytes],
    models: dict[Variant, ModelFile],
    scores: dict[Variant, Scores],
    test: FilmSet,
) -> list[dict[str, Any]]:
    """Float, int8, dynamic-range and float16: size, time, accuracy, at the float file's calibration but for int8's own."""
    folder = files.folder / "precisions"
    folder.mkdir(exist_ok=True)
    paths = []
    for name, data in converted.items():
        paths.append(folder / f"{name}.tflite")
        paths[-1].write_bytes(data)
    times = time_files(paths)
    rows = []
    reference = None
    for name, data in converted.items():
        own: Variant = "quant" if name == "quant" else "float"
        shipped = scores[name] if name in ("quant", "float") else None
        raw = (shipped or score_tflite(test.films, data, draft(f"{name}.tflite", data))).probability
        evaluated, _ = evaluate_file(test, raw, models[own])
        calls = calibrated_probabilities(raw, models[own].temperature) >= models[own].operating_point().threshold
        reference = calls if reference is None else reference
        rows.append(
            {
                "file": name,
                "bytes": len(data),
                "ms": times[f"{name}.tflite"],
                "auc": evaluated["metrics"]["roc_auc"]["value"],
                "recall": evaluated["metrics"]["recall"]["value"],
                "specificity": evaluated["metrics"]["specificity"]["value"],
                "changed_decisions": round(float((calls != reference).mean()), 4),
            }
        )
    return rows


def _draw(
    files: RunFiles,
    built: Path,
    metrics: dict[str, Any],
    models: dict[Variant, ModelFile],
    scores: dict[Variant, Scores],
    keras_scores: Any,
    test: FilmSet,
) -> None:
    quant = models["quant"]
    probabilities = calibrated_probabilities(scores["quant"].probability, quant.temperature)
    threshold = quant.operating_point().threshold
    plots.training_curves(metrics["epochs"], built / "curves.png")
    plots.roc_and_pr(
        test.labels,
        {"keras": keras_scores, "float": scores["float"].probability, "quant": probabilities},
        threshold,
        built / "roc_pr.png",
    )
    plots.reliability_diagram(test.labels, probabilities, built / "reliability.png")
    # Holds films of the data set, so it stays in the run's folder and out of the bundle.
    plots.error_gallery(
        test.films,
        test.labels,
        probabilities,
        scores["quant"].evidence,
        test.names,
        threshold=threshold,
        scale=quant.evidence_scale,
        path=files.folder / "worst_errors.png",
    )


def _write_provenance(files: RunFiles, config: Config, catalog: Catalog, split: Split) -> None:
    catalog.write_csv(files.folder / "catalog.csv")
    split.write_csv(files.folder / "split.csv")
    bundle_files.write_json(
        files.folder / "run.json",
        {
            "config": msgspec.to_builtins(config),
            "config_sha256": config.sha256,
            "catalog_sha256": catalog_sha256(catalog),
            "split_sha256": split.sha256,
            "initial_weights": _weights_identity(config.model.weights),
            "versions": versions(),
            "near_duplicates": [msgspec.to_builtins(pair) for pair in split.duplicates],
            "excluded": [film.path for film in split.excluded],
        },
    )
    crossing = [pair for pair in split.duplicates if pair.crosses_test]
    if split.duplicates:
        _say(
            f"{len(split.duplicates)} near-copies across patients were kept on one side; {len(crossing)} of them touch "
            f"test films, so {len(split.excluded)} films are used for nothing (see run.json)"
        )


def _weights_identity(weights: str) -> str:
    path = Path(weights)
    if weights in ("imagenet", "none") or not path.is_file():
        return weights
    return f"{path.name}, sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}"


def versions() -> dict[str, str]:
    """Versions of what decides the numbers."""
    names = ("keras", "numpy", "pillow", "ai-edge-litert", "scikit-learn")
    fixed = {"python": platform.python_version(), "tensorflow": tf.__version__}
    return {**fixed, **{name: importlib.metadata.version(name) for name in names}}


def _say(text: str) -> None:
    print(text, flush=True)


def _progress(what: str) -> Callable[[int, int], None]:
    """A progress line that is rewritten on a terminal, and printed every ten seconds in a log."""
    start = last = time.monotonic()
    terminal = sys.stderr.isatty()

    def show(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done == total or now - last > (0.2 if terminal else 10):
            last = now
            left_s = (now - start) / done * (total - done)
            end = "\n" if done == total or not terminal else ""
            lead = "\r" if terminal else ""
            print(f"{lead}{what}: {done} of {total}, {left_s:.0f} s left ", end=end, file=sys.stderr, flush=True)

    return show
