"""Step 6: figures, tables and plots of a finished training on the official test split."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from edge_app.bundle import ModelFile, Variant
from edge_app.bundle.manifest import Estimate, GateParameters, Parity
from trainer.evaluation import plots
from trainer.evaluation.predictions import Scores, score_tflite
from trainer.evaluation.report import VARIANTS, calibrated_probabilities, calibration_part, evaluate_file, parity
from trainer.export.convert import Precision
from trainer.export.describe import draft
from trainer.export.timing import time_files
from trainer.packaging.calibrated_files import CalibratedFiles
from trainer.packaging.job import FinishedTraining
from trainer.training.callbacks import read_log


def evaluate(
    job: FinishedTraining,
    shipped: CalibratedFiles,
    scores: Mapping[Variant, Scores],
    keras_scores: NDArray[np.float64],
) -> tuple[dict[str, Any], dict[Variant, dict[str, Estimate]], Parity]:
    """Scores on the test films, and on validation films beside them.

    Args:
        job: The finished training.
        shipped: The calibrated files.
        scores: Of the test films, by variant.
        keras_scores: `(films,)` float64, 0..1: the probabilities of the Keras file, uncalibrated.

    Returns:
        For `metrics.json`; the estimates and the parity of the files for the manifest.
    """
    metrics: dict[str, Any] = {
        "test": {},
        "validation": {},
        "calibration": {variant: calibration_part(chosen) for variant, chosen in shipped.chosen.items()},
    }
    estimates: dict[Variant, dict[str, Estimate]] = {}
    for variant, model in shipped.models.items():
        metrics["test"][variant], estimates[variant] = evaluate_file(job.test, scores[variant].probability, model)
        metrics["validation"][variant], _ = evaluate_file(job.plain_validation, shipped.validation[variant], model)
    metrics["test"]["keras"], _ = evaluate_file(job.test, keras_scores, shipped.models["float"])
    stated, metrics["parity"] = parity(
        job.test,
        "official test split",
        {v: scores[v].probability for v in VARIANTS},
        {v: scores[v].evidence for v in VARIANTS},
        shipped.models,
    )
    return metrics, estimates, stated


def compare_precisions(
    job: FinishedTraining,
    converted: Mapping[Precision, bytes],
    models: Mapping[Variant, ModelFile],
    scores: Mapping[Variant, Scores],
) -> list[dict[str, Any]]:
    """Float, int8, dynamic-range, float16: size, time, accuracy, at the float file's calibration but for int8's own."""
    test = job.test
    folder = job.files.folder / "precisions"
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
        calls = calibrated_probabilities(raw, models[own]) >= models[own].operating_point().threshold
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


def about_the_run(job: FinishedTraining, gate: GateParameters) -> dict[str, Any]:
    """What `metrics.json` says of the run: the gate's rates, near-copies, epochs, configuration."""
    duplicates = job.split.duplicates
    return {
        "gate": {
            "measured_on": gate.measured_on,
            "false_refusals": msgspec.to_builtins(gate.false_refusals),
            "false_flags": msgspec.to_builtins(gate.false_flags),
            "taught_with_another_site": job.second_site is not None,
        },
        "near_duplicates": {
            "bits": job.config.data.near_duplicate_bits,
            "pairs_across_patients": len(duplicates),
            "pairs_with_a_test_film": sum(pair.crosses_test for pair in duplicates),
            "films_left_out_of_training": len(job.split.excluded),
        },
        "epochs": read_log(job.files.log),
        "run": job.files.folder.name,
        "config": msgspec.to_builtins(job.config),
    }


def draw(
    job: FinishedTraining,
    built: Path,
    metrics: Mapping[str, Any],
    models: Mapping[Variant, ModelFile],
    scores: Mapping[Variant, Scores],
    keras_scores: NDArray[np.float64],
) -> None:
    """Draws the plots: those of the bundle into it, the worst errors into the run's folder."""
    test = job.test
    quant = models["quant"]
    probabilities = calibrated_probabilities(scores["quant"].probability, quant)
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
        path=job.files.folder / "worst_errors.png",
    )
