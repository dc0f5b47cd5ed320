"""Temperature, thresholds and the uncertain band of one model file: chosen on validation films, never on test films."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from edge_app.bundle.decision import calibrate
from edge_app.bundle.manifest import OperatingPoint, UncertainBand
from trainer.config import OperatingPointConfig
from trainer.evaluation.statistics import Confusion, interval_of, ratio
from trainer.train import ValidationSet

MEASURED_ON = "validation films of held-out patients, plain and with changed acquisition"


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a model file's outputs are to be read.

    Attributes:
        temperature: Divides the logit.
        points: Operating points; the first is the default.
        uncertain: The uncertain band.
    """

    temperature: float
    points: tuple[OperatingPoint, ...]
    uncertain: UncertainBand


def fit_temperature(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """The temperature of the least negative log-likelihood (Guo et al. 2017, arXiv 1706.04599).

    Args:
        logits: `(films,)`.
        labels: `(films,)`, 0 or 1.

    Returns:
        A temperature between 0.05 and 20. Each class counts as half, so that the prevalence of the data set, three
        pneumonias to one normal film, is not built into the probability.
    """
    weights = np.where(labels == 1, 0.5 / max((labels == 1).sum(), 1), 0.5 / max((labels == 0).sum(), 1))
    signed = np.where(labels == 1, logits, -logits)

    def loss(log_temperature: float) -> float:
        return float((weights * np.logaddexp(0, -signed / np.exp(log_temperature))).sum())

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.05), np.log(20)), method="bounded").x))


def calibrate_file(logits: NDArray[np.float64], validation: ValidationSet, config: OperatingPointConfig) -> Calibration:
    """Chooses everything for one model file, on its own outputs.

    Recall comes first: the balanced point is the highest threshold that still finds `balanced_sensitivity` of the
    pneumonia films, counted over plain and stressed validation films.

    Args:
        logits: `(films,)`, of the file, on the validation set.
        validation: The films.
        config: Targets.

    Returns:
        Temperature, operating points and uncertain band.
    """
    temperature = fit_temperature(logits, validation.labels)
    probabilities = np.array([calibrate(1 / (1 + float(np.exp(-z))), temperature) for z in logits])

    def point(name: str, threshold: float, rule: str) -> OperatingPoint:
        return _point(name, threshold, rule, probabilities, validation)

    balanced = sensitivity_threshold(probabilities, validation.labels, config.balanced_sensitivity)
    sensitive = sensitivity_threshold(probabilities, validation.labels, config.high_sensitivity)
    specific = specificity_threshold(probabilities, validation.labels, config.high_specificity)
    points = (
        point("balanced", balanced, f"highest threshold with sensitivity >= {config.balanced_sensitivity}"),
        point("high-sensitivity", sensitive, f"highest threshold with sensitivity >= {config.high_sensitivity}"),
        point("high-specificity", specific, f"lowest threshold with specificity >= {config.high_specificity}"),
    )
    low = min(sensitivity_threshold(probabilities, validation.labels, config.uncertain_sensitivity), balanced)
    high = max(specificity_threshold(probabilities, validation.labels, config.uncertain_specificity), balanced)
    band = UncertainBand(
        low=low,
        high=high,
        rule=f"below it at most {1 - config.uncertain_sensitivity:.0%} of pneumonia films, "
        f"above it at most {1 - config.uncertain_specificity:.0%} of normal films",
    )
    return Calibration(temperature, points, band)


def sensitivity_threshold(probabilities: NDArray[np.float64], labels: NDArray[np.int64], target: float) -> float:
    """The highest threshold at which at least `target` of the positives are called positive."""
    positives = np.sort(probabilities[labels == 1])
    missed = int(np.floor((1 - target) * len(positives) + 1e-9))
    return float(positives[min(missed, len(positives) - 1)])


def specificity_threshold(probabilities: NDArray[np.float64], labels: NDArray[np.int64], target: float) -> float:
    """The lowest threshold at which at least `target` of the negatives are called negative."""
    negatives = np.sort(probabilities[labels == 0])
    kept = min(int(np.ceil(target * len(negatives) - 1e-9)), len(negatives)) - 1
    return float(min(np.nextafter(negatives[kept], 1.0), 1.0))


def _point(
    name: str, threshold: float, rule: str, probabilities: NDArray[np.float64], validation: ValidationSet
) -> OperatingPoint:
    labels, patients = validation.labels, validation.patients

    def sensitivity(films: NDArray[np.int64]) -> float:
        c = Confusion.at(labels[films], probabilities[films], threshold)
        return ratio(c.true_positives, c.true_positives + c.false_negatives)

    def specificity(films: NDArray[np.int64]) -> float:
        c = Confusion.at(labels[films], probabilities[films], threshold)
        return ratio(c.true_negatives, c.true_negatives + c.false_positives)

    return OperatingPoint(
        name=name,  # type: ignore[arg-type]
        threshold=threshold,
        rule=rule,
        sensitivity=interval_of(sensitivity, labels, patients),
        specificity=interval_of(specificity, labels, patients),
        measured_on=MEASURED_ON,
    )
