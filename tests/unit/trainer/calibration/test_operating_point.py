"""Thresholds and band: the rules, and that what is promised of them was not measured on what they were chosen on."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.calibration.calibration import LabelledLogits
from trainer.calibration.operating_point import (
    calibrate_file,
    choose_thresholds,
    even_odds_threshold,
    sensitivity_threshold,
    specificity_threshold,
)
from trainer.config import OperatingPointConfig


def judged(logits: np.ndarray, labels: np.ndarray, stressed: np.ndarray | None = None) -> LabelledLogits:
    """Every film another patient's."""
    count = len(labels)
    return LabelledLogits(
        np.asarray(logits, float),
        labels,
        np.arange(count).astype(str),
        np.zeros(count, bool) if stressed is None else stressed,
    )


def two_bells(count: int = 600, seed: int = 1, apart: float = 2.0) -> LabelledLogits:
    """Normal films around -apart, pneumonia around +apart; two films of each patient."""
    random = np.random.default_rng(seed)
    labels = np.repeat([0, 1], count // 2)
    logits = random.normal(np.where(labels == 1, apart, -apart), 1.5)
    return LabelledLogits(logits, labels, (np.arange(count) // 2).astype(str), np.zeros(count, bool))


def test_the_threshold_is_the_highest_that_reaches_the_sensitivity() -> None:
    films = judged(np.arange(20), np.repeat([0, 1], 10))

    threshold = sensitivity_threshold(films, 0.9)

    assert (films.logits[10:] >= threshold).mean() == 0.9
    assert threshold == 10.5


def test_the_threshold_is_the_lowest_that_reaches_the_specificity() -> None:
    films = judged(np.arange(20), np.repeat([0, 1], 10))

    threshold = specificity_threshold(films, 0.9)

    assert (films.logits[:10] < threshold).mean() == 0.9
    assert threshold == 8.5


def test_a_target_of_all_or_nothing_is_reached() -> None:
    films = judged(np.array([0.0, 1.0, 0.5, 2.0]), np.array([0, 0, 1, 1]))

    assert sensitivity_threshold(films, 1.0) < 0.5
    assert specificity_threshold(films, 1.0) > 1.0
    assert specificity_threshold(films, 0.0) < 0.0


def test_the_balanced_threshold_lies_midway_between_two_like_classes_whatever_their_share() -> None:
    films = two_bells(6000)
    few = np.flatnonzero(films.labels == 0)[::5]
    rare = np.zeros(len(films.labels), bool)
    rare[few] = True

    assert even_odds_threshold(films) == pytest.approx(0, abs=0.1)
    assert even_odds_threshold(films.take(rare | (films.labels == 1))) == pytest.approx(0, abs=0.25)


def test_the_stressed_films_must_reach_the_least_sensitivity() -> None:
    films = two_bells()
    half = np.arange(len(films.labels)) % 4 < 2
    shifted = LabelledLogits(films.logits - 2.0 * half, films.labels, films.patients, half)

    free, held = even_odds_threshold(shifted), even_odds_threshold(shifted, 0.96)

    hard = shifted.logits[half & (shifted.labels == 1)]
    assert (hard >= free).mean() < 0.96 <= (hard >= held).mean()


def test_many_copies_of_stressed_films_do_not_outvote_the_plain_ones() -> None:
    plain = judged(np.array([-3.0, -1.0, 1.0, 3.0]), np.array([0, 0, 1, 1]))
    once = LabelledLogits(
        np.concatenate([plain.logits, plain.logits - 4]),
        np.tile(plain.labels, 2),
        np.tile(plain.patients, 2),
        np.repeat([False, True], 4),
    )
    thrice = LabelledLogits(
        np.concatenate([plain.logits, *[plain.logits - 4] * 3]),
        np.tile(plain.labels, 4),
        np.tile(plain.patients, 4),
        np.repeat([False, True, True, True], 4),
    )

    assert choose_thresholds(once, OperatingPointConfig()) == choose_thresholds(thrice, OperatingPointConfig())


def test_points_are_ordered_and_the_band_lies_between_them() -> None:
    found = calibrate_file(two_bells(2000), OperatingPointConfig(balanced_least_sensitivity=0.5))

    balanced, sensitive, specific = (
        next(p for p in found.points if p.name == name) for name in ("balanced", "high-sensitivity", "high-specificity")
    )
    assert found.points[0] is balanced
    assert sensitive.threshold <= balanced.threshold <= specific.threshold
    assert (found.uncertain.low, found.uncertain.high) == (sensitive.threshold, specific.threshold)
    assert balanced.sensitivity.low < 0.909 < balanced.sensitivity.high  # a normal distribution at 2 / 1.5
    assert abs(balanced.sensitivity.value - balanced.specificity.value) < 0.04
    assert sensitive.sensitivity.value > 0.97
    assert specific.specificity.value > 0.95


def test_the_cost_of_the_band_is_that_of_its_edges_on_new_films() -> None:
    config = OperatingPointConfig(high_specificity=0.97)
    found = calibrate_file(two_bells(2000), config)
    fresh = two_bells(20_000, seed=2)
    chosen = choose_thresholds(two_bells(2000), config)

    inside = (fresh.logits >= chosen.sensitive) & (fresh.logits < chosen.specific)
    right = (fresh.logits >= chosen.balanced) == (fresh.labels == 1)

    stated, outside = found.uncertain.share_inside, found.uncertain.accuracy_outside
    assert stated is not None
    assert outside is not None
    assert stated.low <= inside.mean() <= stated.high
    assert outside.low <= right[~inside].mean() <= outside.high


def test_what_is_promised_holds_on_new_films_where_what_was_fitted_does_not() -> None:
    """Few films, so a threshold chosen on them flatters itself; the promise must not."""
    config = OperatingPointConfig()
    flattered, promised, real = [], [], []
    fresh = two_bells(20_000, seed=99)
    for seed in range(20):
        films = two_bells(60, seed=seed)
        point = choose_thresholds(films, config).sensitive
        sick = films.labels == 1
        flattered.append((films.logits[sick] >= point).mean())
        real.append((fresh.logits[fresh.labels == 1] >= point).mean())
        promised.append(calibrate_file(films, config).points[1].sensitivity.value)

    assert np.mean(flattered) - np.mean(real) > 0.015
    assert abs(np.mean(promised) - np.mean(real)) < 0.015
