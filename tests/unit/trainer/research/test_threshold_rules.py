"""Comparing rules: each is scored on held-out patients, and a rule that should lose does."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.calibration.calibration import LabelledLogits
from trainer.research.threshold_rules import (
    compare_fits,
    compare_rules,
    equal_rates,
    fit_temperature,
    largest_youden,
    least_cost,
    rules_page,
)


@pytest.fixture(scope="module")
def films() -> LabelledLogits:
    """Normal films at -4, pneumonia at 0, so that a bias is needed; stressed copies lie a little higher."""
    random = np.random.default_rng(0)
    labels = (np.arange(400) % 4 > 0).astype(np.int64)
    plain = random.normal(np.where(labels == 1, 0.0, -4.0), 1.0)
    patients = (np.arange(400) // 2).astype(str)
    return LabelledLogits(
        np.concatenate([plain, plain + 0.5]),
        np.tile(labels, 2),
        np.tile(patients, 2),
        np.repeat([False, True], 400),
    )


def test_a_miss_that_costs_more_lowers_the_threshold(films: LabelledLogits) -> None:
    assert least_cost(films) <= largest_youden(films)


def test_equal_rates_lie_midway_between_two_equal_bells(films: LabelledLogits) -> None:
    assert equal_rates(films.take(~films.stressed)) == pytest.approx(-2.0, abs=0.3)


def test_the_ways_to_calibrate_rank_as_they_must(films: LabelledLogits) -> None:
    errors = {name: plain for name, plain, _ in compare_fits(films)}

    assert fit_temperature(films).bias == 0
    assert errors["temperature and bias, plain films only"] < 0.04
    assert errors["temperature alone"] > 0.1
    assert errors["none"] > 0.1


def test_rules_are_judged_under_each_change(films: LabelledLogits) -> None:
    plain = films.logits[~films.stressed]
    results = compare_rules(films, {"darker": plain - 2.0, "brighter": plain + 2.0})

    for one in results:
        (least_sensitivity, loses_pneumonia), (least_specificity, loses_normal) = one.worst_change
        assert loses_pneumonia == "darker"
        assert loses_normal == "brighter"
        assert least_sensitivity < one.plain[0]
        assert least_specificity < one.plain[1]
        assert one.spread < 0.6
    page = rules_page("a model", films, results, compare_fits(films))
    assert all(f"| {one.name} |" in page for one in results)
