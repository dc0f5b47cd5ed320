"""What lies in a folder in the Kaggle layout: one row for each film, and every fault of the folder at once."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from edge_app.imaging.decode import FILM_SUFFIXES, decode_film, read_film_file
from edge_app.system.errors import FilmUnreadableError
from trainer.data.phash import perceptual_hash
from trainer.errors import DataError

Folder = Literal["train", "val", "test"]
FOLDERS: tuple[Folder, ...] = ("train", "val", "test")
CLASSES = ("NORMAL", "PNEUMONIA")
"""In label order: 0, 1."""

LAYOUT = "The folder must hold train/, val/ and test/, each with NORMAL/ and PNEUMONIA/."

_PNEUMONIA_NAME = re.compile(r"(person\d+)_(bacteria|virus)", re.IGNORECASE)
_NORMAL_NAME = re.compile(r"((?:NORMAL2-)?IM-\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CatalogFilm:
    """One film of the data set.

    Attributes:
        path: Relative to the data set's folder, with forward slashes.
        folder: `train`, `val` or `test`.
        label: 0 NORMAL, 1 PNEUMONIA.
        patient: Unique within the data set: folder group, class and the number in the file's name. Numbers restart in
            test/, and train/ and val/ share theirs.
        kind: `normal`, `bacterial`, `viral`, or `unknown` where the file's name does not say.
        rows: Height, pixels.
        columns: Width, pixels.
        bytes: Size of the file.
        sha256: Hash of the file.
        phash: 64-bit perceptual hash, hexadecimal.
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


def scan(root: Path, progress: Callable[[int, int], None] | None = None) -> Catalog:
    """Reads every film of a data set once.

    Args:
        root: A folder in the layout of "Chest X-Ray Images (Pneumonia)".
        progress: Called with films done and films in all.

    Returns:
        The catalog.

    Raises:
        DataError: The folder is missing or not in the layout, a class is empty, films cannot be read (all of them are
            listed), or one picture stands under both labels.
    """
    files = _list_files(root)
    films: list[CatalogFilm] = []
    faults: list[str] = []
    with ThreadPoolExecutor() as pool:
        for done, result in enumerate(pool.map(lambda item: _read(root, *item), files), start=1):
            if isinstance(result, CatalogFilm):
                films.append(result)
            else:
                faults.append(result)
            if progress:
                progress(done, len(files))
    if faults:
        raise DataError(
            f"{len(faults)} of {len(files)} films cannot be read:\n  " + "\n  ".join(faults),
            hint="Copy these files again from the data set, or remove them.",
        )
    _refuse_contradictions(films)
    return Catalog(root, tuple(sorted(films, key=lambda film: film.path)))


def _list_files(root: Path) -> list[tuple[Folder, int, Path]]:
    if not root.is_dir():
        raise DataError(
            f"The data set folder {root} does not exist.",
            hint='Download "Chest X-Ray Images (Pneumonia)" and give its folder: make train DATA=path/to/chest_xray',
        )
    missing = [f"{folder}/{name}" for folder in FOLDERS for name in CLASSES if not (root / folder / name).is_dir()]
    if missing:
        nested = next((p.parent for p in sorted(root.glob("*/train/NORMAL"))), None)
        hint = f"Did you mean {nested.parent}?" if nested else LAYOUT
        raise DataError(f"{root} lacks {', '.join(missing)}.", hint=hint)
    files: list[tuple[Folder, int, Path]] = []
    empty = []
    for folder in FOLDERS:
        for label, name in enumerate(CLASSES):
            here = sorted(
                path
                for path in (root / folder / name).iterdir()
                if path.suffix.lower() in FILM_SUFFIXES and not path.name.startswith(".")
            )
            files.extend((folder, label, path) for path in here)
            if not here:
                empty.append(f"{folder}/{name}")
    if empty:
        raise DataError(f"There are no films in {', '.join(empty)} of {root}.", hint="Copy the data set again.")
    return files


def _read(root: Path, folder: Folder, label: int, path: Path) -> CatalogFilm | str:
    relative = path.relative_to(root).as_posix()
    try:
        file = read_film_file(path)
        film = decode_film(file)
    except FilmUnreadableError as error:
        return f"{relative}: {error.message}"
    patient, kind = patient_of(path.name, label)
    group = "test" if folder == "test" else "train"
    return CatalogFilm(
        path=relative,
        folder=folder,
        label=label,
        patient=f"{group}/{CLASSES[label]}/{patient}",
        kind=kind,
        rows=film.rows,
        columns=film.columns,
        bytes=len(file.data),
        sha256=file.sha256,
        phash=f"{perceptual_hash(film.pixels):016x}",
    )


def patient_of(name: str, label: int) -> tuple[str, str]:
    """Reads patient and kind off a file's name.

    Args:
        name: Such as `person63_bacteria_306.jpeg` or `NORMAL2-IM-0927-0001.jpeg`.
        label: 0 NORMAL, 1 PNEUMONIA.

    Returns:
        The patient's token and the kind. A name of another form is a patient of its own.
    """
    if label == 1:
        match = _PNEUMONIA_NAME.match(name)
        if match:
            return match[1].lower(), "bacterial" if match[2].lower() == "bacteria" else "viral"
        return Path(name).stem, "unknown"
    match = _NORMAL_NAME.match(name)
    return (match[1].upper() if match else Path(name).stem), "normal"


def _refuse_contradictions(films: Iterable[CatalogFilm]) -> None:
    by_hash: dict[str, list[CatalogFilm]] = defaultdict(list)
    for film in films:
        by_hash[film.sha256].append(film)
    contradictions = [
        " = ".join(film.path for film in same) for same in by_hash.values() if len({film.label for film in same}) > 1
    ]
    if contradictions:
        raise DataError(
            "The same picture stands under both labels:\n  " + "\n  ".join(contradictions),
            hint="Find out which label is right and remove the other file.",
        )


def catalog_sha256(catalog: Catalog) -> str:
    """Hashes paths and contents of all films: the identity of a data set."""
    text = io.StringIO()
    for film in catalog.films:
        text.write(f"{film.sha256}  {film.path}\n")
    return hashlib.sha256(text.getvalue().encode()).hexdigest()
