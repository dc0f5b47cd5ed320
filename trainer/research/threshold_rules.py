"""Compares rules for the balanced threshold and ways to calibrate, on validation films alone.

Each is evaluated on held-out patients: on plain films, on stressed films, and on each change of acquisition alone.
docs/adr/0006 states the choice and the reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import expit

from trainer.calibration.calibration import LabelledLogits, Platt, fit_platt
from trainer.calibration.operating_point import even_odds_threshold, rates, sensitivity_threshold
from trainer.statistics.metrics import calibration_error

DEALS = 3
"""Number of random divisions of the patients into folds."""
COST_OF_A_MISS = 2.0

Rule = Callable[[LabelledLogits], float]
Fit = Callable[[LabelledLogits], Platt]


def largest_youden(films: LabelledLogits) -> float:
    """Where sensitivity + specificity is largest (Youden 1950, Cancer 3)."""
    candidates, sensitivity, specificity = rates(films)
    return float(candidates[np.argmax(sensitivity + specificity)])


def least_cost(films: LabelledLogits) -> float:
    """Where missed positives, counted `COST_OF_A_MISS` times, and false alarms cost least, at equal prevalence."""
    candidates, sensitivity, specificity = rates(films)
    return float(candidates[np.argmax(COST_OF_A_MISS * sensitivity + specificity)])


def equal_rates(films: LabelledLogits) -> float:
    """Where sensitivity and specificity are equal."""
    candidates, sensitivity, specificity = rates(films)
    return float(candidates[np.argmin(np.abs(sensitivity - specificity))])


RULES: Mapping[str, Rule] = {
    "even odds, stressed sensitivity >= 0.96 (chosen)": lambda films: even_odds_threshold(films, 0.96),
    "equal rates": equal_rates,
    "highest threshold with sensitivity >= 0.97": lambda films: sensitivity_threshold(films, 0.97),
    "largest Youden index": largest_youden,
    f"least cost, a miss counted {COST_OF_A_MISS:g} times": least_cost,
}


def fit_temperature(films: LabelledLogits) -> Platt:
    """A temperature without a bias (Guo et al. 2017, arXiv 1706.04599)."""
    signed = np.where(films.labels == 1, films.logits, -films.logits)

    def loss(log_temperature: float) -> float:
        return float((films.weights * np.logaddexp(0, -signed / np.exp(log_temperature))).sum())

    found = minimize_scalar(loss, bounds=(np.log(0.05), np.log(20)), method="bounded").x
    return Platt(float(np.exp(found)), 0.0)


def fit_at_even_prevalence(films: LabelledLogits) -> Platt:
    """Platt scaling moved to a prevalence of one half."""
    platt = fit_platt(films)
    return Platt(platt.temperature, platt.bias - float(np.log(films.prevalence / (1 - films.prevalence))))


FITS: Mapping[str, Fit] = {
    "temperature and bias, plain and stressed half each (chosen)": fit_platt,
    "temperature and bias, plain films only": lambda films: fit_platt(films.take(~films.stressed)),
    "temperature and bias, moved to a prevalence of one half": fit_at_even_prevalence,
    "temperature alone": fit_temperature,
    "none": lambda _: Platt(1.0, 0.0),
}


@dataclass(frozen=True, slots=True)
class RuleResult:
    """Figures of a rule on held-out patients; means over folds and divisions.

    Attributes:
        name: Name of the rule.
        probability: Uncalibrated probability of the threshold that all films give.
        spread: Standard deviation of the threshold over folds, in units of the logit.
        plain: Sensitivity and specificity on plain films.
        stressed: Sensitivity and specificity on stressed films.
        worst_change: The least sensitivity and the least specificity over single changes, each with that change.
    """

    name: str
    probability: float
    spread: float
    plain: tuple[float, float]
    stressed: tuple[float, float]
    worst_change: tuple[tuple[float, str], tuple[float, str]]


def compare_rules(films: LabelledLogits, changed: Mapping[str, NDArray[np.float64]]) -> list[RuleResult]:
    """Evaluates every rule.

    Args:
        films: Validation films, the plain ones first.
        changed: Logits of the plain films under a single change, in their order, by name of the change.
    """
    plain = films.take(~films.stressed)
    results = []
    for name, rule in RULES.items():
        thresholds: list[float] = []
        found: dict[str, list[tuple[float, float]]] = {}
        for seed in range(DEALS):
            for others, held_out in films.folds(seed=seed):
                threshold = rule(others)
                thresholds.append(threshold)
                sides = {"plain": held_out & ~films.stressed, "stressed": held_out & films.stressed}
                for side, chosen in sides.items():
                    found.setdefault(side, []).append(_rates(films.labels[chosen], films.logits[chosen], threshold))
                here = held_out[~films.stressed]
                for change, logits in changed.items():
                    found.setdefault(change, []).append(_rates(plain.labels[here], logits[here], threshold))
        means = {side: (fmean(p[0] for p in pairs), fmean(p[1] for p in pairs)) for side, pairs in found.items()}
        worst = tuple(min((means[change][which], change) for change in changed) for which in (0, 1))
        results.append(
            RuleResult(
                name,
                float(expit(rule(films))),
                pstdev(thresholds),
                means["plain"],
                means["stressed"],
                (worst[0], worst[1]),
            )
        )
    return results


def _rates(labels: NDArray[np.int64], logits: NDArray[np.float64], threshold: float) -> tuple[float, float]:
    return float((logits[labels == 1] >= threshold).mean()), float((logits[labels == 0] < threshold).mean())


def compare_fits(films: LabelledLogits) -> list[tuple[str, float, float]]:
    """Calibration errors on held-out patients: name of the way to calibrate, plain films, stressed films."""
    rows = []
    for name, fit in FITS.items():
        errors: dict[bool, list[float]] = {False: [], True: []}
        for seed in range(DEALS):
            probabilities = np.empty(len(films.labels))
            for others, held_out in films.folds(seed=seed):
                probabilities[held_out] = fit(others).probabilities(films.logits[held_out])
            for stressed, values in errors.items():
                side = films.stressed == stressed
                values.append(calibration_error(films.labels[side], probabilities[side]))
        rows.append((name, fmean(errors[False]), fmean(errors[True])))
    return rows


def rules_page(
    model: str, films: LabelledLogits, results: Sequence[RuleResult], fits: Sequence[tuple[str, float, float]]
) -> str:
    """Renders both comparisons as a page of the documentation."""
    plain = films.take(~films.stressed)
    lines = [
        "# How calibration and thresholds were chosen",
        "",
        f"Written by `python -m trainer operating-points` for {model}, from {len(plain.labels)} validation films of "
        f"{len(np.unique(plain.patients))} patients ({int((plain.labels == 0).sum())} negative, "
        f"{int((plain.labels == 1).sum())} positive) and their stressed copies. No test film is read. All figures are "
        f"of held-out patients: {DEALS} random divisions into 5 folds. The reasons for the choice: "
        "[docs/adr/0006](adr/0006-even-odds-and-a-bias.md).",
        "",
        "## The balanced threshold",
        "",
        "| rule | raw probability | spread, logit | plain: sensitivity, specificity | stressed | one change, least "
        "sensitivity | one change, least specificity |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in results:
        worst = " | ".join(f"{value:.3f} ({change})" for value, change in one.worst_change)
        lines.append(
            f"| {one.name} | {one.probability:.3f} | {one.spread:.3f} | {one.plain[0]:.3f}, {one.plain[1]:.3f} "
            f"| {one.stressed[0]:.3f}, {one.stressed[1]:.3f} | {worst} |"
        )
    lines += [
        "",
        "## Calibration",
        "",
        "Expected calibration error, 10 bins of equal width.",
        "",
        "| fit | plain films | stressed films |",
        "|---|---|---|",
        *(f"| {name} | {plain_error:.3f} | {stressed_error:.3f} |" for name, plain_error, stressed_error in fits),
    ]
    return "\n".join(lines) + "\n"
