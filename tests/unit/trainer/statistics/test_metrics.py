from __future__ import annotations

import numpy as np
import pytest

from trainer.statistics.intervals import Intervals
from trainer.statistics.metrics import (
    calibration_error,
    mcnemar_p,
    metrics_at,
    weighted_metrics,
    with_intervals,
)

LABELS = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
PROBABILITIES = np.array([0.9, 0.8, 0.7, 0.2, 0.6, 0.4, 0.3, 0.2, 0.1, 0.1])


def test_metrics_of_a_table_worked_by_hand() -> None:
    found = metrics_at(LABELS, PROBABILITIES, 0.5)

    assert found["recall"] == 3 / 4
    assert found["specificity"] == 5 / 6
    assert found["precision"] == 3 / 4
    assert found["accuracy"] == 8 / 10
    assert found["f1"] == 3 / 4
    # Of 24 pairs the positive lies above in 6 + 6 + 6 + 2, and level in one.
    assert found["roc_auc"] == pytest.approx(20.5 / 24)


def test_weighted_metrics_are_those_of_films_that_are_listed_so_often() -> None:
    random = np.random.default_rng(5)
    labels = random.integers(0, 2, 60)
    probabilities = np.round(random.random(60) * 0.6 + 0.4 * labels, 1)  # with ties
    weights = random.integers(0, 4, (8, 60)).astype(float)

    found = weighted_metrics(labels, probabilities, 0.6, weights)

    for draw, counts in enumerate(weights.astype(int)):
        films = np.repeat(np.arange(60), counts)
        for name, value in metrics_at(labels[films], probabilities[films], 0.6).items():
            assert found[name][draw] == pytest.approx(value), name


def test_a_probability_at_the_threshold_is_a_positive_call() -> None:
    assert metrics_at(LABELS, PROBABILITIES, 0.7)["recall"] == 3 / 4


def test_calibration_error_of_two_bins_worked_by_hand() -> None:
    labels = np.array([0, 0, 0, 1, 1, 1, 1, 0])
    probabilities = np.array([0.2, 0.2, 0.2, 0.2, 0.8, 0.8, 0.8, 0.8])
    # Bins at 0.2 (share 1/4) and 0.8 (share 3/4): half the films are off by 0.05 in each.
    assert calibration_error(labels, probabilities) == pytest.approx(0.05)


def test_whole_patients_are_drawn_and_every_draw_holds_both_classes() -> None:
    patients = np.array(["a", "a", "b", "b", "c", "c", "c", "d", "e", "e"])
    draws: list[np.ndarray] = []
    Intervals(LABELS, patients, seed=1, resamples=50).of(lambda films: float(len(draws.append(films) or films)))
    assert len(draws) == 51
    for films in draws:
        drawn = patients[films]
        for name in set(drawn):
            assert (drawn == name).sum() % (patients == name).sum() == 0
        assert set(LABELS[films]) == {0, 1}


def test_films_of_one_patient_widen_the_interval() -> None:
    random = np.random.default_rng(0)
    labels = np.repeat([0, 1], 60)
    probabilities = np.where(np.repeat(random.random(24) < 0.2, 5), 1 - labels, labels) * 0.8 + 0.1
    alone = np.array([str(i) for i in range(120)])
    grouped = np.array([str(i // 5) for i in range(120)])

    def width(patients: np.ndarray) -> float:
        recall = with_intervals(labels, probabilities, patients, 0.5, resamples=300)["recall"]
        return recall.high - recall.low

    assert width(grouped) > 1.4 * width(alone)


def test_mcnemar_is_the_binomial_of_the_discordant_films() -> None:
    first = np.array([True] * 10 + [False] * 2 + [True] * 30)
    second = np.array([False] * 10 + [True] * 2 + [True] * 30)
    # 10 against 2: twice the tail of Binomial(12, 1/2) at 2, (1 + 12 + 66) / 4096.
    assert mcnemar_p(first, second) == pytest.approx(2 * 79 / 4096)
    assert mcnemar_p(first, first) == 1.0
