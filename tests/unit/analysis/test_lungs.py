"""How much of the evidence lies in the lungs, and what of a film's lungs gives reason to doubt."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.analysis.lungs import evidence_in_lungs, lung_notices
from edge_app.bundle.manifest import LungLimits

LIMITS = LungLimits(least_evidence=0.6, least_area=0.15, greatest_border=0.05, measured_on="films of this test")


def _lungs() -> np.ndarray:
    lungs = np.zeros((56, 56), np.float32)
    lungs[8:48, 8:24] = lungs[8:48, 32:48] = 0.9
    return lungs


def _evidence(row: int, column: int) -> np.ndarray:
    evidence = np.zeros((7, 7), np.float32)
    evidence[row, column] = 2.0
    return evidence


def test_evidence_is_shared_out_between_lungs_and_the_rest() -> None:
    inside, between, outside = (evidence_in_lungs(_evidence(*at), _lungs()) for at in ((3, 1), (3, 3), (0, 6)))
    assert inside == pytest.approx(0.8, abs=0.15)
    assert outside == pytest.approx(0, abs=0.05)
    assert between == pytest.approx(0.3, abs=0.2)


def test_a_film_without_evidence_has_no_share() -> None:
    assert evidence_in_lungs(np.zeros((7, 7), np.float32), _lungs()) is None


def test_whole_lungs_with_the_evidence_in_them_say_nothing() -> None:
    assert lung_notices(_lungs(), 0.8, LIMITS, positive=True) == ()
    assert lung_notices(_lungs(), None, LIMITS, positive=False) == ()


@pytest.mark.parametrize(("positive", "codes"), [(True, ["quality.evidence_outside"]), (False, [])])
def test_evidence_outside_is_told_where_it_speaks_for_the_answer(positive: bool, codes: list[str]) -> None:
    notices = lung_notices(_lungs(), 0.41, LIMITS, positive=positive)
    assert [notice.code for notice in notices] == codes
    assert all("41 %" in str(notice) for notice in notices)


def test_lungs_that_are_cut_off_or_missing_are_told() -> None:
    cut = np.roll(_lungs(), -20, axis=0)
    cut[36:] = 0
    assert [notice.code for notice in lung_notices(cut, 0.9, LIMITS, positive=True)] == ["quality.lungs_cut"]
    assert [n.code for n in lung_notices(_lungs() * 0.5, None, LIMITS, positive=True)] == ["quality.lungs_missing"]
