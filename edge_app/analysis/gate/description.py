"""A coarse description of a film: histograms of oriented gradients and a small grey image.

It does not use the model: with the model's features alone, 3 % of brain slices and photographs passed as chest films.
Histograms of oriented gradients (Dalal and Triggs 2005, CVPR) over a 7 x 7 grid detect those. The gradients keep their
sign, so that the description contains the orientation. The grey values detect noise, whose gradients have all
directions, like those of a chest.
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
    """Describes a preprocessed film.

    Args:
        pixels: `(height, width)` uint8, from `imaging.preprocess`. Sides are resized to the nearest multiple of 56.

    Returns:
        `(588,)` float32: the layout, then the greys. Layout, 392 numbers: for each cell of a 7 x 7 grid and each of 8
        directions from dark to bright, the square root of its share of all edges, so that Euclidean distances are
        Hellinger distances; all 0 if there are no edges. Greys, 196 numbers: means of a 14 x 14 grid, normalised to
        mean 0 and standard deviation 1.
    """
    small = _blocks(_in_whole_blocks(pixels))
    return np.concatenate([_layout(small), _greys(small)])


def layout_of(description: Floats) -> Floats:
    """Returns the layout part of descriptions: `(..., 588)` to `(..., 392)`."""
    return description[..., :LAYOUT_LENGTH]


def mirrored(description: Floats) -> Floats:
    """Returns the descriptions, `(..., 588)` float32, of the films mirrored left to right."""
    image: Floats = description[..., _MIRRORED]
    return image


def _layout(small: Floats) -> Floats:
    across, down = np.zeros_like(small), np.zeros_like(small)
    across[:, 1:-1] = small[:, 2:] - small[:, :-2]
    down[1:-1] = small[2:] - small[:-2]
    strength = np.sqrt(across * across + down * down)
    # Each edge is divided between its two nearest directions: add it to the lower one, then move a part on.
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
    """Returns means of the blocks of a 56 x 56 grid, float32. Sums of strided views are ten times as fast as `mean`."""
    high, wide = pixels.shape[0] // SIDE_PX, pixels.shape[1] // SIDE_PX
    # A white block of more than 257 pixels overflows uint16; usual blocks have 16 pixels.
    rows: NDArray[np.unsignedinteger[Any]] = pixels[0::high].astype(np.uint16 if high * wide <= 257 else np.uint32)
    for offset in range(1, high):
        rows += pixels[offset::high]
    blocks = rows[:, 0::wide].copy()
    for offset in range(1, wide):
        blocks += rows[:, offset::wide]
    return blocks * np.float32(1 / (high * wide))


def _first_bins() -> NDArray[np.intp]:
    """Returns the first bin of each block's cell in a layout, `(56, 56)`."""
    cell = np.arange(SIDE_PX) // (SIDE_PX // CELLS)
    return (cell[:, None] * CELLS + cell) * BINS


def _mirrored_order() -> NDArray[np.intp]:
    """Returns the index in a description for each number of the mirrored description."""
    cells = np.arange(CELLS * CELLS).reshape(CELLS, CELLS)[:, ::-1]
    bins = (BINS // 2 - np.arange(BINS)) % BINS  # a direction a becomes 180 degrees - a
    layout = (cells.reshape(-1, 1) * BINS + bins).ravel()
    greys = np.arange(GREY_SIDE * GREY_SIDE).reshape(GREY_SIDE, GREY_SIDE)[:, ::-1].ravel()
    return np.concatenate([layout, LAYOUT_LENGTH + greys])


_FIRST_BIN = _first_bins()
_BIN_BEFORE = np.roll(np.arange(LAYOUT_LENGTH).reshape(-1, BINS), 1, axis=1).ravel()
"""Index of the previous direction in the same cell, for each number of a layout."""
_MIRRORED = _mirrored_order()
