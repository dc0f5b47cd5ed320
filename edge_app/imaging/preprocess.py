"""The one path from a film to a model's input. The trainer's cache, the evaluation and the app all call it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from edge_app.imaging.radiograph import Radiograph
from edge_app.imaging.resize import resize

_WHITE = 255


class PreprocessSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a film becomes the input of a model; stored in the bundle's manifest.

    Attributes:
        height: Rows of the input.
        width: Columns of the input.
        resize: `bilinear-antialias`: a triangle filter whose support grows with the reduction (`imaging.resize`), the
            aspect ratio not kept. It is the nearest of the common filters to how the 224 x 224 data set was made.
        value_range: What black and white become. The rescaling that a network wants is inside its graph.
    """

    height: int = 224
    width: int = 224
    resize: Literal["bilinear-antialias"] = "bilinear-antialias"
    value_range: tuple[int, int] = (0, 255)


@dataclass(frozen=True, slots=True)
class GridToFilm:
    """The affine map from model pixels to film pixels; pixel centres are at half-integers in both.

    Attributes:
        scale_x: Film pixels per model pixel, along a row.
        scale_y: Film pixels per model pixel, along a column.
    """

    scale_x: float
    scale_y: float

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        """Maps the model-space point `(x, y)`, pixels, to film space, pixels."""
        return x * self.scale_x, y * self.scale_y


@dataclass(frozen=True, slots=True, eq=False)
class PreparedFilm:
    """A film as the model sees it.

    Attributes:
        pixels: `(height, width)` uint8, 0 black to 255 white.
        to_film: Where each of those pixels lies on the film.
    """

    pixels: NDArray[np.uint8]
    to_film: GridToFilm


def preprocess(film: Radiograph, spec: PreprocessSpec) -> PreparedFilm:
    """Prepares a film for a model.

    A film that already has the model's size passes unchanged, bit for bit.

    Args:
        film: MONOCHROME2 pixels, uint8 or uint16 of any size.
        spec: Size and filter.

    Returns:
        `(height, width)` uint8 pixels, and the map back to the film. Films are resized at their own depth and rounded
        once, at the end: the same pixels on every machine.
    """
    pixels: NDArray[Any] = film.pixels
    if pixels.shape != (spec.height, spec.width):
        pixels = resize(film.pixels, spec.height, spec.width)
    if film.white != _WHITE:
        pixels = pixels * np.float32(_WHITE / film.white)
    if pixels.dtype != np.uint8:
        pixels = np.rint(pixels).astype(np.uint8)
    return PreparedFilm(pixels, GridToFilm(film.columns / spec.width, film.rows / spec.height))
