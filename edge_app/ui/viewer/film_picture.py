"""A film as pictures: grey values through the window, at the size the zoom needs. Views share one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from edge_app.imaging.pyramid import Pyramid
from edge_app.imaging.radiograph import GreyPixels
from edge_app.imaging.view_state import ViewState
from edge_app.imaging.window_level import to_screen


class FilmPicture:
    """Pictures of one film, the last of each size kept while the window stays."""

    def __init__(self, pixels: GreyPixels) -> None:
        self._pyramid = Pyramid(pixels)
        self._white = int(np.iinfo(pixels.dtype).max)
        self._key: tuple[object, bool] | None = None
        self._images: dict[int, QImage] = {}

    def image(self, view: ViewState, zoom: float) -> QImage:
        """Returns the picture.

        Args:
            view: Window and inversion; the orientation is the painter's.
            zoom: Device pixels per film pixel.

        Returns:
            A picture of the whole film, not coarser than the zoom needs.
        """
        key = (view.window, view.inverted)
        if key != self._key:
            self._images.clear()
            self._key = key
        level = self._pyramid.level_for(zoom)
        if level not in self._images:
            table = view.window.lut(self._white, inverted=view.inverted)
            self._images[level] = grey_image(to_screen(self._pyramid.level(level), table))
        return self._images[level]


def grey_image(pixels: NDArray[np.uint8]) -> QImage:
    """Copies `(rows, columns)` uint8 into a picture the raster engine paints without converting it again."""
    rows, columns = pixels.shape
    contiguous = np.ascontiguousarray(pixels)
    grey = QImage(contiguous.data, columns, rows, columns, QImage.Format.Format_Grayscale8)
    return grey.convertToFormat(QImage.Format.Format_RGB32)


def rgba_image(pixels: NDArray[np.uint8]) -> QImage:
    """Copies `(rows, columns, 4)` uint8 RGBA, not premultiplied, into a picture."""
    rows, columns = pixels.shape[:2]
    contiguous = np.ascontiguousarray(pixels)
    rgba = QImage(contiguous.data, columns, rows, columns * 4, QImage.Format.Format_RGBA8888)
    return rgba.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
