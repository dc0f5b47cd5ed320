"""Finds films in folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from edge_app.imaging.decode import looks_like_film


def find_films(paths: Iterable[Path]) -> Iterator[Path]:
    """Lists films, lazily: files as given; folders searched for films, sorted, hidden ones left out.

    No more than the names of one folder are held at a time. A folder that cannot be listed comes itself, where its
    films would be: whoever opens it gets the error, so that it is not passed over in silence.
    """
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path)
        else:
            yield path


def _in_folder(root: Path) -> Iterator[Path]:
    closed: list[str] = []
    for folder, folders, files in os.walk(root, onerror=lambda error: closed.append(error.filename)):
        yield from _taken(closed)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and looks_like_film(Path(folder) / name):
                yield Path(folder) / name
    yield from _taken(closed)


def _taken(names: list[str]) -> Iterator[Path]:
    while names:
        yield Path(names.pop(0))
