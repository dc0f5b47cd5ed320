"""Where the lungs are on a film, as masks: drawn by people, or as the net's lung head says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from edge_app.display.heatmap import enlarge

Mask = NDArray[np.bool_]


def lung_mask(lungs: NDArray[np.float32], rows: int, columns: int) -> Mask:
    """Enlarges what the lung head says.

    Args:
        lungs: `(rows, columns)` of its cells, 0..1.
        rows: Height of the film, pixels.
        columns: Its width, pixels.

    Returns:
        `(rows, columns)` of the film, True inside.
    """
    return enlarge(lungs, rows, columns) > 0.5


def chest_mask(lungs: Mask) -> Mask:
    """The convex hull of the mask of both lungs; the same shape."""
    if not lungs.any():
        return lungs
    from scipy.spatial import ConvexHull

    canvas = Image.new("L", (lungs.shape[1], lungs.shape[0]))
    places = np.argwhere(lungs)[:, ::-1]
    corners = places[ConvexHull(places).vertices]
    ImageDraw.Draw(canvas).polygon([(float(x), float(y)) for x, y in corners], fill=1)
    return np.asarray(canvas) > 0


def overlap(first: Mask, second: Mask) -> float:
    """Dice coefficient of two masks: twice what they share by what they hold, 0..1."""
    return float(2 * (first & second).sum() / max(int(first.sum() + second.sum()), 1))
