"""Prepared films of a data set, for the commands that work on a finished bundle."""

from __future__ import annotations

from pathlib import Path

from edge_app.imaging.preprocess import PreprocessSpec
from trainer.data.catalog import scan
from trainer.data.film_set import FilmSet
from trainer.data.listing import Folder
from trainer.data.prepare import PreparedFilms
from trainer.task import Task


def films_of(folder: Folder, data: Path, runs: Path, spec: PreprocessSpec, task: Task) -> FilmSet:
    """Reads and prepares one part of a data set.

    Args:
        folder: `train`, `val` or `test`.
        data: The data set's folder.
        runs: Folder with the cache of prepared films.
        spec: How films are prepared.
        task: Task of the data set.
    """
    catalog = scan(data, task)
    rows = catalog.of(folder)
    store = PreparedFilms(runs / "prepared", catalog.root, spec)
    store.make(rows)
    return FilmSet.of(store.load(rows), rows)
