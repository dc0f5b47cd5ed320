"""The shipped gate on real films."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge_app.analysis.gate import Gate, orientation
from edge_app.analysis.gate.hog import VIEWS
from edge_app.bundle import open_bundle
from edge_app.imaging.decode import read_film
from edge_app.imaging.preprocess import preprocess

pytestmark = pytest.mark.dataset


@pytest.mark.parametrize("name", VIEWS)
def test_no_film_that_has_gone_wrong_is_near_enough_to_be_taken_for_upright(data_set: Path, name: str) -> None:
    bundle = open_bundle()
    gate = Gate.from_bundle(bundle)
    quarters, flipped, inverted = VIEWS[name]
    scores = []
    for path in sorted((data_set / "train").glob("*/*"))[::26]:
        pixels = preprocess(read_film(path), bundle.manifest.preprocessing).pixels
        wrong = np.rot90(pixels[::-1] if flipped else pixels, quarters)
        layout = gate.look(np.ascontiguousarray(255 - wrong if inverted else wrong)).layout
        assert layout is not None
        scores.append(layout.any_site)

    assert len(scores) >= 200
    assert min(scores) > orientation._UPRIGHT
