"""The gate's arithmetic is arranged for speed. Here is each formula as one would write it down, and they agree."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.analysis.gate.hog import BINS, CELLS, SIDE_PX, VIEWS, describe_layout
from edge_app.analysis.gate.image_statistics import measure
from edge_app.analysis.gate.neighbours import KnownSpace, Neighbourhood
from edge_app.analysis.gate.orientation import find_wrong_view
from tests.support.films import chest_like

SIDE = 224


def film(seed: int, side: int = SIDE) -> np.ndarray:
    """Chests, photographs of nothing, and films with empty borders, by the seed."""
    rng = np.random.default_rng(seed)
    pixels = chest_like(side, side, seed=seed)
    if seed % 4 == 1:
        pixels = rng.integers(0, 256, (side, side)).astype(np.uint8)
    if seed % 4 == 2:
        pixels[:, : int(rng.integers(1, side // 2))] = rng.integers(0, 256)
        pixels[: int(rng.integers(1, side // 2))] //= 64
    if seed % 4 == 3:
        pixels = (pixels // 100 * 100).astype(np.uint8)
    return pixels


def plain_layout(pixels: np.ndarray) -> np.ndarray:
    """Histograms of oriented gradients, block by block."""
    block = len(pixels) // SIDE_PX
    small = pixels.reshape(SIDE_PX, block, SIDE_PX, block).mean(axis=(1, 3))
    across, down = np.zeros_like(small), np.zeros_like(small)
    across[:, 1:-1] = small[:, 2:] - small[:, :-2]
    down[1:-1] = small[2:] - small[:-2]
    direction = np.arctan2(down, across) * BINS / (2 * np.pi) % BINS
    cell = SIDE_PX // CELLS
    histogram = np.zeros((CELLS, CELLS, BINS))
    for row in range(SIDE_PX):
        for column in range(SIDE_PX):
            lower = int(direction[row, column]) % BINS
            share = direction[row, column] % 1
            strength = np.hypot(across[row, column], down[row, column])
            histogram[row // cell, column // cell, lower] += strength * (1 - share)
            histogram[row // cell, column // cell, (lower + 1) % BINS] += strength * share
    return np.sqrt(histogram.ravel() / max(histogram.sum(), 1e-12))


@pytest.mark.parametrize(("seed", "side"), [(0, 224), (1, 224), (2, 224), (3, 224), (4, 56), (5, 112), (6, 448)])
def test_layout(seed: int, side: int) -> None:
    pixels = film(seed, side)
    # Squares, because the root makes much of what rounding leaves in an empty bin.
    np.testing.assert_allclose(np.square(describe_layout(pixels)), np.square(plain_layout(pixels)), atol=1e-6)


@pytest.mark.parametrize(
    ("seed", "side"), [*((seed, SIDE) for seed in range(32)), (0, 96), (1, 299), (2, 331), (3, 112)]
)
def test_statistics(seed: int, side: int) -> None:
    pixels = film(seed, side)
    figures = measure(pixels)
    grey = pixels.astype(np.float64)
    laplacian = 4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    rows = grey[1:-1:4]
    low, high = np.percentile(rows, (5, 95))

    assert figures.mean == pytest.approx(rows.mean(), rel=1e-9)
    assert figures.contrast == pytest.approx(high - low, abs=1e-9)
    assert figures.sharpness == pytest.approx(100 * np.abs(laplacian[::4]).mean() / max(high - low, 1), rel=1e-9)
    assert figures.empty_share == max((rows.std(axis=axis) <= 2).mean() for axis in (0, 1))
    assert figures.clipped_share == np.isin(rows, (0, 255)).mean()
    assert figures.levels == len(np.unique(rows))


@pytest.mark.parametrize("seed", range(8))
def test_every_fourth_row_speaks_for_the_film(seed: int) -> None:
    pixels = chest_like(SIDE, SIDE, seed=seed)
    grey = pixels.astype(np.float64)
    low, high = np.percentile(grey, (5, 95))
    laplacian = 4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    figures = measure(pixels)

    assert figures.mean == pytest.approx(grey.mean(), abs=1.5)
    assert figures.contrast == pytest.approx(high - low, abs=3)
    assert figures.sharpness == pytest.approx(100 * np.abs(laplacian).mean() / (high - low), rel=0.05)


@pytest.mark.parametrize(("step", "share"), [(20, 1.0), (21, 0.0)])
def test_a_line_is_empty_up_to_two_grey_levels_of_deviation(step: int, share: float) -> None:
    # Two pixels of 200 stand out by 20: a deviation of 2, with the widest range that one can have.
    pixels = np.tile(np.repeat(np.array([[60], [160]], dtype=np.uint8), 4, axis=0), (25, 200))
    pixels[:, 0] -= np.uint8(step)
    pixels[:, 1] += np.uint8(step)
    assert measure(pixels).empty_share == share
    assert measure(np.repeat(pixels.T, 4, axis=0)).empty_share == share  # every fourth row is looked at


def space(seed: int, films: int = 300, components: int = 20) -> KnownSpace:
    """Layouts of made-up films, whitened."""
    layouts = np.stack([describe_layout(chest_like(SIDE, SIDE, seed=seed + one)) for one in range(40)])
    rng = np.random.default_rng(seed)
    layouts = layouts[rng.integers(0, len(layouts), films)] + rng.normal(0, 0.004, (films, layouts.shape[1]))
    mean = layouts.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(layouts - mean, rowvar=False))
    axes = (vectors[:, -components:] / np.sqrt(values[-components:])).T
    known = (layouts - mean) @ axes.T
    return KnownSpace(*(array.astype(np.float32) for array in (mean, axes, known)), median=4.0, upper=7.0)


def test_distances_to_the_nearest() -> None:
    known = space(1)
    others = np.random.default_rng(2).normal(0, 2, (50, 20)).astype(np.float32)
    near = Neighbourhood(known, others, 5)
    for point in np.random.default_rng(3).normal(0, 1.5, (50, 20)).astype(np.float32):
        home, other = (
            np.sort(np.linalg.norm(films.astype(np.float64) - point, axis=1))[:5].mean()
            for films in (known.known, others)
        )
        assert near.distances(point) == pytest.approx((home, min(home, other)), rel=1e-4)
    # A known film itself, where the terms of the square cancel.
    first = np.sort(np.linalg.norm(known.known - known.known[0], axis=1))[:5].mean()
    assert near.distances(known.known[0])[0] == pytest.approx(first, abs=2e-2)


def test_too_few_films_of_another_site_do_not_count() -> None:
    known = space(1)
    point = known.known[0] + 3
    assert len(set(Neighbourhood(known, known.known[:4], 5).distances(point))) == 1


def put_right(pixels: np.ndarray, name: str) -> np.ndarray:
    quarters, flipped, inverted = VIEWS[name]
    turned = np.rot90(pixels, -quarters)
    turned = turned[::-1] if flipped else turned
    return np.ascontiguousarray(255 - turned if inverted else turned)


def test_a_wrong_view_is_found_as_by_turning_the_picture_itself() -> None:
    known = space(7)
    # Some of the known films lie on their side, as some in every data set do: no direction is free of films.
    turned = [describe_layout(np.ascontiguousarray(np.rot90(chest_like(SIDE, SIDE, seed=one)))) for one in range(12)]
    near = Neighbourhood(known, known.project(np.stack(turned)), 5)
    found = []
    for seed in range(12):
        pixels = film(seed)
        for name in (None, *VIEWS):
            shown = pixels if name is None else put_right(pixels, name)
            described = describe_layout(shown)
            score = known.scaled(near.distances(known.project(described))[1])
            scores = {
                view: known.scaled(near.distances(known.project(describe_layout(put_right(shown, view))))[1])
                for view in VIEWS
            }
            best = min(scores, key=scores.__getitem__)
            wanted = best if scores[best] < score - 0.5 and scores[best] <= 1.2 else None
            if score <= 0.25:  # so near to the known films, a film is upright
                wanted = None
            assert find_wrong_view(near, described, score) == wanted
            found.append(wanted)
    assert len(set(found)) >= 4
