"""Metrics of a binary classifier, with confidence intervals that take account of patients with several films."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, rankdata

from edge_app.bundle.manifest import Estimate

RESAMPLES = 2000
CALIBRATION_BINS = 10

Labels = NDArray[np.int64]
Probabilities = NDArray[np.float64]


def metrics_at(labels: Labels, probabilities: Probabilities, threshold: float) -> dict[str, float]:
    """All metrics at one threshold.

    Args:
        labels: `(films,)`, 0 or 1.
        probabilities: `(films,)`, calibrated, 0..1.
        threshold: A probability >= threshold is a positive call.

    Returns:
        accuracy, precision, recall (sensitivity), specificity, f1, roc_auc, pr_auc, calibration_error; all 0..1.
    """
    once = np.ones((1, len(labels)))
    return {name: float(value[0]) for name, value in weighted_metrics(labels, probabilities, threshold, once).items()}


def auc(labels: Labels, scores: NDArray[np.float64]) -> float:
    """The area under the ROC curve, from the sum of ranks (Mann and Whitney 1947); NaN where a label is missing.

    scikit-learn's `roc_auc_score` gives the same and takes ten times as long, which a bootstrap feels.

    Args:
        labels: `(films,)`, 0 or 1.
        scores: `(films,)`; probabilities, logits or ranks give the same.
    """
    positive = labels == 1
    count = int(positive.sum())
    pairs = count * (len(labels) - count)
    return float((rankdata(scores)[positive].sum() - count * (count + 1) / 2) / pairs) if pairs else float("nan")


def calibration_error(labels: Labels, probabilities: Probabilities, bins: int = CALIBRATION_BINS) -> float:
    """Expected calibration error over bins of equal width (Naeini et al. 2015, AAAI).

    Returns:
        The mean over films of |mean probability - share of positive films| in the film's bin, 0..1.
    """
    off = np.bincount(equal_width_bins(probabilities, bins), weights=probabilities - labels)
    return float(np.abs(off).sum() / len(labels))


def equal_width_bins(probabilities: Probabilities, bins: int = CALIBRATION_BINS) -> NDArray[np.int64]:
    """The bin of each film, `(films,)`; every bin has the same width."""
    return np.minimum((probabilities * bins).astype(np.int64), bins - 1)


def equal_mass_bins(probabilities: Probabilities, bins: int = CALIBRATION_BINS) -> NDArray[np.int64]:
    """The bin of each film, `(films,)`; every bin holds the same number of films (Nixon et al. 2019, CVPR workshops).

    Where most probabilities are near 0 or 1, bins of equal width hold few films in the middle.
    """
    rank = np.empty(len(probabilities), dtype=np.int64)
    rank[np.argsort(probabilities, kind="stable")] = np.arange(len(probabilities))
    return rank * bins // len(probabilities)


def binned_error(
    labels: Labels,
    probabilities: Probabilities,
    patients: NDArray[np.str_],
    bins: NDArray[np.int64],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Estimate:
    """Expected calibration error over given bins, with its interval from a bootstrap over patients within each label.

    Args:
        labels: `(films,)`.
        probabilities: `(films,)`.
        patients: `(films,)`.
        bins: `(films,)`, from `equal_width_bins` or `equal_mass_bins`; a film keeps its bin in every draw.
        seed: Seed of the random generator.
        resamples: Number of draws.
    """
    # The error is the sum over bins of |sum of (probability - label)|, divided by the number of films.
    off = np.zeros((len(labels), int(bins.max()) + 1))
    off[np.arange(len(labels)), bins] = probabilities - labels
    weights = patient_weights(labels, patients, seed, resamples)
    draws = np.abs(weights @ off).sum(axis=1) / weights.sum(axis=1)
    return _estimate(float(np.abs(off.sum(axis=0)).sum() / len(labels)), draws)


def reliability(
    labels: Labels, probabilities: Probabilities, bins: int = CALIBRATION_BINS
) -> list[tuple[float, float, float, int]]:
    """The reliability diagram: for each bin with films its lower edge, mean probability, positive share, and films."""
    index = np.minimum((probabilities * bins).astype(int), bins - 1)
    return [
        (b / bins, float(probabilities[index == b].mean()), float(labels[index == b].mean()), int((index == b).sum()))
        for b in range(bins)
        if (index == b).any()
    ]


def with_intervals(
    labels: Labels,
    probabilities: Probabilities,
    patients: NDArray[np.str_],
    threshold: float,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> dict[str, Estimate]:
    """`metrics_at` with 95 % intervals from a bootstrap over patients.

    Args:
        labels: `(films,)`.
        probabilities: `(films,)`.
        patients: `(films,)`; films of one patient are drawn together.
        threshold: A probability >= threshold is a positive call.
        seed: Seed of the random generator.
        resamples: Number of draws; the interval runs from the 2.5th to the 97.5th percentile.

    Returns:
        An estimate for each metric.
    """
    values = metrics_at(labels, probabilities, threshold)
    draws = weighted_metrics(labels, probabilities, threshold, patient_weights(labels, patients, seed, resamples))
    return {name: _estimate(value, draws[name]) for name, value in values.items()}


def patient_weights(
    labels: Labels, patients: NDArray[np.str_], seed: int = 0, resamples: int = RESAMPLES
) -> NDArray[np.float64]:
    """How often each film is drawn when patients are drawn with replacement, within each label.

    Returns:
        `(resamples, films)`; all films of a patient and label have the same count.
    """
    random = np.random.default_rng(seed)
    weights = np.zeros((resamples, len(labels)))
    for label in np.unique(labels):
        mine = labels == label
        _, index = np.unique(patients[mine], return_inverse=True)
        people = index.max() + 1
        weights[:, mine] = random.multinomial(people, np.full(people, 1 / people), size=resamples)[:, index]
    return weights


def weighted_metrics(
    labels: Labels, probabilities: Probabilities, threshold: float, weights: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """The metrics of `metrics_at` for many weightings of the same films.

    Args:
        labels: `(films,)`, both classes.
        probabilities: `(films,)`.
        threshold: A probability >= threshold is a positive call.
        weights: `(draws, films)`: how often each film counts.

    Returns:
        By name, `(draws,)`.
    """
    order = np.argsort(-probabilities, kind="stable")
    truth = (labels[order] == 1).astype(np.float64)
    called = (probabilities[order] >= threshold).astype(np.float64)
    w = weights[:, order]
    sick, well = w @ truth, w @ (1 - truth)
    found, alarms = w @ (truth * called), w @ ((1 - truth) * called)
    with np.errstate(invalid="ignore"):
        precision = np.nan_to_num(found / (found + alarms))
    recall, specificity = found / sick, 1 - alarms / well
    with np.errstate(invalid="ignore"):
        f1 = np.nan_to_num(2 * precision * recall / (precision + recall))

    # Films with equal probability form one step of the curves, so the sums at the end of a step count.
    values = probabilities[order]
    step = np.cumsum(np.append(True, values[1:] != values[:-1])) - 1
    last = np.append(np.flatnonzero(np.diff(step)), len(step) - 1)
    sick_so_far, well_so_far = np.cumsum(w * truth, axis=1)[:, last], np.cumsum(w * (1 - truth), axis=1)[:, last]
    in_step = np.diff(sick_so_far, prepend=0, axis=1)
    well_in_step = np.diff(well_so_far, prepend=0, axis=1)
    with np.errstate(invalid="ignore"):
        precisions = np.nan_to_num(sick_so_far / (sick_so_far + well_so_far))
    ordered = in_step * (well[:, None] - well_so_far + well_in_step / 2)
    bins = equal_width_bins(probabilities)
    off = np.zeros((len(labels), int(bins.max()) + 1))
    off[np.arange(len(labels)), bins] = probabilities - labels
    return {
        "accuracy": (found + well - alarms) / (sick + well),
        "precision": precision,
        "recall": recall,
        "specificity": specificity,
        "f1": f1,
        "roc_auc": ordered.sum(axis=1) / (sick * well),
        "pr_auc": (in_step * precisions).sum(axis=1) / sick,
        "calibration_error": np.abs(weights @ off).sum(axis=1) / (sick + well),
    }


def share_of(
    hit: NDArray[np.bool_],
    labels: Labels,
    patients: NDArray[np.str_],
    weights: NDArray[np.float64] | None = None,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Estimate:
    """A weighted share of films with its interval from a bootstrap over patients within each label.

    Args:
        hit: `(films,)`: whether a film is counted.
        labels: `(films,)`.
        patients: `(films,)`.
        weights: `(films,)`; None counts every film once.
        seed: Seed of the random generator.
        resamples: Number of draws.

    Returns:
        The share. Where all films or none are hit, every draw gives the same, so the interval is Wilson's over patients
        instead. Without films: 0, with an interval from 0 to 1.
    """
    if not len(hit):
        return Estimate(value=0.0, low=0.0, high=1.0)
    counted = np.ones(len(hit)) if weights is None else weights
    value = float(np.average(hit, weights=counted))
    if hit.all() or not hit.any():
        people = len(np.unique(patients))
        return wilson(people if hit.all() else 0, people)
    draws = patient_weights(labels, patients, seed, resamples)
    return _estimate(value, (draws @ (counted * hit)) / (draws @ counted))


def auc_of(
    labels: Labels,
    scores: NDArray[np.float64],
    patients: NDArray[np.str_],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Estimate:
    """The area under the ROC curve with its interval from a bootstrap over patients within each label.

    Args:
        labels: `(films,)`, both labels.
        scores: `(films,)`.
        patients: `(films,)`.
        seed: Seed of the random generator.
        resamples: Number of draws.
    """
    ranks = rankdata(scores) / len(scores)
    draws = weighted_metrics(labels, ranks, 1.0, patient_weights(labels, patients, seed, resamples))["roc_auc"]
    return _estimate(auc(labels, scores), draws)


def _estimate(value: float, draws: Sequence[float] | NDArray[np.float64]) -> Estimate:
    low, high = np.percentile(draws, [2.5, 97.5])
    # The value itself may lie outside the percentiles of a skewed bootstrap by a rounding error.
    return Estimate(value=value, low=min(float(low), value), high=max(float(high), value))


def mcnemar_p(first_right: NDArray[np.bool_], second_right: NDArray[np.bool_]) -> float:
    """Exact McNemar test of two models on the same films: are they right equally often?

    Args:
        first_right: `(films,)`, whether the first model was right.
        second_right: `(films,)`, whether the second model was right.

    Returns:
        The two-sided p-value, from the binomial distribution of the films on which only one was right.
    """
    only_first = int((first_right & ~second_right).sum())
    only_second = int((~first_right & second_right).sum())
    if only_first + only_second == 0:
        return 1.0
    return float(binomtest(only_first, only_first + only_second, 0.5).pvalue)


def wilson(count: int, total: int) -> Estimate:
    """A share with its 95 % Wilson score interval (Wilson 1927, JASA 22)."""
    share = count / total
    interval = binomtest(count, total).proportion_ci(method="wilson")
    # Rounding may leave 0 or 1 outside its own interval.
    return Estimate(value=share, low=float(min(interval.low, share)), high=float(max(interval.high, share)))
