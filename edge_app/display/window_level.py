"""Window and level: which grey values of a film are spread over the screen's black to white. Display only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from edge_app.imaging.radiograph import GreyPixels

Preset = Literal["full", "auto", "lung", "dense"]
PRESETS: tuple[Preset, ...] = ("full", "auto", "lung", "dense")

_PERCENTILES: dict[Preset, tuple[float, float]] = {
    # 3D Slicer leaves out 0.1 % at each end; films carry burnt-in labels, so half a per cent here.
    "auto": (0.5, 99.5),
    # The aerated half of a chest film is its darker one, the mediastinum and the bones its brighter one.
    "lung": (1.0, 70.0),
    "dense": (35.0, 99.8),
}
_SAMPLE_PIXELS = 250_000
"""Pixels from which percentiles are taken: enough for an error below one grey level, in 2 ms."""
_MIN_WIDTH = 2.0


@dataclass(frozen=True, slots=True)
class WindowLevel:
    """A window, in the film's own grey values.

    Attributes:
        centre: The value shown as middle grey.
        width: How many values lie between black and white; at least 2.
    """

    centre: float
    width: float

    @classmethod
    def full(cls, white: int) -> WindowLevel:
        """The window that shows every value from 0 to `white` (255 or 65535)."""
        return cls((white + 1) / 2, white + 1.0)

    @classmethod
    def between(cls, low: float, high: float) -> WindowLevel:
        """The window that shows `low` as black and `high` as white."""
        width = max(_MIN_WIDTH, high - low + 1)
        return cls(low + width / 2, width)

    def dragged(self, dx_px: float, dy_px: float, white: int, span_px: float) -> WindowLevel:
        """Returns the window after a drag: to the right makes it wider, downwards makes the picture darker.

        Args:
            dx_px: Distance to the right, screen pixels.
            dy_px: Distance downwards, screen pixels.
            white: The film's highest possible value.
            span_px: Length of the drag that changes a value by `white`, screen pixels.

        Returns:
            The window, limited to the film's range: beyond it a drag would have no visible effect (Weasis #373).
        """
        per_px = white / span_px
        width = min(2.0 * (white + 1), max(_MIN_WIDTH, self.width + dx_px * per_px))
        centre = min(float(white), max(0.0, self.centre + dy_px * per_px))
        return WindowLevel(centre, width)

    def lut(self, white: int, *, inverted: bool = False) -> NDArray[np.uint8]:
        """Returns the screen's grey for every value of the film.

        The linear function of DICOM PS3.3 C.11.2.1.2.1, with centre - 0.5 and width - 1.

        Args:
            white: The film's highest possible value.
            inverted: Whether black and white are exchanged.

        Returns:
            `(white + 1,)` uint8.
        """
        values = np.arange(white + 1, dtype=np.float32)
        unit = (values - np.float32(self.centre - 0.5)) / np.float32(max(1.0, self.width - 1)) + np.float32(0.5)
        grey = np.rint(np.clip(unit, 0, 1) * 255)
        table: NDArray[np.uint8] = (255 - grey if inverted else grey).astype(np.uint8)
        return table


def preset_window(pixels: GreyPixels, preset: Preset) -> WindowLevel:
    """Finds the window of a preset for a film.

    Args:
        pixels: `(rows, columns)` uint8 or uint16.
        preset: `full` for every value the type can hold, else a range of the film's percentiles.

    Returns:
        The window; the full one for a film of a single value.
    """
    white = int(np.iinfo(pixels.dtype).max)
    if preset == "full":
        return WindowLevel.full(white)
    step = max(1, int(np.sqrt(pixels.size / _SAMPLE_PIXELS)))
    low, high = np.percentile(pixels[::step, ::step], _PERCENTILES[preset])
    return WindowLevel.between(float(low), float(high)) if high > low else WindowLevel.full(white)


def default_window(pixels: GreyPixels) -> WindowLevel:
    """Returns the window a film opens with: `full` for 8 bits, whose values were chosen for a screen; else `auto`."""
    return preset_window(pixels, "full" if pixels.dtype == np.uint8 else "auto")


def to_screen(pixels: GreyPixels, table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Looks up every pixel in a table.

    Args:
        pixels: `(rows, columns)` uint8 or uint16.
        table: As from `WindowLevel.lut` for the same type.

    Returns:
        `(rows, columns)` uint8, contiguous.
    """
    grey: NDArray[np.uint8] = np.take(table, pixels)
    return grey
