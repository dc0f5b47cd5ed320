"""Perceptual hashes, which find near-copies of a film."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_SIDE_PX = 32
_LOW = 8


def perceptual_hash(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> int:
    """The DCT hash of a film (Zauner 2010, "Implementation and benchmarking of perceptual image hash functions").

    Args:
        pixels: `(rows, columns)`, uint8 or uint16.

    Returns:
        64 bits: for each of the 8 x 8 lowest frequencies of the film at 32 x 32, whether it lies above their median.
    """
    small = np.asarray(
        Image.fromarray(pixels.astype(np.float32)).resize((_SIDE_PX, _SIDE_PX), Image.Resampling.BOX), dtype=np.float64
    )
    low = _DCT @ small @ _DCT.T
    coefficients = low.ravel()
    bits = coefficients > np.median(coefficients[1:])  # the first is the mean grey, far from all others
    return int(np.packbits(bits).view(">u8")[0])


def near_pairs(hashes: Sequence[int], max_distance: int) -> list[tuple[int, int]]:
    """Finds all pairs of hashes that differ in at most `max_distance` bits.

    Args:
        hashes: 64-bit hashes.
        max_distance: Bits, 0..64.

    Returns:
        Pairs of indices, the smaller first.
    """
    values = np.array(hashes, dtype=np.uint64)
    pairs: list[tuple[int, int]] = []
    for index in range(len(values) - 1):
        differing = np.bitwise_xor(values[index + 1 :], values[index])
        distance = np.unpackbits(differing.view(np.uint8).reshape(-1, 8), axis=1).sum(axis=1)
        pairs.extend((index, index + 1 + int(offset)) for offset in np.flatnonzero(distance <= max_distance))
    return pairs


def _dct_rows() -> NDArray[np.float64]:
    """The first rows of the orthonormal DCT-II matrix, `(8, 32)`."""
    n = np.arange(_SIDE_PX)
    k = np.arange(_LOW)[:, None]
    rows: NDArray[np.float64] = np.cos(np.pi * (2 * n + 1) * k / (2 * _SIDE_PX)) * np.sqrt(2 / _SIDE_PX)
    rows[0] /= np.sqrt(2)
    return rows


_DCT = _dct_rows()
