"""Chest films of another hospital.

They teach the gate what films from outside the population look like. Their labels teach nothing: they are only looked
at (trainer/evaluation/external_site.py).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_app.bundle.manifest import Labels
from edge_app.imaging.decode import read_film
from edge_app.imaging.preprocess import PreprocessSpec, preprocess

LISTING = "films.csv"
UNLABELLED = -1


@dataclass(frozen=True, slots=True, eq=False)
class SiteFilms:
    """Films of another site.

    Attributes:
        prepared: `(films, height, width)` uint8.
        patients: Patient of each film.
        ages_years: `(films,)` float64; NaN where unknown.
        views: `AP`, `PA` or empty.
        labels: `(films,)` int64: 0 negative, 1 positive, by the name of the film's folder; -1 for any other name.
        label_evidence: `strong` or `contradicted` where a radiologist confirmed or contradicted the label; else empty.
    """

    prepared: NDArray[np.uint8]
    patients: tuple[str, ...]
    ages_years: NDArray[np.float64]
    views: tuple[str, ...]
    labels: NDArray[np.int64]
    label_evidence: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.patients)


def read_second_site(folder: Path, spec: PreprocessSpec, labels: Labels | None = None) -> SiteFilms:
    """Reads a folder with `films.csv` (file, age_years, view, label_evidence) and the films it lists.

    Args:
        folder: The folder; the name of a file begins with the patient's number and an underscore.
        spec: How films are prepared.
        labels: Names of the labels; None for NORMAL and PNEUMONIA.
    """
    names = labels or Labels()
    label_of = {names.negative: 0, names.positive: 1}
    with (folder / LISTING).open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    prepared = np.stack([preprocess(read_film(folder / row["file"]), spec).pixels for row in rows])
    return SiteFilms(
        prepared,
        tuple(Path(row["file"]).name.partition("_")[0] for row in rows),
        np.array([float(row["age_years"] or "nan") for row in rows]),
        tuple(row["view"] for row in rows),
        np.array([label_of.get(Path(row["file"]).parent.name, UNLABELLED) for row in rows], dtype=np.int64),
        tuple(row.get("label_evidence") or "" for row in rows),
    )
