"""Paired differences of trials on the same films."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trainer.statistics.intervals import Interval, Intervals
from trainer.statistics.metrics import auc

SPECIFICITY = 0.9
"""Specificity at which recalls are compared, so that no trial wins by calling more films positive."""
RESAMPLES = 500

Labels = NDArray[np.int64]
Probabilities = NDArray[np.float64]
Measure = Literal["auc", "recall_at_specificity"]


@dataclass(frozen=True, slots=True, eq=False)
class ScoredFilms:
    """Outputs of a trial for a set of films.

    Attributes:
        labels: `(films,)` int64, 0 or 1.
        patients: `(films,)` text.
        probabilities: `(films,)` float64, uncalibrated.
    """

    labels: Labels
    patients: NDArray[np.str_]
    probabilities: Probabilities


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure of one trial minus that of another, on the same films.

    Attributes:
        value: The difference.
        low: Lower end of its 95 % interval, from a paired bootstrap over patients.
        high: Upper end.
    """

    value: float
    low: float
    high: float

    def exceeds(self, noise: float) -> bool:
        """Whether the interval excludes 0 and the difference is larger than the noise of a seed."""
        return (self.low > 0 or self.high < 0) and abs(self.value) > noise


def limit_at_specificity(labels: Labels, probabilities: Probabilities, specificity: float = SPECIFICITY) -> float:
    """The lowest value that `specificity` of the negatives do not exceed."""
    negatives = np.sort(probabilities[labels == 0])
    return float(negatives[min(int(np.ceil(specificity * len(negatives) - 1e-9)), len(negatives)) - 1])


def recall_at_specificity(labels: Labels, probabilities: Probabilities, specificity: float = SPECIFICITY) -> float:
    """Share of positives strictly above the value that `specificity` of the negatives do not exceed."""
    limit = limit_at_specificity(labels, probabilities, specificity)
    return float((probabilities[labels == 1] > limit).mean())


STATISTICS: dict[Measure, Callable[[Labels, Probabilities], float]] = {
    "auc": auc,
    "recall_at_specificity": recall_at_specificity,
}


def estimate(measure: Measure, scored: ScoredFilms) -> Interval:
    """A measure of one trial with its 95 % interval, from a bootstrap over patients."""
    statistic = STATISTICS[measure]
    found = Intervals(scored.labels, scored.patients, resamples=RESAMPLES).of(
        lambda films: statistic(scored.labels[films], scored.probabilities[films])
    )
    assert found is not None  # both labels are in every draw
    return found


def paired_difference(measure: Measure, first: ScoredFilms, second: ScoredFilms) -> Difference:
    """The difference of two trials with its interval; each draw of patients is the same for both.

    Args:
        measure: The measure.
        first: One trial.
        second: Another, on the same films.

    Returns:
        First minus second.

    Raises:
        ValueError: They scored different films.
    """
    if not (np.array_equal(first.patients, second.patients) and np.array_equal(first.labels, second.labels)):
        raise ValueError("Expected two trials that scored the same films.")
    statistic = STATISTICS[measure]

    def difference(films: NDArray[np.int64]) -> float:
        one, other = (statistic(scored.labels[films], scored.probabilities[films]) for scored in (first, second))
        return one - other

    found = Intervals(first.labels, first.patients, resamples=RESAMPLES).of(difference)
    assert found is not None  # both labels are in every draw
    return Difference(**found)


def seed_noise(values: Sequence[float]) -> float:
    """The largest difference between runs of one recipe with other seeds; 0 for a single run."""
    return max(values) - min(values) if values else 0.0
