from __future__ import annotations

import numpy as np
import pytest

from trainer.config import OperatingPointConfig
from trainer.evaluation.operating_point import (
    calibrate_file,
    fit_temperature,
    sensitivity_threshold,
    specificity_threshold,
)
from trainer.train import ValidationSet


def test_the_threshold_is_the_highest_that_reaches_the_sensitivity() -> None:
    probabilities = np.linspace(0.05, 0.95, 19)
    labels = np.ones(19, dtype=np.int64)

    threshold = sensitivity_threshold(probabilities, labels, 0.9)

    assert (probabilities >= threshold).mean() >= 0.9
    higher = np.nextafter(threshold, 1)
    assert (probabilities >= higher).mean() < 0.9


def test_the_threshold_is_the_lowest_that_reaches_the_specificity() -> None:
    probabilities = np.linspace(0.05, 0.95, 19)
    labels = np.zeros(19, dtype=np.int64)

    threshold = specificity_threshold(probabilities, labels, 0.9)

    assert (probabilities < threshold).mean() >= 0.9
    assert (probabilities < np.nextafter(threshold, 0)).mean() < 0.9


@pytest.mark.parametrize("true_temperature", [0.6, 1.0, 2.5])
def test_the_temperature_that_made_the_logits_is_found_again(true_temperature: float) -> None:
    random = np.random.default_rng(0)
    honest = random.normal(0, 2, 40_000)
    labels = (random.random(40_000) < 1 / (1 + np.exp(-honest))).astype(np.int64)

    assert fit_temperature(honest * true_temperature, labels) == pytest.approx(true_temperature, rel=0.05)


def test_points_are_ordered_and_the_band_holds_the_default_threshold() -> None:
    random = np.random.default_rng(1)
    labels = np.repeat([0, 1], 300)
    logits = random.normal(np.where(labels == 1, 2.0, -2.0), 1.5)
    validation = ValidationSet(
        films=np.zeros((600, 1, 1), np.uint8),
        labels=labels,
        patients=np.array([str(i // 2) for i in range(600)]),
        kinds=np.array(["unknown"] * 600),
        stressed=np.zeros(600, bool),
    )

    found = calibrate_file(logits, validation, OperatingPointConfig())

    by_name = {point.name: point for point in found.points}
    assert found.points[0].name == "balanced"
    assert (
        by_name["high-sensitivity"].threshold <= by_name["balanced"].threshold <= by_name["high-specificity"].threshold
    )
    assert by_name["balanced"].sensitivity.value >= 0.97
    assert by_name["high-specificity"].specificity.value >= 0.97
    assert found.uncertain.low <= by_name["balanced"].threshold <= found.uncertain.high
