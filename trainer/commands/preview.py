"""A contact sheet of films under an augmentation preset."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from trainer.config import AugmentPreset
from trainer.data.catalog import scan
from trainer.data.prepare import PreparedFilms
from trainer.data.stress import stress
from trainer.task import Task
from trainer.training.augment import build_augmentation
from trainer.workflow import spec_of

_GAP_PX = 4


def write_preview(
    data: Path, runs: Path, task: Task, preset: AugmentPreset, films: int, draws: int, seed: int, path: Path
) -> None:
    """Writes a contact sheet of training films of a data set.

    Args:
        data: The data set's folder.
        runs: Folder with the cache of prepared films.
        task: Task of the data set.
        preset: Preset of `trainer.training.augment`.
        films: Number of films.
        draws: Number of augmented versions of each film.
        seed: Seed of the random generator.
        path: PNG file to write.
    """
    catalog = scan(data, task)
    rows = catalog.of("train")
    chosen = rows[:: max(1, len(rows) // films)][:films]
    store = PreparedFilms(runs / "prepared", catalog.root, spec_of(task.recipe))
    store.make(chosen)
    contact_sheet(store.load(chosen), preset, draws=draws, seed=seed, path=path)


def contact_sheet(films: NDArray[np.uint8], preset: AugmentPreset, *, draws: int, seed: int, path: Path) -> None:
    """Writes a PNG with a row for each film: the film, some draws of the preset, and one stressed copy.

    Args:
        films: `(films, height, width)` uint8.
        preset: Preset of `trainer.training.augment`.
        draws: Number of augmented versions of each film.
        seed: Seed of the random generator.
        path: PNG file to write.
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
