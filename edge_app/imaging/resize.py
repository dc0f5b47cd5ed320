"""Resizing with a triangle filter, to the last bit the same on every machine.

Both passes are matrix products, which NumPy leaves to the machine's BLAS; of each matrix only the band that is not zero
is multiplied. Weights are whole multiples of a power of two, chosen so that no product and no sum has more digits than
its type: in whatever order a processor adds, and whether or not it rounds in between, the result is one and the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.imaging.parallel import in_strips
from edge_app.imaging.radiograph import GreyPixels

_COLUMNS_AT_ONCE = 16
"""Outputs that share one product. With more of them more zeros are multiplied, with fewer there are more calls."""


@dataclass(frozen=True, slots=True)
class _Exact:
    """How rows of a depth are summed without rounding.

    Attributes:
        dtype: What they are summed in.
        bits: Of a weight. The digits of float32 are 24: 8 of a pixel and 16 of a weight. Those of float64 are 53: 16 of
            a pixel, 18 of a row's weight and 18 of a column's.
        rows_at_once: As `_COLUMNS_AT_ONCE`, for rows.
    """

    dtype: np.dtype[Any]
    bits: int
    rows_at_once: int


_EXACT = {8: _Exact(np.dtype(np.float32), 16, rows_at_once=8), 16: _Exact(np.dtype(np.float64), 18, rows_at_once=4)}
"""By depth, bits."""


def resize(pixels: GreyPixels, height: int, width: int) -> NDArray[np.float64]:
    """Resizes with a triangle filter whose support grows with the reduction, as Pillow's BILINEAR, but rounds nothing.

    Args:
        pixels: `(rows, columns)` uint8 or uint16.
        height: Rows of the result.
        width: Columns of the result.

    Returns:
        `(height, width)`, on the scale of `pixels`.
    """
    rows, columns = pixels.shape
    exact = _EXACT[8 * pixels.dtype.itemsize]
    down = _Band.of(rows, height, exact.rows_at_once, exact.bits, exact.dtype)
    along = _Band.of(columns, width, _COLUMNS_AT_ONCE, 18, np.dtype(np.float64))

    def strip(first: int, end: int) -> NDArray[np.float64]:
        source = np.empty((down.reach, columns), dtype=exact.dtype)
        low = np.empty((end - first, exact.rows_at_once, columns), dtype=exact.dtype)
        for block, start in enumerate(down.starts[first:end]):
            np.copyto(source, pixels[start : start + down.reach])
            np.matmul(down.weights[first + block], source, out=low[block])
        lines = low.reshape(-1, columns).astype(np.float64, copy=False)
        small = np.empty((len(lines), len(along.starts) * _COLUMNS_AT_ONCE))
        for block, start in enumerate(along.starts):
            outputs = slice(block * _COLUMNS_AT_ONCE, (block + 1) * _COLUMNS_AT_ONCE)
            np.matmul(lines[:, start : start + along.reach], along.weights[block].T, out=small[:, outputs])
        return small

    strips = in_strips(len(down.starts), pixels.size, strip)
    return (strips[0] if len(strips) == 1 else np.concatenate(strips))[:height, :width]


@dataclass(frozen=True, slots=True, eq=False)
class _Band:
    """The matrix of one pass, as blocks of its rows: each over the inputs that they need.

    Attributes:
        starts: First input of each block.
        reach: How many inputs each block has.
        weights: `(blocks, outputs of a block, reach)`; those of an output sum to 1. The last block may have outputs
            behind the last one wanted.
    """

    starts: list[int]
    reach: int
    weights: NDArray[Any]

    @classmethod
    @lru_cache(maxsize=16)
    def of(cls, size: int, wanted: int, at_once: int, bits: int, dtype: np.dtype[Any]) -> _Band:
        """Works out the weights for `wanted` outputs from `size` inputs, in units of 2^-bits."""
        scale = size / wanted
        support = max(scale, 1.0)
        blocks = -(-wanted // at_once)
        # Centres of the outputs among the inputs; pixel centres are at half-integers. None lies behind the film.
        centres = np.minimum((np.arange(blocks * at_once) + 0.5) * scale, size - 0.5 * min(scale, 1.0))
        centres = centres.reshape(blocks, at_once)
        starts = np.maximum(centres[:, 0] - support + 0.5, 0).astype(np.intp)
        ends = np.minimum(centres[:, -1] + support + 0.5, size).astype(np.intp)
        reach = int((ends - starts).max())
        starts = np.minimum(starts, size - reach)
        weights = (starts[:, None] - centres)[:, :, None] + (np.arange(reach) + 0.5)
        np.abs(weights, out=weights)
        weights *= -1 / support
        weights += 1
        np.maximum(weights, 0, out=weights)
        one = 2.0**bits
        weights *= (one / weights.sum(axis=-1))[:, :, None]
        np.rint(weights, out=weights)
        # What rounding took or gave goes to the input under the centre, which has the most.
        nearest = np.minimum(centres, size - 1).astype(np.intp) - starts[:, None]
        weights[np.arange(blocks)[:, None], np.arange(at_once), nearest] += one - weights.sum(axis=-1)
        weights /= one
        return cls(starts.tolist(), reach, weights.astype(dtype, copy=False))
