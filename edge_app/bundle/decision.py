"""The decision from a raw probability: calibration, threshold and band."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from edge_app.bundle.manifest import Labels, ModelFile, OperatingPoint

Band = Literal["negative", "uncertain", "positive"]

_LOGIT_LIMIT = 30.0
"""Keeps the logit of exactly 0 or 1 finite; float32 sigmoids saturate near +-17."""
_EXPONENT_LIMIT = 700.0
"""`math.exp` overflows above 709."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision for one film.

    Attributes:
        probability: Calibrated probability, 0..1.
        label: Name of the class.
        band: `uncertain` inside the model's uncertain band, otherwise the side of the threshold.
        threshold: Threshold of the operating point.
    """

    probability: float
    label: str
    band: Band
    threshold: float


def logit(probability: float) -> float:
    """Returns ln(p / (1 - p)), limited to +-30.

    Raises:
        ValueError: The probability is NaN or outside 0..1.
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"A probability lies between 0 and 1. Received: {probability}.")
    if probability in (0.0, 1.0):
        return math.copysign(_LOGIT_LIMIT, probability - 0.5)
    return max(-_LOGIT_LIMIT, min(_LOGIT_LIMIT, math.log(probability) - math.log1p(-probability)))


def calibrate(raw_probability: float, temperature: float, bias: float = 0.0) -> float:
    """Platt scaling: sigmoid(logit(p) / T + b) (Platt 1999; with b = 0 Guo et al. 2017, arXiv 1706.04599).

    Args:
        raw_probability: Output of the graph, 0..1.
        temperature: Divisor of the logit, > 0; above 1 it moves probabilities towards 0.5.
        bias: Added to the divided logit; > 0 raises all probabilities.

    Returns:
        The calibrated probability, 0..1.
    """
    calibrated = logit(raw_probability) / temperature + bias
    return 1 / (1 + math.exp(-max(-_EXPONENT_LIMIT, min(_EXPONENT_LIMIT, calibrated))))


def decide(raw_probability: float, model: ModelFile, labels: Labels, point: OperatingPoint | None = None) -> Decision:
    """Makes the decision from an output of the graph.

    Args:
        raw_probability: Output of the graph, 0..1.
        model: Model file with its calibration, thresholds and band.
        labels: Names of the classes.
        point: Operating point; `None` for the default.
    """
    point = point or model.operating_point()
    probability = calibrate(raw_probability, model.temperature, model.bias)
    positive = probability >= point.threshold
    band: Band = "positive" if positive else "negative"
    if model.uncertain.low <= probability <= model.uncertain.high:
        band = "uncertain"
    return Decision(probability, labels.positive if positive else labels.negative, band, point.threshold)
