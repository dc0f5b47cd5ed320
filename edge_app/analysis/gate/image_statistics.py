"""Image statistics of a preprocessed film: brightness, contrast, sharpness, empty and clipped areas."""

from __future__ import annotations

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

_EVERY = 4
"""Use every 4th row, which is enough for stable statistics."""
_FLAT_LEVELS = 2.0
"""Maximum standard deviation of an empty row or column, grey levels."""


class FilmStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """Image statistics of a preprocessed film.

    Attributes:
        mean: Mean grey level, 0..255.
        contrast: Difference of the 95th and 5th percentile, grey levels.
        sharpness: Mean absolute Laplacian divided by contrast, per cent; blur lowers it, noise raises it.
        empty_share: Share of empty rows or of empty columns, the larger of both.
        clipped_share: Share of black and white pixels.
        levels: Number of different grey levels.
    """

    mean: float
    contrast: float
    sharpness: float
    empty_share: float
    clipped_share: float
    levels: int


def measure(pixels: NDArray[np.uint8]) -> FilmStatistics:
    """Computes the statistics of a preprocessed film, `(height, width)` uint8."""
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
    """Returns percentiles for shares 0..1 from a `(256,)` histogram. `np.percentile` would sort the pixels."""
    ranks = histogram.cumsum()
    places = np.array(shares) * (ranks[-1] - 1)
    lower = np.searchsorted(ranks, np.floor(places), side="right")
    upper = np.searchsorted(ranks, np.ceil(places), side="right")
    return [float(value) for value in lower + (upper - lower) * (places - np.floor(places))]


def _mean_laplacian(pixels: NDArray[np.uint8], rows: NDArray[np.uint8]) -> float:
    """Returns the mean absolute Laplacian of the used rows without the outer columns, grey levels."""
    middle = rows.astype(np.int16)
    laplacian = middle << 2
    # Convert first: NumPy subtracts mixed types slowly.
    laplacian -= pixels[:-2:_EVERY].astype(np.int16)
    laplacian -= pixels[2::_EVERY].astype(np.int16)
    inside = laplacian[:, 1:-1]
    inside -= middle[:, :-2]
    inside -= middle[:, 2:]
    return (
        int(np.abs(inside).sum(dtype=np.int32)) / inside.size
    )  # each value is at most 2040: no overflow up to a million


def _flat_share(pixels: NDArray[np.uint8]) -> float:
    """Returns the share of empty columns."""
    # n levels with the range r have a deviation of at least r / sqrt(2 n): skip columns with a wide range.
    spread = pixels.max(axis=0) - pixels.min(axis=0)
    columns = np.flatnonzero(spread <= _FLAT_LEVELS * math.sqrt(2 * len(pixels)))
    if not len(columns):
        return 0.0
    deviations = np.take(pixels, columns, axis=1).astype(np.float32).std(axis=0)
    return float((deviations <= _FLAT_LEVELS).sum()) / len(spread)
