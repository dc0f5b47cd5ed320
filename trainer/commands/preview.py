"""A contact sheet: what the net sees of a few films under an augmentation preset."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from trainer.config import AugmentPreset
from trainer.data.stress import stress
from trainer.training.augment import build_augmentation

_GAP_PX = 4


def contact_sheet(films: NDArray[np.uint8], preset: AugmentPreset, *, draws: int, seed: int, path: Path) -> None:
    """Writes a PNG with a row for each film: the film, some draws of the preset, and one stressed copy.

    Args:
        films: `(films, height, width)` uint8.
        preset: Of `trainer.training.augment`.
        draws: How many augmented versions of each film.
        seed: Of the draws.
        path: PNG to write.
    """
    augment = build_augmentation(preset, seed)
    columns = [films]
    for _ in range(draws):
        batch = films[..., None].astype(np.float32)
        drawn = batch if augment is None else np.asarray(augment(batch, training=True))
        columns.append(np.clip(np.rint(drawn[..., 0]), 0, 255).astype(np.uint8))
    columns.append(stress(films, seed))
    height, width = films.shape[1:]
    sheet = np.full(
        (len(films) * (height + _GAP_PX) - _GAP_PX, len(columns) * (width + _GAP_PX) - _GAP_PX), 255, dtype=np.uint8
    )
    for column, versions in enumerate(columns):
        for row, film in enumerate(versions):
            top, left = row * (height + _GAP_PX), column * (width + _GAP_PX)
            sheet[top : top + height, left : left + width] = film
    Image.fromarray(sheet).save(path)
