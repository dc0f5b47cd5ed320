"""A film is a picture: two-dimensional, of unsigned integers, and not empty."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.imaging.radiograph import Radiograph


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((256, 0), np.uint8),
        np.zeros((0, 256), np.uint16),
        np.zeros((8, 8, 3), np.uint8),
        np.zeros((8, 8), np.int16),
        np.zeros((8, 8), np.float32),
    ],
    ids=lambda pixels: f"{pixels.shape} {pixels.dtype}",
)
def test_what_is_no_picture_is_refused(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="Received: shape"):
        Radiograph(pixels, "0" * 64, "test")


def test_pixels_cannot_be_changed_afterwards() -> None:
    film = Radiograph(np.zeros((2, 3), np.uint16), "0" * 64, "test")
    assert (film.rows, film.columns, film.white) == (2, 3, 65535)
    with pytest.raises(ValueError, match="read-only"):
        film.pixels[0, 0] = 1
