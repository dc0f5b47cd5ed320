"""What a film looks like, coarsely: where its edges run, and which way. The model has no part in it.

A network's features say what it was trained to tell apart and little of the rest: with them alone 3 % of brain slices
and photographs passed as chest films. Histograms of oriented gradients (Dalal and Triggs 2005, CVPR) over a 7 x 7 grid
catch those, and know which way up and which way round a film is, because the gradients keep their sign.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE_PX = 56
CELLS = 7
BINS = 8
LAYOUT_LENGTH = CELLS * CELLS * BINS


def describe_layout(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Describes a prepared film.

    Args:
        pixels: `(height, width)` uint8, as from `imaging.preprocess`. Sides that are no multiples of 56, as those of
            some backbones, are brought to the nearest multiple first.

    Returns:
        `(392,)` float32: for each cell of a 7 x 7 grid and each of 8 directions from dark to bright, the square root of
        its share of all edges (so that Euclidean distances are Hellinger distances). All zero where there is no edge.
    """
    small = _blocks(_in_whole_blocks(pixels))
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


def _in_whole_blocks(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    rows, columns = (max(1, round(side / SIDE_PX)) * SIDE_PX for side in pixels.shape)
    if (rows, columns) == pixels.shape:
        return pixels
    return np.asarray(Image.fromarray(pixels).resize((columns, rows), Image.Resampling.BILINEAR))


def _blocks(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
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
    """Where the cell of each block begins in a description, `(56, 56)`."""
    cell = np.arange(SIDE_PX) // (SIDE_PX // CELLS)
    return (cell[:, None] * CELLS + cell) * BINS


_FIRST_BIN = _first_bins()
_BIN_BEFORE = np.roll(np.arange(LAYOUT_LENGTH).reshape(-1, BINS), 1, axis=1).ravel()
"""For each number of a description the place of the same cell's direction before it."""

VIEWS: dict[str, tuple[int, bool, bool]] = {
    "inverted": (0, False, True),
    "turned_left": (1, False, False),
    "upside_down": (2, False, False),
    "turned_right": (3, False, False),
    "flipped": (0, True, False),
}
"""Ways a film may have gone wrong: quarter turns counter-clockwise, flipped top to bottom, inverted."""


def _orders() -> NDArray[np.intp]:
    """For each view, from where each number of the description comes when what went wrong is put right."""
    orders = []
    for quarters, flipped, inverted in VIEWS.values():
        # A quarter turn clockwise adds two to every bin, a flip changes its sign, black for white adds four.
        cells = np.rot90(np.arange(CELLS * CELLS).reshape(CELLS, CELLS), -quarters)
        cells = cells[::-1] if flipped else cells
        bins = np.arange(BINS) - (BINS // 2 if inverted else 0)
        bins = (-bins if flipped else bins) - quarters * BINS // 4
        orders.append((cells.reshape(-1, 1) * BINS + bins % BINS).ravel())
    return np.stack(orders)


_ORDERS = _orders()


def undo_views(layout: NDArray[np.float32]) -> NDArray[np.float32]:
    """Describes a film as it would be, had it gone wrong in each of the ways of `VIEWS` and were put right.

    Turns, flips and inversion only move the numbers of a description, so that no picture has to be turned.

    Args:
        layout: `(392,)` float32, from `describe_layout`.

    Returns:
        `(views, 392)` float32, in the order of `VIEWS`.
    """
    return layout[_ORDERS]
