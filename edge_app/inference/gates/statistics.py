"""Cheap figures of a prepared film: bright or dark, flat or contrasty, sharp or blurred, cut or whole."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

_FLAT_LEVELS = 2.0
"""A row or column whose grey levels vary by no more than this shows nothing."""
_SOME_ROWS = 8
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
    laplacian = _laplacian(pixels)
    return FilmStatistics(
        mean=float(histogram @ _LEVELS) / pixels.size,
        contrast=contrast,
        sharpness=100 * float(laplacian.sum(dtype=np.int64)) / laplacian.size / max(contrast, 1.0),
        empty_share=max(_flat_share(pixels), _flat_share(pixels.T)),
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


def _laplacian(pixels: NDArray[np.uint8]) -> NDArray[np.int16]:
    """The absolute Laplacian of all pixels but the outermost, `(height - 2, width - 2)`, grey levels."""
    width = pixels.shape[1]
    # All in one line, which is twice as fast as strips of rows; where a row ends the next begins, and is left out.
    line = pixels.astype(np.int16).ravel()
    laplacian = line[width:-width] * np.int16(4)
    for neighbours in (
        line[: -2 * width],
        line[2 * width :],
        line[width - 1 : -width - 1],
        line[width + 1 : 1 - width],
    ):
        laplacian -= neighbours
    inside: NDArray[np.int16] = np.abs(laplacian).reshape(-1, width)[:, 1:-1]
    return inside


def _flat_share(pixels: NDArray[np.uint8]) -> float:
    """Share of the columns whose grey levels hardly vary."""
    # A wide range is a large deviation: of n levels whose extremes lie r apart, at least r / sqrt(2 n). Some rows are
    # enough to see that of nearly every column.
    some = np.ascontiguousarray(pixels[::_SOME_ROWS])
    spread = some.max(axis=0) - some.min(axis=0)
    columns = np.flatnonzero(spread <= _FLAT_LEVELS * np.sqrt(2 * len(pixels)))
    if not len(columns):
        return 0.0
    deviations = np.take(pixels, columns, axis=1).astype(np.float32).std(axis=0)
    return float((deviations <= _FLAT_LEVELS).sum()) / len(spread)
