"""Lung outlines drawn by people: one mask a film, read from one file.

The masks are an optional input of a training. A film without a mask trains as it always did.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from trainer.data.catalog import Catalog, CatalogFilm
from trainer.errors import DataError

FOLDER = "lung_masks"
"""Name of a folder beside the data set; evaluations measure with its masks if it is there."""
FILE = "lung_masks_224.npz"
SIDE_PX = 224
LEAST_AREA, MOST_AREA = 0.05, 0.8
"""Share of the film. A mask outside of this range belongs to no frontal chest film."""

_HINT = "docs/training.md says where the masks come from and how the file is made."


@dataclass(frozen=True, slots=True, eq=False)
class LungMasks:
    """The masks of a data set.

    Attributes:
        sha256: Hash of the file.
        bits: By the film's path in the data set, `(224 * 224 / 8,)` uint8, packed as by `numpy.packbits`.
    """

    sha256: str
    bits: dict[str, NDArray[np.uint8]]

    def mask(self, path: str, height: int = SIDE_PX, width: int = SIDE_PX) -> NDArray[np.bool_]:
        """The lungs of a film.

        Args:
            path: Path of the film in the data set, one of `bits`.
            height: Height of the prepared film, pixels.
            width: Width of the prepared film, pixels.

        Returns:
            `(height, width)` bool, True inside the lungs.
        """
        mask = np.unpackbits(self.bits[path]).reshape(SIDE_PX, SIDE_PX)
        if (height, width) != mask.shape:
            grey = Image.fromarray(mask * 255).resize((width, height), Image.Resampling.BILINEAR)
            return np.asarray(grey) > 127
        return mask > 0

    def stack(self, films: Sequence[CatalogFilm], height: int, width: int) -> NDArray[np.uint8]:
        """The masks of films in their order.

        Args:
            films: With or without a mask.
            height: Height of the prepared films, pixels.
            width: Width of the prepared films, pixels.

        Returns:
            `(films, height, width)` uint8: 255 inside the lungs, 0 outside; 0 everywhere for a film without a mask.
        """
        out = np.zeros((len(films), height, width), np.uint8)
        for index, film in enumerate(films):
            if film.path in self.bits:
                out[index] = self.mask(film.path, height, width) * np.uint8(255)
        return out


def read_lung_masks(path: Path) -> LungMasks:
    """Reads a file of masks.

    Args:
        path: An `.npz` with `films`, the paths of films below the data set's folder such as
            `train/NORMAL/IM-0115-0001.jpeg`, and `bits`, `(films, 6272)` uint8: masks of 224 x 224 pixels of the whole
            film, each packed by `numpy.packbits`.

    Raises:
        DataError: The file cannot be read, or its arrays do not fit each other.
    """
    try:
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        with np.load(path, allow_pickle=False) as arrays:
            films, bits = [str(film) for film in arrays["films"]], np.asarray(arrays["bits"])
    except (OSError, KeyError, ValueError) as error:
        raise DataError(f"The lung masks {path} cannot be read.", hint=_HINT, detail=repr(error)) from error
    if bits.dtype != np.uint8 or bits.shape != (len(films), SIDE_PX * SIDE_PX // 8):
        raise DataError(
            f"The lung masks {path} do not fit: {len(films)} films, masks of shape {bits.shape} and type {bits.dtype}.",
            hint=_HINT,
        )
    if len(set(films)) != len(films):
        raise DataError(f"The lung masks {path} name a film twice.", hint=_HINT)
    return LungMasks(sha256, dict(zip(films, bits, strict=True)))


def drawn_beside(data: Path) -> LungMasks | None:
    """The masks in the folder `lung_masks` beside a data set, for measuring; None if there are none."""
    path = data.resolve().parent / FOLDER / FILE
    return read_lung_masks(path) if path.is_file() else None


def check_masks(masks: LungMasks, catalog: Catalog) -> str:
    """Checks masks against the data set that they are for.

    Args:
        masks: As read.
        catalog: Catalog of the data set.

    Returns:
        How many films of each folder have a mask, in words.

    Raises:
        DataError: No film has a mask, or masks cover impossible shares of their films (all of them are listed).
    """
    covered = [film for film in catalog.films if film.path in masks.bits]
    if not covered:
        raise DataError("None of the lung masks belongs to a film of this data set.", hint=_HINT)
    areas = {film.path: masks.mask(film.path).mean() for film in covered}
    odd = [f"{path}: {area:.0%} of the film" for path, area in areas.items() if not LEAST_AREA <= area <= MOST_AREA]
    if odd:
        raise DataError(f"{len(odd)} lung masks are no lungs:\n  " + "\n  ".join(odd), hint=_HINT)
    counts = [
        f"{sum(film.folder == folder for film in covered)} of {len(catalog.of(folder))} in {folder}/"
        for folder in ("train", "val", "test")
    ]
    return "films with drawn lungs: " + ", ".join(counts)
