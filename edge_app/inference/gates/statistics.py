"""Cheap figures of a prepared film: bright or dark, flat or contrasty, sharp or blurred, cut or whole."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

_FLAT_LEVELS = 2.0
"""A row or column whose grey levels vary by no more than this shows nothing."""
_LEVELS = np.arange(256)


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
    histogram = np.array(Image.fromarray(pixels).histogram())
    ranks = np.cumsum(histogram)
    low, high = _percentile(ranks, 0.05), _percentile(ranks, 0.95)
    contrast = high - low
    grey = pixels.astype(np.int16)
    laplacian = grey[1:-1, 1:-1] * np.int16(4)
    for neighbours in (grey[:-2, 1:-1], grey[2:, 1:-1], grey[1:-1, :-2], grey[1:-1, 2:]):
        laplacian -= neighbours
    np.abs(laplacian, out=laplacian)
    return FilmStatistics(
        mean=float(histogram @ _LEVELS) / pixels.size,
        contrast=contrast,
        sharpness=100 * float(laplacian.sum(dtype=np.int64)) / laplacian.size / max(contrast, 1.0),
        empty_share=max(_flat_share(pixels, axis) for axis in (0, 1)),
        clipped_share=float(histogram[0] + histogram[255]) / pixels.size,
        levels=int(np.count_nonzero(histogram)),
    )


def _percentile(ranks: NDArray[np.intp], share: float) -> float:
    """A percentile of grey levels, interpolated between ranks as numpy does.

    Args:
        ranks: `(256,)`: how many pixels are at most as bright.
        share: 0..1.
    """
    place = share * (int(ranks[-1]) - 1)
    rank = int(place)
    lower = int(np.searchsorted(ranks, rank, side="right"))
    upper = int(np.searchsorted(ranks, min(rank + 1, int(ranks[-1]) - 1), side="right"))
    return lower + (upper - lower) * (place - rank)


def _flat_share(pixels: NDArray[np.uint8], axis: int) -> float:
    """Share of the columns (axis 0) or rows (axis 1) whose grey levels hardly vary."""
    # A wide range is a large deviation: of n levels whose extremes lie r apart, at least r / sqrt(2 n).
    spread = pixels.max(axis=axis) - pixels.min(axis=axis)
    lines = np.flatnonzero(spread <= _FLAT_LEVELS * np.sqrt(2 * pixels.shape[axis]))
    if not len(lines):
        return 0.0
    chosen = np.take(pixels, lines, axis=1 - axis).astype(np.float32)
    return float((chosen.std(axis=axis) <= _FLAT_LEVELS).sum()) / len(spread)
