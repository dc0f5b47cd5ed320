"""The films of a data set: one row for each film, and every fault of the data set at once."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from edge_app.imaging.decode import decode_film, read_film_file
from edge_app.system.errors import FilmUnreadableError
from trainer.data.listing import Folder, ListedFilm, list_films
from trainer.data.phash import perceptual_hash
from trainer.errors import DataError
from trainer.task import Task

UNKNOWN_KIND = "unknown"


@dataclass(frozen=True, slots=True)
class CatalogFilm:
    """One film of the data set.

    Attributes:
        path: Relative to the data set's folder, with forward slashes.
        folder: Part of the data set: `train`, `val` or `test`.
        label: 0 negative, 1 positive.
        patient: Identifier that all films of a patient share; unique within the data set.
        kind: Subgroup of the label, such as `bacterial`; the label's name in lower case for a negative film without
            one, `unknown` for a positive film.
        rows: Height, pixels.
        columns: Width, pixels.
        bytes: Size of the file.
        sha256: Hash of the file.
        phash: 64-bit perceptual hash, hexadecimal.
        source: Hospital or collection; empty where there is only one.
    """

    path: str
    folder: Folder
    label: int
    patient: str
    kind: str
    rows: int
    columns: int
    bytes: int
    sha256: str
    phash: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every film of a data set, sorted by path."""

    root: Path
    films: tuple[CatalogFilm, ...]

    def of(self, *folders: Folder) -> tuple[CatalogFilm, ...]:
        """The films of some of the folders."""
        return tuple(film for film in self.films if film.folder in folders)

    def write_csv(self, path: Path) -> None:
        """Writes one row for each film."""
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, list(CatalogFilm.__dataclass_fields__), lineterminator="\n")
            writer.writeheader()
            writer.writerows(asdict(film) for film in self.films)


def scan(root: Path, task: Task, progress: Callable[[int, int], None] | None = None) -> Catalog:
    """Reads every film of a data set once.

    Args:
        root: The data set's folder.
        task: The task of the data set.
        progress: Called with the number of films done and of all films.

    Returns:
        The catalog.

    Raises:
        DataError: The folder is missing or has another layout, a label has no film, films cannot be read (all of them
            are listed), or one image stands under both labels.
    """
    listed = list_films(root, task)
    films: list[CatalogFilm] = []
    faults: list[str] = []
    with ThreadPoolExecutor() as pool:
        for done, result in enumerate(pool.map(lambda film: _read(root, film, task), listed), start=1):
            if isinstance(result, CatalogFilm):
                films.append(result)
            else:
                faults.append(result)
            if progress:
                progress(done, len(listed))
    if faults:
        raise DataError(
            f"{len(faults)} of {len(listed)} films cannot be read:\n  " + "\n  ".join(faults),
            hint="Copy these files again from the data set, or remove them.",
        )
    _refuse_contradictions(films)
    return Catalog(root, tuple(sorted(films, key=lambda film: film.path)))


def _read(root: Path, listed: ListedFilm, task: Task) -> CatalogFilm | str:
    try:
        relative = listed.path.relative_to(root).as_posix()
    except ValueError:
        return f"{listed.path}: it is not in the data set's folder"
    try:
        file = read_film_file(listed.path)
        film = decode_film(file)
    except FilmUnreadableError as error:
        return f"{relative}: {error.message}"
    return CatalogFilm(
        path=relative,
        folder=listed.folder,
        label=listed.label,
        patient=listed.patient,
        kind=listed.kind or (UNKNOWN_KIND if listed.label else task.labels.negative.lower()),
        rows=film.rows,
        columns=film.columns,
        bytes=len(file.data),
        sha256=file.sha256,
        phash=f"{perceptual_hash(film.pixels):016x}",
        source=listed.source,
    )


def _refuse_contradictions(films: Iterable[CatalogFilm]) -> None:
    by_hash: dict[str, list[CatalogFilm]] = defaultdict(list)
    for film in films:
        by_hash[film.sha256].append(film)
    contradictions = [
        " = ".join(film.path for film in same) for same in by_hash.values() if len({film.label for film in same}) > 1
    ]
    if contradictions:
        raise DataError(
            "The same image stands under both labels:\n  " + "\n  ".join(contradictions),
            hint="Find out which label is right and remove the other file.",
        )


def catalog_sha256(catalog: Catalog) -> str:
    """Hashes paths and contents of all films: the identity of a data set."""
    text = io.StringIO()
    for film in catalog.films:
        text.write(f"{film.sha256}  {film.path}\n")
    return hashlib.sha256(text.getvalue().encode()).hexdigest()
