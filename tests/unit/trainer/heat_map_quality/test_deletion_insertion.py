"""What is taken away from a film, in which order, and what is put in its place."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.heat_map_quality.deletion_insertion import FRACTIONS, Curves, curves, filled

ROWS, COLUMNS = 60, 52


@pytest.fixture
def film() -> np.ndarray:
    film = np.full((ROWS, COLUMNS), 100, dtype=np.uint8)
    film[10:20, 10:20] = 250
    return film


def brightness(film: np.ndarray) -> float:
    return float((film > 200).mean() * 100)


def test_what_is_kept_stays_and_what_is_missing_comes_from_around_it(film: np.ndarray) -> None:
    missing = np.zeros(film.shape, dtype=bool)
    missing[8:22, 8:22] = True
    done = filled(film, missing)
    assert np.array_equal(done[~missing], film[~missing])
    assert np.abs(done[missing].astype(int) - 100).max() <= 1


def test_a_slope_is_carried_over_a_gap() -> None:
    ramp = np.tile(np.linspace(20, 220, 64), (64, 1)).astype(np.uint8)
    missing = np.zeros(ramp.shape, dtype=bool)
    missing[24:40, 24:40] = True
    done = filled(ramp, missing)
    assert np.abs(done[missing].astype(int) - ramp[missing]).max() < 30
    assert done[32, 26] < done[32, 37]


def test_a_film_without_anything_left_is_its_mean(film: np.ndarray) -> None:
    assert np.unique(filled(film, np.ones(film.shape, dtype=bool))).tolist() == [round(film.mean())]


def test_noise_is_added_to_what_is_filled_only(film: np.ndarray) -> None:
    missing = np.zeros(film.shape, dtype=bool)
    missing[30:] = True
    noise = np.random.default_rng(0).normal(0, 5, film.shape).astype(np.float32)
    done = filled(film, missing, noise)
    assert np.array_equal(done[:30], film[:30])
    assert 3 < done[30:].std() < 7


def test_a_map_of_the_cause_falls_first_and_rises_first(film: np.ndarray) -> None:
    right, wrong = np.zeros((2, ROWS, COLUMNS), dtype=np.float32)
    right[10:20, 10:20] = 1
    wrong[40:50, 30:40] = 1
    of_right, of_wrong = curves(film, [right, wrong], brightness, np.random.default_rng(1))
    # The patch is 3 % of the film: gone, or back, at the first step of 5 %.
    assert of_right.deletion[1] == 0
    # What is put back spreads into the blank around it, so more than the patch is bright.
    assert of_right.insertion[1] >= brightness(film)
    assert of_wrong.insertion[1] == 0
    assert of_wrong.deletion[1] == pytest.approx(brightness(film), abs=0.8)
    assert of_right.areas()[0] < of_wrong.areas()[0]
    assert of_right.areas()[1] > of_wrong.areas()[1]


def test_curves_begin_and_end_with_the_whole_and_the_blank_film(film: np.ndarray) -> None:
    (found,) = curves(film, [film.astype(np.float32)], brightness, np.random.default_rng(1))
    assert len(found.deletion) == len(FRACTIONS) + 2
    assert found.deletion[0] == found.insertion[-1] == brightness(film)
    assert found.deletion[-1] == found.insertion[0] == 0


def test_area_is_the_mean_along_the_curve() -> None:
    flat = tuple(3.0 for _ in range(len(FRACTIONS) + 2))
    falling = tuple(1 - share for share in (0.0, *FRACTIONS, 1.0))
    assert Curves(flat, falling).areas() == pytest.approx((3.0, 0.5))
