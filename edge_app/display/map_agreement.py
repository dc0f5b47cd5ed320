"""How well two evidence grids agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def correlation(first: NDArray[np.float32], second: NDArray[np.float32]) -> float | None:
    """Pearson correlation of two grids over their cells.

    Args:
        first: `(grid rows, grid columns)` float32.
        second: The same shape.

    Returns:
        -1..1; None where a grid is constant, as it is without any evidence: it has no pattern to compare.

    Raises:
        ValueError: The shapes differ.
    """
    if first.shape != second.shape:
        raise ValueError(f"Grids of one shape can be compared. Received: {first.shape} and {second.shape}.")
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(np.clip(np.corrcoef(first.ravel(), second.ravel())[0, 1], -1, 1))
