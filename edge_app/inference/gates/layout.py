"""What a film looks like, coarsely: where its edges run, and which way. The model has no part in it.

A network's features say what it was trained to tell apart and little of the rest: with them alone 3 % of brain slices
and photographs passed as chest films. Histograms of oriented gradients (Dalal and Triggs 2005, CVPR) over a 7 x 7 grid
catch those, and know which way up and which way round a film is, because the gradients keep their sign.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SIDE_PX = 56
CELLS = 7
BINS = 8
LAYOUT_LENGTH = CELLS * CELLS * BINS


def describe_layout(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Describes a prepared film.

    Args:
        pixels: `(height, width)` uint8, as from `imaging.preprocess`; sides that are multiples of 56.

    Returns:
        `(392,)` float32: for each cell of a 7 x 7 grid and each of 8 directions from dark to bright, the square root of
        its share of all edges (so that Euclidean distances are Hellinger distances). All zero where there is no edge.

    Raises:
        ValueError: The sides are no multiples of 56.
    """
    rows, columns = pixels.shape
    if rows % SIDE_PX or columns % SIDE_PX:
        raise ValueError(f"A layout needs sides that are multiples of {SIDE_PX}. Received: {pixels.shape}.")
    small = pixels.reshape(SIDE_PX, rows // SIDE_PX, SIDE_PX, columns // SIDE_PX).mean(axis=(1, 3), dtype=np.float32)
    across, down = np.zeros_like(small), np.zeros_like(small)
    across[:, 1:-1] = small[:, 2:] - small[:, :-2]
    down[1:-1] = small[2:] - small[:-2]
    strength = np.hypot(across, down)
    # Each edge is shared between the two nearest of the eight directions.
    direction = np.arctan2(down, across) * np.float32(BINS / (2 * np.pi)) % BINS
    lower = np.floor(direction)
    upper_share = direction - lower
    lower_bin = lower.astype(np.intp) % BINS
    shares = np.zeros((SIDE_PX, SIDE_PX, BINS), dtype=np.float32)
    grid = np.indices((SIDE_PX, SIDE_PX), sparse=True)
    shares[(*grid, lower_bin)] = strength * (1 - upper_share)
    shares[(*grid, (lower_bin + 1) % BINS)] += strength * upper_share
    cell = SIDE_PX // CELLS
    histogram = shares.reshape(CELLS, cell, CELLS, cell, BINS).sum(axis=(1, 3)).ravel()
    total = float(histogram.sum())
    return np.sqrt(histogram / total).astype(np.float32) if total > 0 else np.zeros(LAYOUT_LENGTH, dtype=np.float32)


VIEWS: dict[str, tuple[int, bool, bool]] = {
    "inverted": (0, False, True),
    "turned a quarter to the left": (1, False, False),
    "upside down": (2, False, False),
    "turned a quarter to the right": (3, False, False),
    "flipped top to bottom": (0, True, False),
}
"""Ways a film may have gone wrong: quarter turns counter-clockwise, flipped, inverted."""


def undo_view(pixels: NDArray[np.uint8], name: str) -> NDArray[np.uint8]:
    """Returns a film as it would be, had it gone wrong in the way `name` of `VIEWS`: the wrong put right.

    Args:
        pixels: `(side, side)` uint8.
        name: A key of `VIEWS`.
    """
    quarters, flipped, inverted = VIEWS[name]
    turned = np.rot90(pixels, -quarters)
    turned = turned[::-1] if flipped else turned
    return np.ascontiguousarray(255 - turned if inverted else turned)
