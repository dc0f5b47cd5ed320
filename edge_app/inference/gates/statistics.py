"""Cheap figures of a prepared film: bright or dark, flat or contrasty, sharp or blurred, cut or whole."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

_FLAT_LEVELS = 2.0
"""A row or column whose grey levels vary by no more than this shows nothing."""


class FilmStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of a prepared film.

    Attributes:
        mean: Mean grey, 0..255.
        contrast: From the 5th to the 95th percentile, grey levels.
        sharpness: Mean absolute Laplacian over contrast, per cent: falls with blur, rises with noise.
        empty_share: Share of rows or of columns, whichever is larger, that show nothing: collimation, or half a film.
        clipped_share: Share of pixels that are fully black or fully white.
        levels: Number of grey levels that occur.
    """

    mean: float
    contrast: float
    sharpness: float
    empty_share: float
    clipped_share: float
    levels: int


def measure(pixels: NDArray[np.uint8]) -> FilmStatistics:
    """Measures a prepared film, `(height, width)` uint8."""
    grey = pixels.astype(np.float32)
    low, high = np.percentile(grey, (5, 95))
    laplacian = 4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    contrast = float(high - low)
    empty = max(float((grey.std(axis=axis) <= _FLAT_LEVELS).mean()) for axis in (0, 1))
    histogram = np.bincount(pixels.ravel(), minlength=256)
    return FilmStatistics(
        mean=float(grey.mean()),
        contrast=contrast,
        sharpness=100 * float(np.abs(laplacian).mean()) / max(contrast, 1.0),
        empty_share=empty,
        clipped_share=float(histogram[0] + histogram[255]) / pixels.size,
        levels=int((histogram > 0).sum()),
    )
