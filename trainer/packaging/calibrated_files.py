"""Chooses calibration, thresholds and scales of each shipped file, on its own outputs for the validation films."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_app.analysis.lungs import INSIDE, evidence_in_lungs
from edge_app.bundle import ModelFile, Variant
from edge_app.bundle.manifest import LungLimits
from trainer.calibration.calibration import LabelledLogits, Platt
from trainer.calibration.operating_point import Calibration, calibrate_file
from trainer.evaluation.predictions import VARIANTS, Scores, score_tflite
from trainer.export.convert import Precision
from trainer.export.describe import calibrated, draft
from trainer.packaging.job import FinishedTraining
from trainer.progress import progress_line

AREA_MARGIN = 0.75
"""Lungs may be smaller than those of nearly all validation films by a quarter: whoever cuts off a lung halves them."""

EVIDENCE_PERCENTILE = 50
"""Percentile of the strongest cells of positive validation films that is painted at full strength. At the median half
of these films reach the end of the colour map; at the 95th percentile many stayed in its lower half."""


@dataclass(frozen=True, slots=True, eq=False)
class CalibratedFiles:
    """The shipped files with their calibration.

    Attributes:
        data: Bytes by variant.
        models: Manifest entries by variant.
        chosen: Calibration by variant, with its figures on held-out patients.
        features: `(films, channels)` of the plain validation films, from the quantized file.
        validation: Raw probabilities of the plain validation films by variant.
    """

    data: dict[Variant, bytes]
    models: dict[Variant, ModelFile]
    chosen: dict[Variant, Calibration]
    features: NDArray[np.float32]
    validation: dict[Variant, NDArray[np.float64]]


def calibrate(job: FinishedTraining, converted: Mapping[Precision, bytes]) -> CalibratedFiles:
    """Chooses calibration, thresholds, band and evidence scale for each file, on its own outputs."""
    data: dict[Variant, bytes] = {variant: converted[variant] for variant in VARIANTS}
    models: dict[Variant, ModelFile] = {}
    raw: dict[Variant, NDArray[np.float64]] = {}
    features: dict[Variant, NDArray[np.float32]] = {}
    choices: dict[Variant, Calibration] = {}
    validation = job.validation
    plain = ~validation.stressed
    for variant in VARIANTS:
        drafted = draft(job.task.bundle.tflite(variant), data[variant])
        line = progress_line(f"scoring validation films, {variant}")
        scores = score_tflite(validation.films, data[variant], drafted, progress=line)
        labelled = LabelledLogits(scores.logits, validation.labels, validation.patients, validation.stressed)
        chosen = choices[variant] = calibrate_file(labelled, job.config.operating_point)
        called = Platt(chosen.temperature, chosen.bias).probabilities(scores.logits) >= chosen.points[0].threshold
        models[variant] = calibrated(
            drafted, chosen, evidence_scale(scores.evidence[called]), lung_limits(scores, called, plain)
        )
        raw[variant] = scores.probability[plain]
        features[variant] = scores.features[plain]
    return CalibratedFiles(data, models, choices, features["quant"], raw)


def lung_limits(scores: Scores, called: NDArray[np.bool_], plain: NDArray[np.bool_]) -> LungLimits | None:
    """The limits that a fiftieth of the validation films lie outside of; of the border, a hundredth.

    Args:
        scores: Scores of the validation films.
        called: `(films,)` bool, those called positive.
        plain: `(films,)` bool, those that are no stressed copies.

    Returns:
        The limits; None for a net without a lung head.
    """
    if scores.lungs is None:
        return None
    inside = scores.lungs[plain] >= INSIDE
    border = np.concatenate([inside[:, 0], inside[:, -1], inside[:, 1:-1, 0], inside[:, 1:-1, -1]], axis=1).mean(axis=1)
    films = np.flatnonzero(called & plain)
    shares = [evidence_in_lungs(scores.evidence[film], scores.lungs[film]) for film in films]
    known = [share for share in shares if share is not None] or [0.0]
    return LungLimits(
        least_evidence=float(np.percentile(known, 2)),
        least_area=float(np.percentile(inside.mean(axis=(1, 2)), 2)) * AREA_MARGIN,
        greatest_border=float(np.percentile(border, 99)),
        measured_on="validation films as they are",
    )


def evidence_scale(evidence: NDArray[np.float32]) -> float:
    """The evidence that is painted at full strength.

    Args:
        evidence: `(films, grid rows, grid columns)` of validation films that are called positive.

    Returns:
        The percentile of the films' strongest cells, > 0; 1 for a net that shows no evidence.
    """
    strongest = evidence.max(axis=(1, 2)) if len(evidence) else np.zeros(1, np.float32)
    return float(np.percentile(strongest, EVIDENCE_PERCENTILE)) or 1.0
