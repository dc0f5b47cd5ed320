"""Chest films of another hospital: read, and divided by patient.

Half of the patients teach the gate what films from outside look like; the other half is left to report on. Their labels
teach nothing: they are only looked at (trainer/evaluation/external_site.py).
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_app.imaging.decode import read_film
from edge_app.imaging.preprocess import PreprocessSpec, preprocess
from trainer.data.catalog import CLASSES

FOLDER = "second_site"
"""Name of a folder beside the data set with films of another hospital; used if it is there."""
LISTING = "films.csv"
UNLABELLED = -1


@dataclass(frozen=True, slots=True, eq=False)
class SiteFilms:
    """Films of another site.

    Attributes:
        prepared: `(films, height, width)` uint8.
        patients: One name for each.
        ages_years: `(films,)` float64; NaN where unknown.
        views: `AP`, `PA` or empty.
        labels: `(films,)` int64: 0 NORMAL, 1 PNEUMONIA, by the film's folder; -1 where that says neither.
        label_evidence: `strong` or `contradicted` where a radiologist spoke for or against the label; else empty.
    """

    prepared: NDArray[np.uint8]
    patients: tuple[str, ...]
    ages_years: NDArray[np.float64]
    views: tuple[str, ...]
    labels: NDArray[np.int64]
    label_evidence: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.patients)

    def taught(self) -> NDArray[np.bool_]:
        """`(films,)`: the half of the patients that the gate may learn from. The same for every run and machine."""
        return np.array([hashlib.sha256(name.encode()).digest()[0] % 2 == 0 for name in self.patients], dtype=np.bool_)


def beside(data: Path) -> Path | None:
    """The folder of the second site beside a data set; None if there is none."""
    folder = data.resolve().parent / FOLDER
    return folder if folder.is_dir() else None


def read_second_site(folder: Path, spec: PreprocessSpec) -> SiteFilms:
    """Reads a folder with `films.csv` (file, age_years, view, label_evidence) and the films it lists.

    Args:
        folder: The folder; a file's name begins with its patient's number and an underscore.
        spec: How films are prepared.
    """
    with (folder / LISTING).open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    prepared = np.stack([preprocess(read_film(folder / row["file"]), spec).pixels for row in rows])
    return SiteFilms(
        prepared,
        tuple(Path(row["file"]).name.partition("_")[0] for row in rows),
        np.array([float(row["age_years"] or "nan") for row in rows]),
        tuple(row["view"] for row in rows),
        np.array([_label_of(row["file"]) for row in rows], dtype=np.int64),
        tuple(row.get("label_evidence") or "" for row in rows),
    )


def _label_of(file: str) -> int:
    folder = Path(file).parent.name
    return CLASSES.index(folder) if folder in CLASSES else UNLABELLED
