"""Cheap figures of a prepared film: bright or dark, flat or contrasty, sharp or blurred, cut or whole."""

from __future__ import annotations

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

_EVERY = 4
"""Of the rows every fourth is looked at: the figures say of a film as a whole what they say of these."""
_FLAT_LEVELS = 2.0
"""A row or column whose grey levels vary by no more than this shows nothing."""


class FilmStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of a prepared film, of every fourth of its rows.

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
    rows = np.ascontiguousarray(pixels[1:-1:_EVERY])
    histogram = np.bincount(rows.ravel(), minlength=256)
    low, high = _percentiles(histogram, (0.05, 0.95))
    contrast = high - low
    return FilmStatistics(
        mean=int(rows.sum(dtype=np.uint32)) / rows.size,
        contrast=contrast,
        sharpness=100 * _mean_laplacian(pixels, rows) / max(contrast, 1.0),
        empty_share=max(_flat_share(rows), _flat_share(rows.T)),
        clipped_share=int(histogram[0] + histogram[255]) / rows.size,
        levels=int(np.count_nonzero(histogram)),
    )


def _percentiles(histogram: NDArray[np.intp], shares: tuple[float, ...]) -> list[float]:
    """Percentiles of grey levels, interpolated between ranks as `np.percentile` does; it would have to sort.

    Args:
        histogram: `(256,)`: number of pixels by grey level.
        shares: 0..1.
    """
    ranks = histogram.cumsum()
    places = np.array(shares) * (ranks[-1] - 1)
    lower = np.searchsorted(ranks, np.floor(places), side="right")
    upper = np.searchsorted(ranks, np.ceil(places), side="right")
    return [float(value) for value in lower + (upper - lower) * (places - np.floor(places))]


def _mean_laplacian(pixels: NDArray[np.uint8], rows: NDArray[np.uint8]) -> float:
    """The mean absolute Laplacian of the rows that are looked at, without the outermost columns, grey levels."""
    middle = rows.astype(np.int16)
    laplacian = middle << 2
    # Converted first: NumPy is slow where it has to convert while it subtracts.
    laplacian -= pixels[:-2:_EVERY].astype(np.int16)
    laplacian -= pixels[2::_EVERY].astype(np.int16)
    inside = laplacian[:, 1:-1]
    inside -= middle[:, :-2]
    inside -= middle[:, 2:]
    return int(np.abs(inside).sum(dtype=np.int32)) / inside.size  # at most 2040 each: enough for a million of them


def _flat_share(pixels: NDArray[np.uint8]) -> float:
    """Share of the columns whose grey levels hardly vary."""
    # A wide range is a large deviation: of n levels whose extremes lie r apart, at least r / sqrt(2 n).
    spread = pixels.max(axis=0) - pixels.min(axis=0)
    columns = np.flatnonzero(spread <= _FLAT_LEVELS * math.sqrt(2 * len(pixels)))
    if not len(columns):
        return 0.0
    deviations = np.take(pixels, columns, axis=1).astype(np.float32).std(axis=0)
    return float((deviations <= _FLAT_LEVELS).sum()) / len(spread)
