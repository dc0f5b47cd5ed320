"""Calibration, thresholds and uncertain band of one model file: chosen on validation films, never on test films.

docs/adr/0006 gives the reasons for these rules; docs/operating-points.md compares them with others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_app.bundle.manifest import Estimate, OperatingPoint, UncertainBand
from trainer.calibration.calibration import LabelledLogits, cross_fitted, fit_platt
from trainer.config import OperatingPointConfig
from trainer.statistics.metrics import binned_error, equal_mass_bins, equal_width_bins, share_of

MEASURED_ON = (
    "validation films of held-out patients, plain and with changed acquisition counted half each, cross-fitted over "
    "patients"
)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Thresholds on the uncalibrated logit; a film at or above one is called positive.

    Attributes:
        balanced: The default.
        sensitive: At most `balanced`.
        specific: At least `balanced`.
    """

    balanced: float
    sensitive: float
    specific: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Calibration and operating points of a model file.

    Attributes:
        temperature: Divisor of the logit.
        bias: Summand of the divided logit.
        prevalence: Share of positive films that it was fitted on, 0..1.
        points: Operating points; the first is the default.
        uncertain: The uncertain band.
        held_out: Figures on held-out patients, by kind of film (`plain`, `stressed`) and name: `calibration_error` (10
            bins of equal width), `calibration_error_equal_mass` (10 bins of equally many films), `sensitivity`,
            `specificity`, `share_uncertain`, `accuracy_outside`.
    """

    temperature: float
    bias: float
    prevalence: float
    points: tuple[OperatingPoint, ...]
    uncertain: UncertainBand
    held_out: Mapping[str, Mapping[str, Estimate]]


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """Decisions for each film by thresholds that were chosen without its patient; all `(films,)`."""

    probabilities: NDArray[np.float64]
    called: Mapping[str, NDArray[np.bool_]]
    inside: NDArray[np.bool_]


def calibrate_file(
    films: LabelledLogits, config: OperatingPointConfig, measured_on: str = MEASURED_ON, seed: int = 0
) -> Calibration:
    """Chooses everything for one model file, on its own outputs.

    Args:
        films: Logits of the validation films.
        config: Targets.
        measured_on: Name of these films.
        seed: Seed of the random generator.

    Returns:
        Calibration, operating points and uncertain band, with figures on patients that they were not chosen on.
    """
    platt = fit_platt(films)
    held = _held(films, config, seed)
    chosen = choose_thresholds(films, config)
    balanced, sensitive, specific = platt.probabilities(
        np.array([chosen.balanced, chosen.sensitive, chosen.specific])
    ).tolist()
    everywhere = np.ones(len(films.labels), dtype=bool)

    def point(name: str, threshold: float, rule: str) -> OperatingPoint:
        return OperatingPoint(
            name=name,  # type: ignore[arg-type]
            threshold=threshold,
            rule=rule,
            sensitivity=_rate(films, held.called[name], everywhere, label=1),
            specificity=_rate(films, ~held.called[name], everywhere, label=0),
            measured_on=measured_on,
        )

    points = (
        point(
            "balanced",
            balanced,
            f"even odds at equal prevalence, sensitivity >= {config.balanced_least_sensitivity} on changed films",
        ),
        point("high-sensitivity", sensitive, f"highest threshold with sensitivity >= {config.high_sensitivity}"),
        point("high-specificity", specific, f"lowest threshold with specificity >= {config.high_specificity}"),
    )
    band = UncertainBand(
        low=sensitive,
        high=specific,
        rule="where the high-sensitivity and the high-specificity point call a film differently",
        share_inside=_share(films, held.inside, everywhere),
        accuracy_outside=_share(films, _right(films, held), ~held.inside),
        measured_on=measured_on,
    )
    sides = {"plain": ~films.stressed, "stressed": films.stressed}
    held_out = {name: _expected(films, held, side) for name, side in sides.items() if side.any()}
    return Calibration(platt.temperature, platt.bias, films.prevalence, points, band, held_out)


def choose_thresholds(films: LabelledLogits, config: OperatingPointConfig) -> Thresholds:
    """Chooses the three thresholds by the rules of docs/adr/0006.

    Returns:
        Thresholds midway between the logits of neighbouring films.
    """
    balanced = even_odds_threshold(films, config.balanced_least_sensitivity)
    return Thresholds(
        balanced=balanced,
        sensitive=min(sensitivity_threshold(films, config.high_sensitivity), balanced),
        specific=max(specificity_threshold(films, config.high_specificity), balanced),
    )


def even_odds_threshold(films: LabelledLogits, least_sensitivity: float = 0.0) -> float:
    """The logit of even odds: where both labels are equally likely by the fitted calibration, at equal prevalence.

    There sensitivity + specificity is largest (Youden 1950, Cancer 3), on a smooth curve instead of the steps of the
    films.

    Args:
        films: Films of both labels.
        least_sensitivity: Sensitivity that must be reached on the stressed films (on all, where none is stressed); the
            threshold is lowered until it is.
    """
    platt = fit_platt(films)
    prior = float(np.log(films.prevalence / (1 - films.prevalence)))
    even = (prior - platt.bias) * platt.temperature
    hard = films.take(films.stressed) if films.stressed.any() else films
    return min(even, sensitivity_threshold(hard, least_sensitivity))


def sensitivity_threshold(films: LabelledLogits, target: float) -> float:
    """The highest threshold at which at least `target` of the positive films are called positive."""
    candidates, sensitivity, _ = rates(films)
    return float(candidates[np.flatnonzero(sensitivity >= target - 1e-9)[-1]])


def specificity_threshold(films: LabelledLogits, target: float) -> float:
    """The lowest threshold at which at least `target` of the negative films are called negative."""
    candidates, _, specificity = rates(films)
    return float(candidates[np.flatnonzero(specificity >= target - 1e-9)[0]])


def rates(films: LabelledLogits) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Sensitivity and specificity, weighted by film, at every threshold that makes a difference.

    Returns:
        Thresholds in rising order, from one below all logits to one above; sensitivities; specificities.
    """
    order = np.argsort(films.logits, kind="stable")
    logits, labels, weights = films.logits[order], films.labels[order], films.weights[order]
    values, first = np.unique(logits, return_index=True)
    candidates = np.concatenate([[values[0] - 1], (values[1:] + values[:-1]) / 2, [values[-1] + 1]])
    below = np.append(first, len(logits))
    positive = np.concatenate([[0], np.cumsum(weights * (labels == 1))])
    negative = np.concatenate([[0], np.cumsum(weights * (labels == 0))])
    return candidates, 1 - positive[below] / positive[-1], negative[below] / negative[-1]


def _held(films: LabelledLogits, config: OperatingPointConfig, seed: int) -> _Held:
    called = {
        name: np.zeros(len(films.labels), dtype=bool) for name in ("balanced", "high-sensitivity", "high-specificity")
    }
    for others, held_out in films.folds(seed=seed):
        chosen = choose_thresholds(others, config)
        logits = films.logits[held_out]
        called["balanced"][held_out] = logits >= chosen.balanced
        called["high-sensitivity"][held_out] = logits >= chosen.sensitive
        called["high-specificity"][held_out] = logits >= chosen.specific
    inside = called["high-sensitivity"] & ~called["high-specificity"]
    return _Held(cross_fitted(films, seed), called, inside)


def _expected(films: LabelledLogits, held: _Held, side: NDArray[np.bool_]) -> dict[str, Estimate]:
    labels, probabilities, patients = films.labels[side], held.probabilities[side], films.patients[side]
    called = held.called["balanced"]
    return {
        "calibration_error": binned_error(labels, probabilities, patients, equal_width_bins(probabilities)),
        "calibration_error_equal_mass": binned_error(labels, probabilities, patients, equal_mass_bins(probabilities)),
        "sensitivity": _rate(films, called, side, label=1),
        "specificity": _rate(films, ~called, side, label=0),
        "share_uncertain": _share(films, held.inside, side),
        "accuracy_outside": _share(films, _right(films, held), side & ~held.inside),
    }


def _right(films: LabelledLogits, held: _Held) -> NDArray[np.bool_]:
    right: NDArray[np.bool_] = held.called["balanced"] == (films.labels == 1)
    return right


def _rate(films: LabelledLogits, hit: NDArray[np.bool_], side: NDArray[np.bool_], *, label: int) -> Estimate:
    return _share(films, hit, side & (films.labels == label))


def _share(films: LabelledLogits, hit: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> Estimate:
    return share_of(hit[chosen], films.labels[chosen], films.patients[chosen], films.weights[chosen])
