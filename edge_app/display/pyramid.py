"""A film at several sizes: a window/level drag then processes no more pixels than the screen shows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from edge_app.imaging.radiograph import GreyPixels

_SMALLEST_SIDE_PX = 256


@dataclass(slots=True)
class Pyramid:
    """Halved versions of a film, computed on first use.

    Attributes:
        pixels: `(rows, columns)` uint8 or uint16: level 0.
    """

    pixels: GreyPixels
    _levels: dict[int, GreyPixels] = field(default_factory=dict)

    def level_for(self, zoom: float) -> int:
        """Returns the coarsest level that still has a pixel for every screen pixel.

        Args:
            zoom: Screen pixels per film pixel.
        """
        level = 0
        side = min(self.pixels.shape)
        while zoom <= 0.5 and side // 2 >= _SMALLEST_SIDE_PX:
            zoom *= 2
            side //= 2
            level += 1
        return level

    def level(self, level: int) -> GreyPixels:
        """Returns `(ceil(rows / 2^level), ceil(columns / 2^level))` pixels, each the mean of those it covers."""
        if level == 0:
            return self.pixels
        if level not in self._levels:
            self._levels[level] = halve(self.level(level - 1))
        return self._levels[level]


def halve(pixels: GreyPixels) -> GreyPixels:
    """Returns rounded means of 2 x 2 pixels; an odd last row or column is repeated."""
    rows, columns = pixels.shape
    if rows % 2 or columns % 2:
        return halve(_even(pixels))
    total = pixels[0::2, 0::2].astype(np.uint32)
    total += pixels[1::2, 0::2]
    total += pixels[0::2, 1::2]
    total += pixels[1::2, 1::2]
    total += 2
    total >>= 2
    return total.astype(np.uint8) if pixels.dtype == np.uint8 else total.astype(np.uint16)


def _even(pixels: GreyPixels) -> GreyPixels:
    rows, columns = pixels.shape
    edges = np.pad(pixels, ((0, rows % 2), (0, columns % 2)), mode="edge")
    return edges.astype(np.uint8) if pixels.dtype == np.uint8 else edges.astype(np.uint16)
