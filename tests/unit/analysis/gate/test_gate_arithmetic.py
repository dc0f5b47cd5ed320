"""The gate's arithmetic is arranged for speed. Here is each formula as one would write it down, and they agree."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.analysis.gate.appearance import KINDS, AppearanceClassifier
from edge_app.analysis.gate.description import BINS, CELLS, DESCRIPTION_LENGTH, SIDE_PX, describe, layout_of
from edge_app.analysis.gate.image_statistics import measure
from edge_app.analysis.gate.neighbours import KnownSpace, Neighbourhood
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


def layout(pixels: np.ndarray) -> np.ndarray:
    return layout_of(describe(pixels))


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
def test_layout_block_by_block(seed: int, side: int) -> None:
    pixels = film(seed, side)
    # Squares, because the root makes much of what rounding leaves in an empty bin.
    np.testing.assert_allclose(np.square(layout(pixels)), np.square(plain_layout(pixels)), atol=1e-6)


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


def space(seed: int, films: int = 300, components: int = 20, others: np.ndarray | None = None) -> KnownSpace:
    """Layouts of made-up films, whitened."""
    layouts = np.stack([layout(chest_like(SIDE, SIDE, seed=seed + one)) for one in range(40)])
    rng = np.random.default_rng(seed)
    layouts = layouts[rng.integers(0, len(layouts), films)] + rng.normal(0, 0.004, (films, layouts.shape[1]))
    mean = layouts.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(layouts - mean, rowvar=False))
    axes = (vectors[:, -components:] / np.sqrt(values[-components:])).T
    known = (layouts - mean) @ axes.T
    strangers = np.empty((0, components)) if others is None else others
    return KnownSpace(*(array.astype(np.float32) for array in (mean, axes, known, strangers)))


def unprojected(known: KnownSpace, point: np.ndarray) -> np.ndarray:
    """A layout whose projection is `point`."""
    return (known.mean + np.linalg.pinv(known.axes.astype(np.float64)) @ point).astype(np.float32)


def test_distances_to_the_nearest() -> None:
    known = space(1, others=np.random.default_rng(2).normal(0, 2, (50, 20)))
    near = Neighbourhood(known, 5)
    for point in np.random.default_rng(3).normal(0, 1.5, (50, 20)).astype(np.float32):
        home, other = (
            np.sort(np.linalg.norm(films.astype(np.float64) - point, axis=1))[:5].mean()
            for films in (known.known, known.others)
        )
        assert near.distances(unprojected(known, point)) == pytest.approx((home, min(home, other)), rel=1e-3)
    # A known film itself, where the terms of the square cancel.
    first = np.sort(np.linalg.norm(known.known - known.known[0], axis=1))[:5].mean()
    assert near.distances(unprojected(known, known.known[0]))[0] == pytest.approx(first, abs=2e-2)


def test_too_few_films_of_other_patients_do_not_count() -> None:
    known = space(1, others=space(1).known[:4])
    assert len(set(Neighbourhood(known, 5).distances(unprojected(known, known.known[0] + 3)))) == 1


def classifier(seed: int, units: int = 5) -> AppearanceClassifier:
    rng = np.random.default_rng(seed)

    def drawn(*shape: int) -> np.ndarray:
        return rng.normal(0, 0.3, shape).astype(np.float32)

    length = DESCRIPTION_LENGTH
    return AppearanceClassifier(
        drawn(length),
        np.abs(drawn(length)) + 0.05,
        drawn(length, units),
        drawn(units),
        drawn(units, len(KINDS)),
        drawn(len(KINDS)),
        drawn(length),
    )


@pytest.mark.parametrize("seed", range(4))
def test_the_logit_of_a_film_is_that_of_its_probability(seed: int) -> None:
    weights = classifier(seed)
    description = describe(film(seed))
    appearance = weights(description)
    scaled = np.clip((description.astype(np.float64) - weights.mean) / weights.scale, -6, 6)
    kinds = np.maximum(scaled @ weights.hidden + weights.hidden_bias, 0) @ weights.output + weights.output_bias
    shares = np.exp(kinds - kinds.max()) / np.exp(kinds - kinds.max()).sum()
    chest = shares[0] + shares[1]
    assert appearance.film == pytest.approx(np.log(chest / (1 - chest)), abs=1e-3)
    assert appearance.kind == KINDS[int(kinds.argmax())]
    assert appearance.outside == pytest.approx(np.log(shares[1] / shares[0]), abs=1e-3)


def test_the_mirror_image_has_the_opposite_logit() -> None:
    weights = classifier(1)
    pixels = film(0)
    pixels[:, :60] //= 2
    one = weights(describe(pixels)).mirrored
    other = weights(describe(np.ascontiguousarray(pixels[:, ::-1]))).mirrored
    assert other == pytest.approx(-one, abs=1e-2)
    assert abs(one) > 0.1
