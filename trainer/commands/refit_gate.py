"""Fits the gate of a finished bundle again, without training.

Weights, thresholds and the answers of the model stay as they are. The known answers get the gate's new limits, and the
manifest another hash, because it contains the hashes of both.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from edge_app.bundle.bundle import MANIFEST_NAME, Bundle, open_bundle
from edge_app.bundle.manifest import BundleFile, dump_manifest
from edge_app.imaging.decode import read_film
from edge_app.imaging.preprocess import PreprocessSpec, preprocess
from trainer.data.catalog import scan
from trainer.data.second_site import read_second_site
from trainer.data.split import configured_split
from trainer.errors import DataError
from trainer.evaluation.figures import METRICS_NAME, gate_figures, read_metrics, write_figures
from trainer.export.bundle import put_in_place
from trainer.export.known_answers import with_gate
from trainer.gating.fit_gate import FittedGate, features_by, fit_gate
from trainer.task import Task

Grey = NDArray[np.uint8]


def refit_gate(folder: Path, data: Path, split: Path, task: Task) -> str:
    """Fits the gate of a bundle again and puts the new bundle in its place.

    Args:
        folder: The bundle.
        data: The data set's folder; the task's external site is used where it exists.
        split: `split.csv` of the run that made the bundle; where it is missing, the split is made again.
        task: Task of the bundle.

    Returns:
        The rates of wrong refusals and flags, as a sentence.

    Raises:
        DataError: The split that is made again is not the bundle's.
    """
    bundle = open_bundle(folder)
    films = films_of_split(bundle, data, split, task)
    external = task.external_folder(data)
    site = read_second_site(external, bundle.manifest.preprocessing, task.labels) if external else None
    fitted = fit_gate(
        films["training"],
        films["validation"],
        features_by(bundle.model_bytes("quant"), bundle.manifest.variant("quant")),
        population=task.population,
        other=None if site is None else site.prepared,
        sources=task.gate_sources(external=site is not None),
        measured_on="validation films of patients the model was not trained on",
        seed=task.recipe.seed,
    )
    add_gate(bundle, fitted, folder)
    renew_card(folder, fitted)
    gate = fitted.parameters
    return (
        f"the gate refuses {gate.false_refusals.value:.2%} and flags {gate.false_flags.value:.2%} of {gate.measured_on}"
    )


def add_gate(bundle: Bundle, fitted: FittedGate, target: Path) -> Bundle:
    """Writes a copy of a bundle with a gate, checks that it opens, and puts it in place.

    Args:
        bundle: The verified bundle.
        fitted: The fitted gate.
        target: Folder of the new bundle; may be that of the old one.

    Returns:
        The new bundle.
    """
    known = with_gate(bundle.known_answer_bytes(), fitted.parameters)
    record = BundleFile(
        path=bundle.manifest.known_answers.path, sha256=hashlib.sha256(known).hexdigest(), bytes=len(known)
    )
    manifest = msgspec.structs.replace(bundle.manifest, gate=fitted.parameters, known_answers=record)
    with tempfile.TemporaryDirectory() as scratch:
        built = Path(scratch) / "bundle"
        shutil.copytree(bundle.directory, built)
        (built / fitted.parameters.arrays.path).write_bytes(fitted.data)
        (built / record.path).write_bytes(known)
        (built / MANIFEST_NAME).write_bytes(dump_manifest(manifest))
        open_bundle(built)
        put_in_place(built, target)
    return open_bundle(target)


def renew_card(folder: Path, fitted: FittedGate) -> None:
    """Writes the gate's rates into metrics and card. What the gate said of single films there is from before."""
    path = folder / METRICS_NAME
    if not path.is_file():
        return
    from trainer.packaging.model_card import write_model_card  # it imports TensorFlow

    write_figures(path, msgspec.structs.replace(read_metrics(folder), gate=gate_figures(fitted.parameters)))
    write_model_card(folder)


def films_of_split(bundle: Bundle, data: Path, split: Path, task: Task) -> dict[str, Grey]:
    """Reads and prepares the training and validation films of a bundle's run.

    Args:
        bundle: The bundle.
        data: The data set's folder.
        split: `split.csv` of the run; where it is missing, the split is made again.
        task: Task of the bundle.

    Returns:
        `(films, height, width)` uint8 by side.

    Raises:
        DataError: The split that is made again is not the bundle's.
    """
    paths = _listed(split) if split.is_file() else _made_again(bundle, data, task)
    return {
        side: prepare_all([data / path for path in names], bundle.manifest.preprocessing)
        for side, names in paths.items()
    }


def prepare_all(paths: Sequence[Path], spec: PreprocessSpec) -> Grey:
    """Reads and prepares films, `(films, height, width)` uint8."""
    return np.stack([preprocess(read_film(path), spec).pixels for path in paths])


def _listed(split: Path) -> dict[str, list[str]]:
    with split.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return {side: [row["path"] for row in rows if row["side"] == side] for side in ("training", "validation")}


def _made_again(bundle: Bundle, data: Path, task: Task) -> dict[str, list[str]]:
    split = configured_split(scan(data, task), task.recipe.data, task.recipe.seed)
    if split.sha256 != bundle.manifest.training.split_sha256:
        raise DataError(
            "The bundle was made from another split of these films than the task gives.",
            hint="Give the split.csv of its run: --split.",
        )
    return {"training": [film.path for film in split.training], "validation": [film.path for film in split.validation]}
