"""What a film looks like, coarsely: histograms of oriented gradients and a small picture of its greys.

The model has no part in it. A network's features say what it was trained to tell apart and little of the rest: with
them alone 3 % of brain slices and photographs passed as chest films. Histograms of oriented gradients (Dalal and Triggs
2005, CVPR) over a 7 x 7 grid catch those, and know which way up a film is, because the gradients keep their sign. The
greys know what gradients forget: noise has gradients in all directions, as a whole chest has, but no lungs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]

SIDE_PX = 56
CELLS = 7
BINS = 8
LAYOUT_LENGTH = CELLS * CELLS * BINS
GREY_SIDE = 14
DESCRIPTION_LENGTH = LAYOUT_LENGTH + GREY_SIDE * GREY_SIDE

_LEAST_DEVIATION = 1e-3


def describe(pixels: NDArray[np.uint8]) -> Floats:
    """Describes a prepared film.

    Args:
        pixels: `(height, width)` uint8, as from `imaging.preprocess`. Sides that are no multiples of 56, as those of
            some backbones, are brought to the nearest multiple first.

    Returns:
        `(588,)` float32: the layout, then the greys. Layout, 392 numbers: for each cell of a 7 x 7 grid and each of 8
        directions from dark to bright, the square root of its share of all edges (so that Euclidean distances are
        Hellinger distances); all zero where there is no edge. Greys, 196 numbers: means of a 14 x 14 grid, brought to
        mean 0 and standard deviation 1.
    """
    small = _blocks(_in_whole_blocks(pixels))
    return np.concatenate([_layout(small), _greys(small)])


def layout_of(description: Floats) -> Floats:
    """The layout part of descriptions: `(..., 588)` to `(..., 392)`."""
    return description[..., :LAYOUT_LENGTH]


def mirrored(description: Floats) -> Floats:
    """Describes a film as it would be, mirrored left to right.

    Args:
        description: `(..., 588)` float32.

    Returns:
        The same shape: mirroring only moves the numbers of a description.
    """
    image: Floats = description[..., _MIRRORED]
    return image


def _layout(small: Floats) -> Floats:
    across, down = np.zeros_like(small), np.zeros_like(small)
    across[:, 1:-1] = small[:, 2:] - small[:, :-2]
    down[1:-1] = small[2:] - small[:-2]
    strength = np.sqrt(across * across + down * down)
    # Each edge is shared between the two nearest of the eight directions: counted in the lower one, a part moves on.
    direction = np.arctan2(down, across) * np.float32(BINS / (2 * np.pi))
    lower = np.floor(direction)
    bins = lower.astype(np.intp)
    bins &= BINS - 1
    bins += _FIRST_BIN
    direction -= lower
    direction *= strength
    histogram = np.bincount(bins.ravel(), strength.ravel(), LAYOUT_LENGTH)
    moved = np.bincount(bins.ravel(), direction.ravel(), LAYOUT_LENGTH)
    histogram += moved[_BIN_BEFORE]
    histogram -= moved
    np.maximum(histogram, 0, out=histogram)
    total = float(histogram.sum())
    return np.sqrt(histogram / total).astype(np.float32) if total > 0 else np.zeros(LAYOUT_LENGTH, dtype=np.float32)


def _greys(small: Floats) -> Floats:
    block = SIDE_PX // GREY_SIDE
    greys: Floats = small.reshape(GREY_SIDE, block, GREY_SIDE, block).mean(axis=(1, 3)).ravel()
    greys -= greys.mean()
    greys /= np.sqrt(np.mean(greys * greys)) + np.float32(_LEAST_DEVIATION)
    return greys


def _in_whole_blocks(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    rows, columns = (max(1, round(side / SIDE_PX)) * SIDE_PX for side in pixels.shape)
    if (rows, columns) == pixels.shape:
        return pixels
    return np.asarray(Image.fromarray(pixels).resize((columns, rows), Image.Resampling.BILINEAR))


def _blocks(pixels: NDArray[np.uint8]) -> Floats:
    """Means over the blocks of a 56 x 56 grid, float32: sums of strided views, ten times as fast as `mean`."""
    high, wide = pixels.shape[0] // SIDE_PX, pixels.shape[1] // SIDE_PX
    # Beyond 257 pixels a block of white ones overflows uint16; those of prepared films have sixteen.
    rows: NDArray[np.unsignedinteger[Any]] = pixels[0::high].astype(np.uint16 if high * wide <= 257 else np.uint32)
    for offset in range(1, high):
        rows += pixels[offset::high]
    blocks = rows[:, 0::wide].copy()
    for offset in range(1, wide):
        blocks += rows[:, offset::wide]
    return blocks * np.float32(1 / (high * wide))


def _first_bins() -> NDArray[np.intp]:
    """Where the cell of each block begins in a layout, `(56, 56)`."""
    cell = np.arange(SIDE_PX) // (SIDE_PX // CELLS)
    return (cell[:, None] * CELLS + cell) * BINS


def _mirrored_order() -> NDArray[np.intp]:
    """For each number of a mirrored film's description, which number of the film's own it is."""
    cells = np.arange(CELLS * CELLS).reshape(CELLS, CELLS)[:, ::-1]
    bins = (BINS // 2 - np.arange(BINS)) % BINS  # a direction a becomes 180 degrees - a
    layout = (cells.reshape(-1, 1) * BINS + bins).ravel()
    greys = np.arange(GREY_SIDE * GREY_SIDE).reshape(GREY_SIDE, GREY_SIDE)[:, ::-1].ravel()
    return np.concatenate([layout, LAYOUT_LENGTH + greys])


_FIRST_BIN = _first_bins()
_BIN_BEFORE = np.roll(np.arange(LAYOUT_LENGTH).reshape(-1, BINS), 1, axis=1).ravel()
"""For each number of a layout the place of the same cell's direction before it."""
_MIRRORED = _mirrored_order()
