from __future__ import annotations

import numpy as np
import pytest

from trainer.packaging.calibrated_files import evidence_scale


def test_the_scale_is_that_of_the_strongest_cells() -> None:
    evidence = np.zeros((101, 2, 2), np.float32)
    evidence[:, 1, 0] = np.arange(101)

    assert evidence_scale(evidence) == pytest.approx(50)


def test_a_net_without_evidence_has_a_scale_all_the_same() -> None:
    assert evidence_scale(np.zeros((5, 7, 7), np.float32)) == 1.0
    assert evidence_scale(np.zeros((0, 7, 7), np.float32)) == 1.0
