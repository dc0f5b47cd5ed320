"""Chest films of another hospital: read, and divided by patient.

Half of the patients teach the gate what films from outside look like; the other half is left to report on. Their labels
teach nothing: they are only looked at (trainer/evaluation/outside.py).
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_app.bundle import ModelFile
from edge_app.imaging.decode import read_film
from edge_app.imaging.preprocess import PreprocessSpec, preprocess
from trainer.data.catalog import CLASSES
from trainer.evaluation.predictions import score_tflite
from trainer.gate import FittedParts, Floats, fit_gate

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


def fit_gate_for(
    model_bytes: bytes,
    model: ModelFile,
    known: NDArray[np.uint8],
    calibration: NDArray[np.uint8],
    *,
    other_site: SiteFilms | None = None,
    known_features: Floats | None = None,
    calibration_features: Floats | None = None,
    measured_on: str = "validation films of patients the model was not trained on",
    seed: int = 0,
) -> FittedParts:
    """Fits the gate of a bundle from prepared films: computes the features that are missing, then calls `fit_gate`.

    Args:
        model_bytes: The `.tflite` file whose features are used, the quantized one.
        model: Its entry in the manifest.
        known: `(films, height, width)` uint8 training films.
        calibration: The same of validation films, which are not among the known ones.
        other_site: Films from outside the population; half of their patients are used.
        known_features: `(films, channels)` float32 of `known`, if they were computed already.
        calibration_features: The same of `calibration`.
        measured_on: Which films the stated false rates come from.
        seed: Of the choice of known films.

    Returns:
        Arrays and parameters for the bundle.
    """
    if known_features is None:
        known_features = score_tflite(known, model_bytes, model).features
    if calibration_features is None:
        calibration_features = score_tflite(calibration, model_bytes, model).features
    other_features = other_prepared = None
    if other_site is not None:
        other_prepared = other_site.prepared[other_site.taught()]
        other_features = score_tflite(other_prepared, model_bytes, model).features
    return fit_gate(
        np.concatenate([known_features, calibration_features]),
        np.concatenate([known, calibration]),
        held_out=np.repeat([False, True], [len(known), len(calibration)]),
        other_features=other_features,
        other_prepared=other_prepared,
        measured_on=measured_on,
        seed=seed,
    )
