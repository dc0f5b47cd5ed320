"""Probabilities that mean what they say: the fit, the folds of patients, the error on films that were held out."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from edge_app.bundle.decision import calibrate
from trainer.calibration.calibration import LabelledLogits, Platt, cross_fitted, fit_platt, patient_folds
from trainer.statistics.intervals import Intervals
from trainer.statistics.metrics import (
    auc_of,
    binned_error,
    calibration_error,
    equal_mass_bins,
    equal_width_bins,
    share_of,
)


def drawn(count: int, seed: int = 0, temperature: float = 1.0, bias: float = 0.0) -> LabelledLogits:
    """Films whose honest logit is `z / temperature + bias`."""
    random = np.random.default_rng(seed)
    honest = random.normal(0, 2, count)
    labels = (random.random(count) < 1 / (1 + np.exp(-honest))).astype(np.int64)
    patients = (np.arange(count) // 3).astype(str)
    return LabelledLogits((honest - bias) * temperature, labels, patients, np.zeros(count, bool))


@pytest.mark.parametrize("temperature", [0.6, 1.0, 2.5])
@pytest.mark.parametrize("bias", [-2.0, 0.0, 3.5])
def test_the_calibration_that_made_the_logits_is_found_again(temperature: float, bias: float) -> None:
    found = fit_platt(drawn(40_000, temperature=temperature, bias=bias))

    assert found.temperature == pytest.approx(temperature, rel=0.05)
    assert found.bias == pytest.approx(bias, abs=0.1)


def test_it_is_the_calibration_of_the_app() -> None:
    platt = Platt(temperature=0.6, bias=3.5)
    raw = np.array([0.001, 0.1, 0.5, 0.93])

    mine = platt.probabilities(np.log(raw / (1 - raw)))

    assert mine == pytest.approx([calibrate(float(p), 0.6, 3.5) for p in raw])
    assert platt.logits(mine) == pytest.approx(np.log(raw / (1 - raw)))


def test_classes_that_do_not_overlap_leave_some_doubt() -> None:
    labels = np.repeat([0, 1], 15)
    films = LabelledLogits(np.where(labels == 1, 5.0, -5.0), labels, np.arange(30).astype(str), np.zeros(30, bool))

    probabilities = fit_platt(films).probabilities(films.logits)

    assert probabilities[labels == 1] == pytest.approx(16 / 17, abs=1e-3)
    assert probabilities[labels == 0] == pytest.approx(1 / 17, abs=1e-3)


def test_a_temperature_alone_cannot_mend_what_a_bias_can() -> None:
    films = drawn(6000, bias=3.0)

    assert calibration_error(films.labels, 1 / (1 + np.exp(-films.logits))) > 0.2
    assert calibration_error(films.labels, cross_fitted(films)) < 0.02


def test_folds_part_no_patient_and_deal_the_sick_evenly() -> None:
    random = np.random.default_rng(0)
    patients = random.integers(0, 90, 400).astype(str)
    sick = np.isin(patients, [str(number) for number in range(30)])
    labels = (sick & (random.random(400) < 0.7)).astype(np.int64)

    fold = patient_folds(labels, patients)

    assert all(len(set(fold[patients == name])) == 1 for name in np.unique(patients))
    ill = np.unique(patients[labels == 1])
    counts = [sum(fold[patients == name][0] == number for name in ill) for number in range(5)]
    assert max(counts) - min(counts) <= 1


def test_held_out_films_are_calibrated_without_their_patient() -> None:
    films = drawn(300)
    before = cross_fitted(films)
    turned = LabelledLogits(films.logits, films.labels.copy(), films.patients, films.stressed)
    turned.labels[films.patients == "7"] = 1 - turned.labels[films.patients == "7"]
    mine = films.patients == "7"

    # Not through the deal of the folds: it sees labels too, so patient 7 keeps a film of each label in both.
    if patient_folds(films.labels, films.patients).tolist() == patient_folds(turned.labels, films.patients).tolist():
        assert cross_fitted(turned)[mine] == pytest.approx(before[mine])


def test_plain_and_stressed_films_count_half_each() -> None:
    stressed = np.repeat([False, True], [10, 30])
    films = LabelledLogits(np.zeros(40), np.tile([0, 1], 20), np.arange(40).astype(str), stressed)

    assert films.weights[~stressed].sum() == pytest.approx(films.weights[stressed].sum())
    assert films.weights.mean() == pytest.approx(1)


def test_the_error_of_equal_mass_worked_by_hand() -> None:
    labels = np.array([0, 1, 1, 1])
    probabilities = np.array([0.1, 0.3, 0.8, 0.9])
    # Two bins: mean 0.2 against 1/2, mean 0.85 against 1.
    found = binned_error(labels, probabilities, np.array(list("abcd")), equal_mass_bins(probabilities, 2))
    assert found.value == pytest.approx((0.3 + 0.15) / 2)


def test_the_error_of_equal_width_is_the_one_of_the_report_and_its_interval_that_of_the_slow_bootstrap() -> None:
    films = drawn(600)
    probabilities = Platt(2.0, 0.5).probabilities(films.logits)

    fast = binned_error(films.labels, probabilities, films.patients, equal_width_bins(probabilities))
    intervals = Intervals(films.labels, films.patients, resamples=300)
    slow = intervals.of(lambda at: calibration_error(films.labels[at], probabilities[at]))
    assert slow is not None

    assert fast.value == pytest.approx(calibration_error(films.labels, probabilities))
    assert slow["value"] == pytest.approx(fast.value, abs=1e-4)
    assert fast.low == pytest.approx(slow["low"], abs=0.01)
    assert fast.high == pytest.approx(slow["high"], abs=0.01)


def test_the_area_and_its_interval_are_those_of_the_slow_bootstrap() -> None:
    films = drawn(240)
    scores = np.round(films.logits, 1)  # with ties

    fast = auc_of(films.labels, scores, films.patients)
    intervals = Intervals(films.labels, films.patients, resamples=200)
    slow = intervals.of(lambda at: float(roc_auc_score(films.labels[at], scores[at])))
    assert slow is not None

    assert fast.value == pytest.approx(slow["value"], abs=1e-4)
    assert fast.low == pytest.approx(slow["low"], abs=0.015)
    assert fast.high == pytest.approx(slow["high"], abs=0.015)


def test_a_share_weighs_films_and_draws_patients() -> None:
    hit = np.array([True, True, False, True])
    share = share_of(hit, np.ones(4, int), np.array(["a", "a", "b", "c"]), np.array([1.0, 1.0, 2.0, 4.0]))
    assert share.value == pytest.approx(6 / 8)
    assert share.low == 0.0  # every draw may be patient b
    assert share.high == 1.0


def test_no_failure_in_few_films_is_no_certainty() -> None:
    share = share_of(np.ones(20, bool), np.ones(20, int), np.arange(20).astype(str))
    assert share.value == share.high == 1.0
    assert share.low == pytest.approx(0.839, abs=0.001)  # Wilson
