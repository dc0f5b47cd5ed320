"""Metrics of a binary test, with confidence intervals that respect that films of one patient are alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from edge_app.bundle.manifest import Estimate

RESAMPLES = 2000
CALIBRATION_BINS = 10

Labels = NDArray[np.int64]
Probabilities = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts at one threshold."""

    true_positives: int
    false_negatives: int
    true_negatives: int
    false_positives: int

    @classmethod
    def at(cls, labels: Labels, probabilities: Probabilities, threshold: float) -> Confusion:
        """Counts films; a probability >= threshold is a positive call."""
        called = probabilities >= threshold
        truth = labels == 1
        return cls(
            int((called & truth).sum()),
            int((~called & truth).sum()),
            int((~called & ~truth).sum()),
            int((called & ~truth).sum()),
        )


def ratio(part: float, whole: float) -> float:
    """`part / whole`, and 0 where there is nothing to divide."""
    return part / whole if whole else 0.0


def metrics_at(labels: Labels, probabilities: Probabilities, threshold: float) -> dict[str, float]:
    """All metrics at one threshold.

    Args:
        labels: `(films,)`, 0 or 1.
        probabilities: `(films,)`, calibrated, 0..1.
        threshold: A probability >= threshold is a positive call.

    Returns:
        accuracy, precision, recall (sensitivity), specificity, f1, roc_auc, pr_auc, calibration_error; all 0..1.
    """
    c = Confusion.at(labels, probabilities, threshold)
    precision = ratio(c.true_positives, c.true_positives + c.false_positives)
    recall = ratio(c.true_positives, c.true_positives + c.false_negatives)
    return {
        "accuracy": ratio(c.true_positives + c.true_negatives, len(labels)),
        "precision": precision,
        "recall": recall,
        "specificity": ratio(c.true_negatives, c.true_negatives + c.false_positives),
        "f1": ratio(2 * precision * recall, precision + recall),
        "roc_auc": float(roc_auc_score(labels, probabilities)),
        "pr_auc": float(average_precision_score(labels, probabilities)),
        "calibration_error": calibration_error(labels, probabilities),
    }


def calibration_error(labels: Labels, probabilities: Probabilities, bins: int = CALIBRATION_BINS) -> float:
    """Expected calibration error over bins of equal width (Naeini et al. 2015, AAAI).

    Returns:
        The mean over films of |mean probability - share of positive films| in the film's bin, 0..1.
    """
    total = 0.0
    for _, mean_probability, share, count in reliability(labels, probabilities, bins):
        total += count * abs(mean_probability - share)
    return ratio(total, len(labels))


def equal_width_bins(probabilities: Probabilities, bins: int = CALIBRATION_BINS) -> NDArray[np.int64]:
    """The bin of each film, `(films,)`, where every bin spans as much probability."""
    return np.minimum((probabilities * bins).astype(np.int64), bins - 1)


def equal_mass_bins(probabilities: Probabilities, bins: int = CALIBRATION_BINS) -> NDArray[np.int64]:
    """The bin of each film, `(films,)`, where every bin holds as many films (Nixon et al. 2019, CVPR workshops).

    Where most probabilities are near 0 or 1, bins of equal width leave the middle to a few films; these do not.
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
    """Expected calibration error over given bins, with its interval from a bootstrap over patients within each class.

    Args:
        labels: `(films,)`.
        probabilities: `(films,)`.
        patients: `(films,)`.
        bins: `(films,)`, from `equal_width_bins` or `equal_mass_bins`; films keep their bin in every draw.
        seed: Of the draws.
        resamples: How many.
    """
    # The error is the sum over bins of |sum of (probability - label)|, divided by the number of films.
    count = int(bins.max()) + 1
    value = float(np.abs(np.bincount(bins, weights=probabilities - labels)).sum() / len(labels))
    random = np.random.default_rng(seed)
    errors, films = np.zeros((resamples, count)), np.zeros(resamples)
    for label in np.unique(labels):
        mine = labels == label
        _, index = np.unique(patients[mine], return_inverse=True)
        people = index.max() + 1
        by_patient = np.zeros((people, count))
        np.add.at(by_patient, (index, bins[mine]), (probabilities - labels)[mine])
        draws = _patient_draws(people, random, resamples)
        errors += draws @ by_patient
        films += draws @ np.bincount(index)
    return _estimate(value, (np.abs(errors).sum(axis=1) / films).tolist())


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
        patients: `(films,)`; whole patients are drawn, so that films of one patient stay together.
        threshold: Of the positive call.
        seed: Of the draws.
        resamples: How many; the interval runs from the 2.5th to the 97.5th percentile.

    Returns:
        An estimate for each metric.
    """
    values = metrics_at(labels, probabilities, threshold)
    draws = weighted_metrics(labels, probabilities, threshold, patient_weights(labels, patients, seed, resamples))
    return {name: _estimate(value, draws[name].tolist()) for name, value in values.items()}


def patient_weights(
    labels: Labels, patients: NDArray[np.str_], seed: int = 0, resamples: int = RESAMPLES
) -> NDArray[np.float64]:
    """How often each film is drawn when patients are drawn with replacement, within each class.

    Returns:
        `(resamples, films)`; all films of a patient and class have the same count.
    """
    random = np.random.default_rng(seed)
    weights = np.zeros((resamples, len(labels)))
    for label in np.unique(labels):
        mine = labels == label
        _, index = np.unique(patients[mine], return_inverse=True)
        weights[:, mine] = _patient_draws(index.max() + 1, random, resamples)[:, index]
    return weights


def weighted_metrics(
    labels: Labels, probabilities: Probabilities, threshold: float, weights: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """The metrics of `metrics_at` for many weightings of the same films at once.

    Args:
        labels: `(films,)`, both classes.
        probabilities: `(films,)`.
        threshold: Of the positive call.
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

    # Films of one probability are one step of the curves: each film sees the sums at the end of its step.
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


def interval_of(
    statistic: Callable[[NDArray[np.int64]], float],
    labels: Labels,
    patients: NDArray[np.str_],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Estimate:
    """The value of any statistic of a choice of films, with its interval; `statistic` gets indices of films."""
    draws = [statistic(films) for films in patient_resamples(labels, patients, seed, resamples)]
    return _estimate(statistic(np.arange(len(labels))), draws)


def share_of(
    hit: NDArray[np.bool_],
    labels: Labels,
    patients: NDArray[np.str_],
    weights: NDArray[np.float64] | None = None,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Estimate:
    """A weighted share of films with its interval from a bootstrap over patients, drawn within each class.

    Args:
        hit: `(films,)`: what is counted.
        labels: `(films,)`.
        patients: `(films,)`.
        weights: `(films,)`; None counts every film once.
        seed: Of the draws.
        resamples: How many.

    Returns:
        The share; where all films or none are hit, the bootstrap knows no doubt, and the interval is Wilson's over
        patients instead. Of no film at all: 0, between 0 and 1.
    """
    if not len(hit):
        return Estimate(value=0.0, low=0.0, high=1.0)
    counted = np.ones(len(hit)) if weights is None else weights
    value = float(np.average(hit, weights=counted))
    if hit.all() or not hit.any():
        people = len(np.unique(patients))
        return wilson(people if hit.all() else 0, people)
    random = np.random.default_rng(seed)
    parts, wholes = np.zeros(resamples), np.zeros(resamples)
    for label in np.unique(labels):
        mine = labels == label
        _, index = np.unique(patients[mine], return_inverse=True)
        people = index.max() + 1
        draws = _patient_draws(people, random, resamples)
        parts += draws @ np.bincount(index, weights=counted[mine] * hit[mine])
        wholes += draws @ np.bincount(index, weights=counted[mine])
    return _estimate(value, (parts / wholes).tolist())


def auc_of(
    labels: Labels,
    scores: NDArray[np.float64],
    patients: NDArray[np.str_],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Estimate:
    """The area under the ROC curve with its interval from a bootstrap over patients within each class.

    The area is the share of pairs of a positive and a negative film that are in order, ties counting half (Hanley and
    McNeil 1982, Radiology 143); pairs are counted once, by pair of patients, and every draw weighs these counts.

    Args:
        labels: `(films,)`, both classes.
        scores: `(films,)`.
        patients: `(films,)`.
        seed: Of the draws.
        resamples: How many.
    """
    groups = []
    for label in (1, 0):
        _, index = np.unique(patients[labels == label], return_inverse=True)
        groups.append((scores[labels == label], np.eye(index.max() + 1)[index]))
    (positive, of_positive), (negative, of_negative) = groups
    difference = positive[:, None] - negative[None, :]
    ordered = of_positive.T @ ((difference > 0) + 0.5 * (difference == 0)) @ of_negative
    random = np.random.default_rng(seed)
    sick = _patient_draws(of_positive.shape[1], random, resamples)
    well = _patient_draws(of_negative.shape[1], random, resamples)
    pairs = (sick @ of_positive.sum(axis=0)) * (well @ of_negative.sum(axis=0))
    draws = ((sick @ ordered) * well).sum(axis=1) / pairs
    return _estimate(float(ordered.sum() / difference.size), draws.tolist())


def _patient_draws(people: int, random: np.random.Generator, resamples: int) -> NDArray[np.float64]:
    """How often each patient is drawn, with replacement, in each resample; `(resamples, people)`."""
    return random.multinomial(people, np.full(people, 1 / people), size=resamples).astype(np.float64)


def patient_resamples(labels: Labels, patients: NDArray[np.str_], seed: int, resamples: int) -> list[NDArray[np.int64]]:
    """Draws patients with replacement, within each class, so that no draw lacks one; returns indices of films."""
    random = np.random.default_rng(seed)
    strata = []
    for label in np.unique(labels):
        mine = np.flatnonzero(labels == label)
        strata.append([mine[patients[mine] == patient] for patient in np.unique(patients[mine])])
    return [
        np.concatenate([films[choice] for films in strata for choice in random.integers(0, len(films), len(films))])
        for _ in range(resamples)
    ]


def _estimate(value: float, draws: list[float]) -> Estimate:
    low, high = np.percentile(draws, [2.5, 97.5])
    # A skewed bootstrap can leave the value outside its own percentiles by a rounding.
    return Estimate(value=value, low=min(float(low), value), high=max(float(high), value))


def mcnemar_p(first_right: NDArray[np.bool_], second_right: NDArray[np.bool_]) -> float:
    """Exact McNemar test: may two models that judged the same films be equally often right?

    Args:
        first_right: `(films,)`, whether the first model was right.
        second_right: The same for the second.

    Returns:
        The two-sided p-value, from the binomial distribution of the films on which only one was right.
    """
    from scipy.stats import binomtest

    only_first = int((first_right & ~second_right).sum())
    only_second = int((~first_right & second_right).sum())
    if only_first + only_second == 0:
        return 1.0
    return float(binomtest(only_first, only_first + only_second, 0.5).pvalue)


def as_plain(estimates: Mapping[str, Estimate]) -> dict[str, dict[str, float]]:
    """Estimates as plain numbers for JSON, rounded to 4 places."""
    return {
        name: {"value": round(e.value, 4), "low": round(e.low, 4), "high": round(e.high, 4)}
        for name, e in estimates.items()
    }


def wilson(count: int, total: int) -> Estimate:
    """A share with its 95 % Wilson score interval (Wilson 1927, JASA 22)."""
    z = 1.959964
    share = count / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * np.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    low, high = max(0.0, float(centre - half)), min(1.0, float(centre + half))
    return Estimate(value=share, low=min(low, share), high=max(high, share))
