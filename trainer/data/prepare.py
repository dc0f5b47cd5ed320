"""Prepared films: each is preprocessed once by `edge_app.imaging.preprocess` and cached as a lossless PNG.

A tree of links to them is the input of `tf.keras.utils.image_dataset_from_directory`. The pixels equal those of the
app, bit for bit, because the app's own code makes them.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edge_app.imaging.decode import read_film
from edge_app.imaging.preprocess import PreprocessSpec, preprocess
from edge_app.system.files import replace_file
from trainer.data.catalog import CatalogFilm
from trainer.data.split import SIDES, Split

PREPARE_VERSION = 4
"""Increase it whenever decoding or preprocessing changes pixels, so that no stale PNG is trained on."""
LABEL_FOLDERS = ("negative", "positive")
"""Names of the folders of the tree, in label order, whatever the task calls its labels."""


class PreparedFilms:
    """A folder of prepared films, addressed by the hashes of film and preprocessing."""

    def __init__(self, cache: Path, root: Path, spec: PreprocessSpec) -> None:
        """Opens the cache.

        Args:
            cache: Folder that all runs on this machine share.
            root: The data set's folder.
            spec: How films are prepared.
        """
        key = hashlib.sha256(msgspec.json.encode(spec) + str(PREPARE_VERSION).encode()).hexdigest()[:12]
        self._folder = cache / key
        self._root = root
        self._spec = spec

    def path(self, film: CatalogFilm) -> Path:
        """Path of the prepared film, which may not exist yet."""
        return self._folder / film.sha256[:2] / f"{film.sha256}.png"

    def make(self, films: Iterable[CatalogFilm], progress: Callable[[int, int], None] | None = None) -> None:
        """Prepares missing films on all cores. A kill at any moment leaves no partial file."""
        # By hash: the data set holds some films twice, and two threads must not write one file.
        missing = list({film.sha256: film for film in films if not self.path(film).is_file()}.values())
        with ThreadPoolExecutor() as pool:
            for done, _ in enumerate(pool.map(self._make, missing), start=1):
                if progress:
                    progress(done, len(missing))

    def _make(self, film: CatalogFilm) -> None:
        target = self.path(film)
        target.parent.mkdir(parents=True, exist_ok=True)
        pixels = preprocess(read_film(self._root / film.path), self._spec).pixels
        with replace_file(target) as stream:
            Image.fromarray(pixels).save(stream, format="PNG", compress_level=1)

    def load(self, films: Sequence[CatalogFilm]) -> NDArray[np.uint8]:
        """Loads prepared films as `(films, height, width)` uint8."""
        out = np.empty((len(films), self._spec.height, self._spec.width), np.uint8)
        for index, film in enumerate(films):
            out[index] = np.asarray(Image.open(self.path(film)))
        return out

    def lay_out(self, split: Split, tree: Path) -> None:
        """Builds the tree of all sides: links `tree/<side>/<negative|positive>/<name>.png` into the cache.

        Args:
            split: The split.
            tree: Folder of the tree; an existing one is replaced.
        """
        if tree.exists():
            shutil.rmtree(tree)
        for side in SIDES:
            for name in LABEL_FOLDERS:
                (tree / side / name).mkdir(parents=True)
            for film in split.side(side):
                link = tree / side / LABEL_FOLDERS[film.label] / _link_name(film)
                link.symlink_to(self.path(film).resolve())


def tree_order(films: Iterable[CatalogFilm]) -> list[CatalogFilm]:
    """The films of one side as `trainer.data.pipeline.read_tree` reads them: class after class, by the link's name."""
    return sorted(films, key=lambda film: (film.label, _link_name(film)))


def _link_name(film: CatalogFilm) -> str:
    return f"{Path(film.path).stem}-{film.sha256[:8]}.png"
