"""Finds films in folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from edge_app.imaging.decode import looks_like_film


def find_films(paths: Iterable[Path]) -> Iterator[Path]:
    """Lists films, lazily: files as given; folders searched for films, sorted, hidden ones left out."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, files in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(files):
                if not name.startswith(".") and looks_like_film(Path(folder) / name):
                    yield Path(folder) / name
