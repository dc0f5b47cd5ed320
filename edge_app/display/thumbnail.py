"""Small pictures of films, for lists."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edge_app.imaging.radiograph import GreyPixels

THUMBNAIL_SIDE_PX = 128


def thumbnail(pixels: GreyPixels, side_px: int = THUMBNAIL_SIDE_PX) -> NDArray[np.uint8]:
    """Makes a thumbnail.

    Args:
        pixels: `(rows, columns)`, uint8 or uint16, black to white over the whole range of the dtype.
        side_px: Longer side of the result; a smaller film is not enlarged.

    Returns:
        `(rows, columns)` uint8 of the same aspect ratio, each side at least one pixel.
    """
    rows, columns = pixels.shape
    step = max(1, max(rows, columns) // (side_px * 4))
    # Every step-th pixel first: smoothing 40 megapixels for a thumbnail would cost more than the analysis.
    grey = pixels[::step, ::step]
    if grey.dtype == np.uint16:
        grey = (grey >> 8).astype(np.uint8)
    scale = min(1.0, side_px / max(rows, columns))
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    image = Image.fromarray(np.ascontiguousarray(grey, dtype=np.uint8))
    return np.asarray(image.resize(size, Image.Resampling.BOX))
