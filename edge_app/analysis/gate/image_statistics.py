"""Cheap figures of a prepared film: bright or dark, flat or contrasty, sharp or blurred, cut or whole."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

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
    histogram = Image.fromarray(rows).histogram()
    ranks = list(accumulate(histogram))
    low, high = _percentile(ranks, 0.05), _percentile(ranks, 0.95)
    contrast = high - low
    return FilmStatistics(
        mean=int(rows.sum(dtype=np.uint32)) / rows.size,
        contrast=contrast,
        sharpness=100 * _mean_laplacian(pixels, rows) / max(contrast, 1.0),
        empty_share=max(_flat_share(rows), _flat_share(rows.T)),
        clipped_share=(histogram[0] + histogram[255]) / rows.size,
        levels=len(histogram) - histogram.count(0),
    )


def _percentile(ranks: Sequence[int], share: float) -> float:
    """A percentile of grey levels, interpolated between ranks as numpy does.

    Args:
        ranks: By grey level: how many pixels are at most as bright.
        share: 0..1.
    """
    place = share * (ranks[-1] - 1)
    rank = int(place)
    lower = bisect_right(ranks, rank)
    upper = bisect_right(ranks, min(rank + 1, ranks[-1] - 1))
    return lower + (upper - lower) * (place - rank)


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
