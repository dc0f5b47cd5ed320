"""Resizing with a triangle filter. The result is the same on every machine, bit for bit.

Both passes are matrix products by the machine's BLAS; only the non-zero band of each matrix is multiplied. The 24
digits of float32 are divided between values and weights so that no sum is ever rounded. The result therefore does not
depend on the order in which a processor adds. A film of 8 bits takes 0.6 ms (Pillow: 2.5 ms), one of 16 bits 1.3 ms
(Pillow: 8.4 ms).
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from edge_app.imaging.radiograph import GreyPixels
from edge_app.system.parallel import in_strips

Floats = NDArray[np.float32]

# Outputs of one product. With more of them more zeros are multiplied, with fewer there are more products.
_ROWS_AT_ONCE = 4
_COLUMNS_AT_ONCE = 4
_GROUP_BYTES = 2_000_000
"""Target size of one NumPy call, bytes. Smaller means more calls, and more waiting of threads for Python's lock."""


@dataclass(frozen=True, slots=True)
class _Digits:
    """How the 24 digits of float32 are shared out.

    Attributes:
        row_weight: Binary digits of a weight in the first pass, over the rows. The other digits are the pixel's.
        between: Binary digits of a value between the passes; values are rounded to them.
        column_weight: Binary digits of a weight in the second pass.
    """

    row_weight: int
    between: int
    column_weight: int


_DIGITS = {8: _Digits(16, 12, 12), 16: _Digits(8, 16, 8)}
"""Digits by depth, bits. With weights of 8 digits, a film of 16 bits differs from the exact result by hundredths of a
level."""


def resize(pixels: GreyPixels, height: int, width: int) -> Floats:
    """Resizes with a triangle filter whose support grows with the reduction, as Pillow's BILINEAR.

    Args:
        pixels: `(rows, columns)` uint8 or uint16.
        height: Rows of the result.
        width: Columns of the result.

    Returns:
        `(height, width)` float32, on the scale of `pixels`, not rounded to whole levels.
    """
    rows, columns = pixels.shape
    bits = 8 * pixels.dtype.itemsize
    digits = _DIGITS[bits]
    most_products = max(1, int(_GROUP_BYTES / (4 * columns * _ROWS_AT_ONCE * max(rows / height, 1.0))))
    # Between the passes values are whole numbers of `between` digits, at the end they are on the scale of the pixels.
    between = 2.0 ** (digits.between - bits)
    down = _Band.of(rows, height, _ROWS_AT_ONCE, most_products, digits.row_weight, between)
    along = _Band.of(columns, width, _COLUMNS_AT_ONCE, width, digits.column_weight, 1 / between)
    rows_done = down.products * down.at_once
    resized = np.empty((down.outputs, along.outputs), dtype=np.float32)

    def strip(first: int, end: int) -> None:
        source = _SCRATCH.floats("source", down.reach_of_group, columns)
        windows = down.windows(source)
        lines = _SCRATCH.floats("lines", (end - first) * rows_done, along.before + columns + along.behind)
        products = lines.reshape(end - first, down.products, down.at_once, -1)
        for group in range(first, end):
            top = down.starts[group]
            inside = slice(max(0, -top), min(down.reach_of_group, rows - top))
            np.copyto(source[inside], pixels[top + inside.start : top + inside.stop])
            film_lines = products[group - first, :, :, along.before : along.before + columns]
            np.matmul(down.weights[group], windows, out=film_lines)
        np.rint(lines, out=lines)
        done = resized[first * rows_done : end * rows_done]
        np.matmul(
            along.windows(lines.T[along.before + along.starts[0] :]).transpose(0, 2, 1),
            along.weights[0].swapaxes(1, 2),
            out=done.reshape(len(lines), along.products, along.at_once).transpose(1, 0, 2),
        )

    in_strips(len(down.starts), pixels.size, strip)
    return resized[:height, :width]


class _Scratch(threading.local):
    """Memory that each thread keeps from film to film: to allocate it anew takes longer than to compute in it."""

    def __init__(self) -> None:
        self._kept: dict[str, Floats] = {}

    def floats(self, name: str, rows: int, columns: int) -> Floats:
        """Returns `(rows, columns)` float32, not cleared; all values are finite."""
        kept = self._kept.get(name)
        if kept is None or kept.size < rows * columns:
            kept = self._kept[name] = np.zeros(rows * columns, dtype=np.float32)
        return kept[: rows * columns].reshape(rows, columns)


_SCRATCH = _Scratch()


@dataclass(frozen=True, slots=True, eq=False)
class _Band:
    """The matrix of one pass: its band, cut into small products of a few outputs and the inputs that they need.

    Products stand in groups, evenly spaced within each, so that one call to NumPy does a group of them.

    Attributes:
        at_once: Outputs of a product.
        products: Products of a group.
        starts: First input of each group; may lie before the first one there is, and the last behind the last.
        stride: From the first input of a product to that of the next.
        reach: Inputs of a product.
        weights: `(groups, products, at_once, reach)` float32; those of an output add up to the scale that was asked
            for, or to 0 for outputs behind the last one wanted.
        before: How many inputs are missing before the first one.
        behind: And behind the last one.
    """

    at_once: int
    products: int
    starts: list[int]
    stride: int
    reach: int
    weights: Floats
    before: int
    behind: int

    @property
    def outputs(self) -> int:
        """Outputs of all groups."""
        return len(self.starts) * self.products * self.at_once

    @property
    def reach_of_group(self) -> int:
        """Inputs of a group."""
        return (self.products - 1) * self.stride + self.reach

    def windows(self, inputs: Floats) -> NDArray[Any]:
        """The inputs of each product of a group, `(products, reach, others)`, as views.

        Args:
            inputs: `(inputs of a group or more, others)`.
        """
        step, along = inputs.strides
        shape = (self.products, self.reach, inputs.shape[1])
        return as_strided(inputs, shape, (self.stride * step, step, along), writeable=False)

    @classmethod
    @lru_cache(maxsize=16)
    def of(cls, size: int, wanted: int, at_once: int, most_products: int, bits: int, outputs_scale: float) -> _Band:
        """Works out the weights for `wanted` outputs from `size` inputs.

        Args:
            size: Inputs.
            wanted: Outputs.
            at_once: Number of rows of one product.
            most_products: Of a group; there are as many as divide all products evenly.
            bits: Binary digits of a weight.
            outputs_scale: What the weights of an output add up to, a power of two.
        """
        scale = size / wanted
        support = max(scale, 1.0)
        count = math.ceil(wanted / at_once)
        products = next(number for number in range(most_products, 0, -1) if count % number == 0)
        # Centres of the outputs among the inputs; pixel centres are at half-integers.
        centres = ((np.arange(count * at_once) + 0.5) * scale).reshape(-1, products, at_once)
        needed = np.floor(centres[:, :, 0] - support + 0.5).astype(np.intp)
        ends = np.floor(centres[:, :, -1] + support + 0.5).astype(np.intp)
        stride = int(scale * at_once)
        apart = np.arange(products) * stride
        starts = (needed - apart).min(axis=1)
        reach = int((ends - starts[:, None] - apart).max())
        inputs = (starts[:, None] + apart)[:, :, None] + np.arange(reach)
        weights = np.abs(inputs[:, :, None, :] + 0.5 - centres[:, :, :, None])
        weights = np.maximum(1 - weights / support, 0)
        weights *= ((inputs >= 0) & (inputs < size))[:, :, None, :]
        total = weights.sum(axis=-1, keepdims=True)
        weights = np.rint(weights * np.divide(2.0**bits, total, out=np.zeros_like(total), where=total > 0))
        # The largest weight takes up the rounding error of the others: there it matters least.
        largest = np.expand_dims(weights.argmax(axis=-1), -1)
        short = np.where(total > 0, 2.0**bits - weights.sum(axis=-1, keepdims=True), 0)
        np.put_along_axis(weights, largest, np.take_along_axis(weights, largest, -1) + short, -1)
        return cls(
            at_once,
            products,
            starts.tolist(),
            stride,
            reach,
            (weights * (outputs_scale / 2.0**bits)).astype(np.float32),
            before=max(0, -int(starts[0])),
            behind=max(0, int(starts[-1]) + (products - 1) * stride + reach - size),
        )
