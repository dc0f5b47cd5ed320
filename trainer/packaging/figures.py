"""Figures and plots that only a finished training has: validation, calibration, precisions, the run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np

from edge_app.bundle import ModelFile, Variant
from edge_app.bundle.manifest import GateParameters
from trainer.evaluation import plots
from trainer.evaluation.figures import Metrics, NearDuplicateFigures, PrecisionFigures, gate_figures
from trainer.evaluation.file_figures import calibration_figures, evaluate_file
from trainer.evaluation.predictions import VARIANTS, Scores, calibrated_probabilities, score_tflite
from trainer.export.convert import Precision
from trainer.export.describe import draft
from trainer.export.timing import time_files
from trainer.packaging.bundle_evaluation import BundleEvaluation
from trainer.packaging.calibrated_files import CalibratedFiles
from trainer.packaging.job import FinishedTraining
from trainer.statistics.metrics import metrics_at
from trainer.training.callbacks import read_log


def training_metrics(
    job: FinishedTraining,
    shipped: CalibratedFiles,
    evaluation: BundleEvaluation,
    converted: Mapping[Precision, bytes],
    gate: GateParameters,
) -> Metrics:
    """Completes the figures of an evaluation with those of the training.

    Args:
        job: The finished training.
        shipped: The calibrated files.
        evaluation: The evaluation on the test films.
        converted: The net in every precision.
        gate: Parameters of the fitted gate.
    """
    plain, duplicates = job.plain_validation, job.split.duplicates
    measured = {field: getattr(evaluation.figures, field) for field in evaluation.figures.__struct_fields__}
    measured["validation"] = {v: evaluate_file(plain, shipped.validation[v], shipped.models[v]) for v in VARIANTS}
    return Metrics(
        **measured,
        calibration={variant: calibration_figures(chosen) for variant, chosen in shipped.chosen.items()},
        comparison=_compare_precisions(job, converted, shipped.models, evaluation.scores),
        gate=gate_figures(gate),
        near_duplicates=NearDuplicateFigures(
            bits=job.config.data.near_duplicate_bits,
            pairs_across_patients=len(duplicates),
            pairs_with_a_test_film=sum(pair.crosses_test for pair in duplicates),
            films_left_out_of_training=len(job.split.excluded),
        ),
        epochs=read_log(job.files.log),
        run=job.files.folder.name,
        config=msgspec.to_builtins(job.config),
    )


def _compare_precisions(
    job: FinishedTraining,
    converted: Mapping[Precision, bytes],
    models: Mapping[Variant, ModelFile],
    scores: Mapping[Variant, Scores],
) -> list[PrecisionFigures]:
    """Size, time and accuracy of every precision, with the calibration of the float file; int8 with its own."""
    test = job.test
    folder = job.files.folder / "precisions"
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{name}.tflite" for name in converted]
    for path, data in zip(paths, converted.values(), strict=True):
        path.write_bytes(data)
    times = time_files(paths)
    rows = []
    reference = None
    for name, data in converted.items():
        model = models["quant" if name == "quant" else "float"]
        known = scores[name] if name in ("quant", "float") else None
        raw = (known or score_tflite(test.films, data, draft(f"{name}.tflite", data))).probability
        probabilities, threshold = calibrated_probabilities(raw, model), model.operating_point().threshold
        found = metrics_at(test.labels, probabilities, threshold)
        calls = probabilities >= threshold
        reference = calls if reference is None else reference
        rows.append(
            PrecisionFigures(
                file=name,
                bytes=len(data),
                ms=times[f"{name}.tflite"],
                auc=found["roc_auc"],
                recall=found["recall"],
                specificity=found["specificity"],
                changed_decisions=float(np.mean(calls != reference)),
            )
        )
    return rows


def draw_plots(job: FinishedTraining, built: Path, metrics: Metrics, model: ModelFile, found: BundleEvaluation) -> None:
    """Draws the plots of the bundle into it, and the worst errors, which show films, into the run's folder.

    Args:
        job: The finished training.
        built: Folder of the bundle.
        metrics: Metrics of the bundle.
        model: The quantized file's entry in the manifest.
        found: The evaluation on the test films.
    """
    test, scores = job.test, found.scores
    probabilities = calibrated_probabilities(scores["quant"].probability, model)
    threshold = model.operating_point().threshold
    plots.training_curves(metrics.epochs, built / "curves.png")
    plots.roc_and_pr(
        test.labels,
        {"keras": found.keras_scores, "float": scores["float"].probability, "quant": probabilities},
        threshold,
        built / "roc_pr.png",
    )
    plots.reliability_diagram(test.labels, probabilities, built / "reliability.png")
    plots.error_gallery(
        test.films,
        test.labels,
        probabilities,
        scores["quant"].evidence,
        test.names,
        threshold=threshold,
        scale=model.evidence_scale,
        path=job.files.folder / "worst_errors.png",
    )
