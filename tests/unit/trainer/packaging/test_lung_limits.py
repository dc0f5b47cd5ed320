"""Limits of the lungs, from what a net says of validation films."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.evaluation.predictions import Scores
from trainer.packaging.calibrated_files import AREA_MARGIN, lung_limits


def _scores(count: int, lungs: np.ndarray | None) -> Scores:
    evidence = np.zeros((count, 7, 7), np.float32)
    evidence[:, 3, 1] = 1
    evidence[0, 3, 1], evidence[0, 0, 6] = 0, 1  # all of the first film's evidence lies outside
    return Scores(np.full(count, 0.9), evidence, np.zeros((count, 4), np.float32), lungs)


def _lungs(count: int) -> np.ndarray:
    lungs = np.zeros((count, 56, 56), np.float32)
    lungs[:, 8:48, 8:24] = lungs[:, 8:48, 32:48] = 1
    return lungs


def test_limits_come_from_plain_films_and_evidence_from_those_called_positive() -> None:
    lungs = _lungs(100)
    lungs[50:] = 0  # of the stressed copies no lungs are found
    plain = np.arange(100) < 50
    called = np.arange(100) != 0

    limits = lung_limits(_scores(100, lungs), called, plain)

    assert limits is not None
    assert limits.least_area == pytest.approx(AREA_MARGIN * lungs[0].mean(), rel=1e-3)
    assert limits.greatest_border == 0
    assert limits.least_evidence > 0.6

    among_them = lung_limits(_scores(100, lungs), called | True, plain)
    assert among_them is not None
    assert among_them.least_evidence < limits.least_evidence


def test_a_net_without_a_lung_head_has_no_limits() -> None:
    everything = np.ones(4, bool)
    assert lung_limits(_scores(4, None), everything, everything) is None
