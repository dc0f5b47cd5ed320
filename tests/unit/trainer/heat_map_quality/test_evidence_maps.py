"""Maps are moved, averaged, compared and cut as said."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.heat_map_quality.evidence_maps import (
    centre_map,
    moved,
    random_map,
    shifted_map,
    similarity,
    structural_similarity,
)
from trainer.heat_map_quality.map_checks import CHANGES, CUTS, cut_at_lungs, share_inside
from trainer.statistics.intervals import Intervals

RANDOM = np.random.default_rng(5)


def test_a_picture_is_moved_and_its_edge_repeated() -> None:
    picture = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    assert moved(picture, 1, 0).tolist() == [[1, 2, 3], [1, 2, 3], [4, 5, 6]]
    assert moved(picture, 0, -1).tolist() == [[2, 3, 3], [5, 6, 6], [8, 9, 9]]


def test_the_mean_of_shifts_of_a_map_that_moves_with_the_film_is_that_map() -> None:
    film = np.zeros((48, 48), dtype=np.uint8)
    film[20:26, 18:30] = 200
    assert np.array_equal(shifted_map(lambda each: each.astype(np.float32), film, (-4, 4)), film.astype(np.float32))


def test_shifts_halve_the_cells_of_a_coarse_map() -> None:
    def coarse(film: np.ndarray) -> np.ndarray:
        cells = film.reshape(3, 16, 3, 16).mean(axis=(1, 3), dtype=np.float32)
        return np.kron(cells, np.ones((16, 16), dtype=np.float32))

    film = np.zeros((48, 48), dtype=np.uint8)
    film[24:28, 24:28] = 255
    assert np.unique(np.argwhere(coarse(film) == coarse(film).max())[:, 0]).tolist() == list(range(16, 32))
    finer = shifted_map(coarse, film, (-4, 4))
    assert set(np.argwhere(finer == finer.max())[:, 0]) == set(range(20, 28))


def test_rank_correlation_is_of_the_order_only() -> None:
    values = RANDOM.random((7, 7)).astype(np.float32)
    assert similarity(values, values**3) == pytest.approx(1)
    assert similarity(values, 1 - values) == pytest.approx(-1)
    assert similarity(values, np.zeros_like(values)) is None


def test_structural_similarity_of_a_map_with_itself_and_with_another() -> None:
    first, second = RANDOM.random((2, 7, 7)).astype(np.float32)
    assert structural_similarity(first, 5 * first) == pytest.approx(1)
    assert structural_similarity(first, second) < 0.5


def test_blind_maps_know_nothing_of_the_film() -> None:
    centre = centre_map(40, 60)
    assert centre.shape == (40, 60)
    assert centre[19:21, 29:31].min() > 0.9
    assert centre[0, 0] < 0.05
    assert random_map(np.random.default_rng(1), (7, 7), 40, 60).shape == (40, 60)


def test_the_share_of_a_map_in_a_mask() -> None:
    mask = np.zeros((4, 4), dtype=bool)
    mask[0] = True
    assert share_inside(np.ones((4, 4), dtype=np.float32), mask) == 0.25
    assert np.isnan(share_inside(np.zeros((4, 4), dtype=np.float32), mask))


def test_a_film_is_cut_at_the_outline_of_the_lungs() -> None:
    film = RANDOM.integers(0, 256, (80, 80)).astype(np.uint8)
    mask = np.zeros((80, 80), dtype=bool)
    mask[30:50, 30:50] = True
    films = dict(zip(CUTS, cut_at_lungs(film, mask), strict=True))
    for name, cut in films.items():
        kept = (slice(28, 52), slice(28, 52)) if name.startswith("lungs alone") else (slice(0, 20), slice(0, 80))
        lost = (slice(0, 20), slice(0, 80)) if name.startswith("lungs alone") else (slice(32, 48), slice(32, 48))
        assert np.array_equal(cut[kept], film[kept]), name
        assert cut[lost].std() < film[lost].std() / 4, name


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_change_does_to_a_film_is_undone_on_its_map(name: str) -> None:
    smooth = centre_map(64, 64) * np.linspace(0.2, 1, 64, dtype=np.float32)
    film = np.rint(smooth * 200).astype(np.uint8)
    change, undo = CHANGES[name]
    changed = change(film, np.random.default_rng(0))
    assert not np.array_equal(changed, film)
    alike = similarity(undo(changed.astype(np.float32))[8:-8, 8:-8], film.astype(np.float32)[8:-8, 8:-8])
    assert alike is not None
    assert alike > 0.97


def test_intervals_leave_out_films_without_a_value() -> None:
    patients = np.array([str(i) for i in range(40)])
    intervals = Intervals(np.zeros(40, dtype=np.int64), patients, seed=0)
    values = np.where(np.arange(40) < 20, np.arange(40) % 2, np.nan)
    found = intervals.mean(values)
    assert found is not None
    assert found["value"] == 0.5
    assert 0.2 < found["low"] < 0.5 < found["high"] < 0.8
    assert intervals.mean(np.full(40, np.nan)) is None
