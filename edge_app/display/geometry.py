"""Where things are: fitting, zooming, turning and measuring, in numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from edge_app.imaging.radiograph import PixelSpacing

MIN_ZOOM = 0.02
MAX_ZOOM = 32.0
WHEEL_ZOOM = 1.2
"""Factor of one notch of a wheel (120 units of Qt's angle delta)."""


@dataclass(frozen=True, slots=True)
class Length:
    """A measured distance.

    Attributes:
        value: Millimetres or pixels, as `unit` says.
        unit: `mm` only where the file states a spacing.
        at_detector: Whether the spacing is that of the detector's plane: the body is 5-15 % smaller than measured.
    """

    value: float
    unit: Literal["mm", "px"]
    at_detector: bool = False


@dataclass(frozen=True, slots=True)
class Orientation:
    """How a film is turned on the screen.

    Attributes:
        quarter_turns: Clockwise turns by 90 degrees, 0..3.
        mirrored: Left and right exchanged, before the turn.
    """

    quarter_turns: int = 0
    mirrored: bool = False

    def turned(self, quarter_turns: int) -> Orientation:
        """Returns the orientation after further clockwise turns on the screen."""
        return Orientation((self.quarter_turns + quarter_turns) % 4, self.mirrored)

    def flipped(self) -> Orientation:
        """Returns the orientation mirrored left to right on the screen, however the film is turned."""
        return Orientation(-self.quarter_turns % 4, not self.mirrored)

    def matrix(self) -> tuple[int, int, int, int]:
        """Returns `(m11, m12, m21, m22)` of `x' = m11 x + m21 y`, `y' = m12 x + m22 y` (Qt's order; y points down)."""
        cos, sin = ((1, 0), (0, 1), (-1, 0), (0, -1))[self.quarter_turns]
        sign = -1 if self.mirrored else 1
        return sign * cos, sign * sin, -sin, cos

    def size(self, columns: int, rows: int) -> tuple[int, int]:
        """Width and height on the screen of a film of `columns` x `rows`."""
        return (rows, columns) if self.quarter_turns % 2 else (columns, rows)


UPRIGHT = Orientation()


def fit_zoom(columns: int, rows: int, width_px: float, height_px: float, orientation: Orientation) -> float:
    """Returns the zoom, screen pixels per film pixel, at which the whole film is visible.

    Args:
        columns: Width of the film, pixels.
        rows: Height of the film, pixels.
        width_px: Width of the viewport, screen pixels.
        height_px: Height of the viewport, screen pixels.
        orientation: How the film is turned.
    """
    wide, high = orientation.size(max(1, columns), max(1, rows))
    return clamp_zoom(min(width_px / wide, height_px / high))


def clamp_zoom(zoom: float) -> float:
    """Limits a zoom to 2 % to 3200 %."""
    return min(MAX_ZOOM, max(MIN_ZOOM, zoom))


def wheel_factor(angle_delta: float) -> float:
    """Returns the zoom factor of a wheel event; `angle_delta` is 120 for a notch, less on smooth devices."""
    return float(WHEEL_ZOOM ** (angle_delta / 120))


def distance(start: tuple[float, float], end: tuple[float, float], spacing: PixelSpacing | None) -> Length:
    """Measures between two points of a film.

    Args:
        start: `(x, y)`, film pixels.
        end: `(x, y)`, film pixels.
        spacing: Size of a pixel, where the file states it.

    Returns:
        Millimetres where the spacing is known, else pixels.
    """
    dx, dy = end[0] - start[0], end[1] - start[1]
    if spacing is None:
        return Length(math.hypot(dx, dy), "px")
    return Length(math.hypot(dx * spacing.column_mm, dy * spacing.row_mm), "mm", spacing.origin == "detector")


def pixel_at(x: float, y: float, columns: int, rows: int) -> tuple[int, int] | None:
    """Returns `(column, row)` of the pixel under a point of the film; None outside of it."""
    column, row = math.floor(x), math.floor(y)
    return (column, row) if 0 <= column < columns and 0 <= row < rows else None
