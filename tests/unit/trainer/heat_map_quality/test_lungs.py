"""Lungs are found where they are, and where they move to."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge_app.imaging.preprocess import PreprocessSpec
from tests.support.films import chest_like
from trainer.heat_map_quality.heat_maps import lung_agreement, outlined_films
from trainer.heat_map_quality.lungs import DrawnLungs, LungShape, chest_mask, drawn_lungs, lung_mask, overlap

CHEST = chest_like(224, 224)
"""Dark ellipses at 30 % and 70 % of the width, around 45 % of the height, some 13 % by 28 % of the film."""


@pytest.fixture(scope="module")
def shape() -> LungShape:
    return LungShape(drawn_lungs())


def drawn_ellipses(right_px: float = 0) -> np.ndarray:
    y, x = np.mgrid[0:224, 0:224] / 224
    x = x - right_px / 224
    return np.logical_or.reduce([((x - c) / 0.13) ** 2 + ((y - 0.45) / 0.28) ** 2 < 1 for c in (0.3, 0.7)])


def test_outlines_are_pairs_of_lungs_side_by_side() -> None:
    outlines = drawn_lungs()
    assert len({drawn.film for drawn in outlines}) == len(outlines) >= 20
    for drawn in outlines:
        first, second = drawn.landmarks
        assert first[:, 0].max() < second[:, 0].min()
        assert 0.08 < lung_mask(drawn.landmarks).mean() < 0.4


def test_lungs_are_found_where_they_are(shape: LungShape) -> None:
    assert overlap(shape.mask(CHEST), drawn_ellipses()) > 0.7


def test_lungs_are_followed_when_the_film_moves(shape: LungShape) -> None:
    moved = np.roll(CHEST, 16, axis=1)
    here, there = shape.fit(CHEST), shape.fit(moved)
    shift = (there - here).reshape(-1, 2).mean(axis=0)
    assert shift[0] == pytest.approx(16, abs=4)
    assert shift[1] == pytest.approx(0, abs=4)


def test_the_same_film_and_seed_give_the_same_lungs(shape: LungShape) -> None:
    assert np.array_equal(shape.fit(CHEST, seed=3), shape.fit(CHEST, seed=3))


def test_a_mask_has_the_size_of_its_film(shape: LungShape) -> None:
    wide = np.asarray(Image.fromarray(CHEST).resize((300, 150)))
    mask = shape.mask(wide)
    assert mask.shape == (150, 300)
    assert mask.mean() == pytest.approx(shape.mask(CHEST).mean(), abs=0.03)


def test_the_chest_is_both_lungs_and_what_lies_between() -> None:
    lungs = np.zeros((40, 60), dtype=bool)
    lungs[10:30, 5:15] = lungs[10:30, 45:55] = True
    chest = chest_mask(lungs)
    assert chest[20, 30]
    assert chest.sum() == pytest.approx(20 * 50, rel=0.1)
    assert not chest[5].any()


def test_overlap_is_dice() -> None:
    first, second = np.zeros((2, 10), dtype=bool)
    first[:6] = second[4:] = True
    assert overlap(first, second) == pytest.approx(2 * 2 / 12)


def test_agreement_leaves_a_films_own_outline_out(shape: LungShape) -> None:
    drawn = drawn_lungs()[0]
    others = LungShape(drawn_lungs()[1:])
    found = lung_agreement([(drawn, CHEST)])
    assert found is not None
    assert found["home"] == {
        "films": 1,
        "dice": round(overlap(others.mask(CHEST), lung_mask(drawn.landmarks)), 4),
        "least": round(overlap(others.mask(CHEST), lung_mask(drawn.landmarks)), 4),
    }
    assert lung_agreement([]) is None


@pytest.mark.dataset
def test_real_lungs_are_found_better_than_by_the_mean_outline() -> None:
    data = Path(os.environ.get("DATA", "../shared/data/chest_xray"))
    outlined = outlined_films(data, None, PreprocessSpec())
    if not outlined:
        pytest.skip("needs the chest X-ray data set; set DATA")
    found = lung_agreement(outlined)
    assert found is not None

    def mean_of_the_others(own: DrawnLungs) -> np.ndarray:
        others = [drawn.landmarks for drawn, _ in outlined if drawn.film != own.film]
        return lung_mask(np.mean(others, axis=0))

    without_fit = [overlap(mean_of_the_others(own), lung_mask(own.landmarks)) for own, _ in outlined]
    assert found["home"]["dice"] > np.mean(without_fit) + 0.03
    assert found["home"]["dice"] > 0.8
    assert found["home"]["least"] > 0.6
