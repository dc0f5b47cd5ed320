"""Renders the visible part of a film through the window, at the resolution of the screen.

It never converts a whole film of 12 megapixels, so dragging window and level is fluid and takes little memory.
"""

from __future__ import annotations

import math
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from edge_app.display.pyramid import Pyramid
from edge_app.display.view_state import ViewState
from edge_app.display.window_level import to_screen
from edge_app.imaging.radiograph import GreyPixels

_KEPT_IMAGES = 4
"""Enough for two views and a magnifier."""

_Part = tuple[int, int, int, int, int]
PlacedImage = tuple[QRectF, QImage]


class FilmRenderer:
    """Renders parts of one film, and caches the last ones until window or inversion changes."""

    def __init__(self, pixels: GreyPixels) -> None:
        self._pyramid = Pyramid(pixels)
        self._white = int(np.iinfo(pixels.dtype).max)
        self._key: tuple[object, bool] | None = None
        self._table: NDArray[np.uint8] = np.zeros(0, np.uint8)
        self._rendered: OrderedDict[_Part, PlacedImage] = OrderedDict()

    def render(self, view: ViewState, zoom: float, wanted: QRectF) -> PlacedImage:
        """Renders an image that covers a part of the film.

        Args:
            view: Window and inversion. The painter applies the orientation.
            zoom: Device pixels per film pixel.
            wanted: The part, film pixels.

        Returns:
            Position of the image, film pixels, and the image, at the resolution that the zoom needs.
        """
        key = (view.window, view.inverted)
        if key != self._key:
            self._rendered.clear()
            self._key = key
            self._table = view.window.lut(self._white, inverted=view.inverted)
        level = self._pyramid.level_for(zoom)
        pixels = self._pyramid.level(level)
        scale = 2**level
        rows, columns = pixels.shape
        # One more pixel on each side, for smoothing.
        left = min(columns - 1, max(0, math.floor(wanted.left() / scale) - 1))
        top = min(rows - 1, max(0, math.floor(wanted.top() / scale) - 1))
        right = max(left + 1, min(columns, math.ceil(wanted.right() / scale) + 1))
        bottom = max(top + 1, min(rows, math.ceil(wanted.bottom() / scale) + 1))
        part = (level, left, top, right, bottom)
        if part not in self._rendered:
            place = QRectF(left * scale, top * scale, (right - left) * scale, (bottom - top) * scale)
            self._rendered[part] = place, grey_image(to_screen(pixels[top:bottom, left:right], self._table))
            while len(self._rendered) > _KEPT_IMAGES:
                self._rendered.popitem(last=False)
        return self._rendered[part]


def grey_image(pixels: NDArray[np.uint8]) -> QImage:
    """Copies `(rows, columns)` uint8 into a 32-bit image, which Qt paints without a conversion."""
    rows, columns = pixels.shape
    contiguous = np.ascontiguousarray(pixels)
    grey = QImage(contiguous.data, columns, rows, columns, QImage.Format.Format_Grayscale8)
    return grey.convertToFormat(QImage.Format.Format_RGB32)


def rgba_image(pixels: NDArray[np.uint8]) -> QImage:
    """Copies `(rows, columns, 4)` uint8 RGBA, not premultiplied, into an image."""
    rows, columns = pixels.shape[:2]
    contiguous = np.ascontiguousarray(pixels)
    rgba = QImage(contiguous.data, columns, rows, columns * 4, QImage.Format.Format_RGBA8888)
    return rgba.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
