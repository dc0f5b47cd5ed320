"""Fits the gate of a finished bundle again, without training.

For a gate with films of another site that were missing before, or for another population. Weights, thresholds and known
answers stay as they are; the manifest gets another hash, because it contains the hash of the gate.
"""

from __future__ import annotations

import csv
import shutil
import tempfile
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from edge_app.bundle.bundle import MANIFEST_NAME, Bundle, open_bundle
from edge_app.bundle.manifest import dump_manifest
from edge_app.imaging.decode import read_film
from edge_app.imaging.preprocess import PreprocessSpec, preprocess
from trainer.data.second_site import read_second_site
from trainer.errors import DataError
from trainer.export.bundle import put_in_place
from trainer.gating.fit_gate import FittedParts
from trainer.gating.site_gate import fit_gate_for
from trainer.task import Task


def refit_gate(folder: Path, data: Path, split: Path, task: Task) -> str:
    """Fits the gate of a bundle again and puts the new bundle in its place.

    Args:
        folder: The bundle.
        data: The data set's folder; the task's external site is used where it exists.
        split: `split.csv` of the run that made the bundle.
        task: Task of the bundle.

    Returns:
        The rates of wrong refusals and flags, as a sentence.

    Raises:
        DataError: There is no such split.
    """
    bundle = open_bundle(folder)
    spec = bundle.manifest.preprocessing
    films = films_of_split(split, data, spec)
    external = task.external_folder(data)
    parts = fit_gate_for(
        bundle.model_bytes("quant"),
        bundle.manifest.variant("quant"),
        films["training"],
        films["validation"],
        population=task.population,
        other_site=read_second_site(external, spec, task.labels) if external else None,
    )
    add_gate(bundle, parts, folder)
    gate = parts.parameters
    return (
        f"the gate refuses {gate.false_refusals.value:.2%} and flags {gate.false_flags.value:.2%} of {gate.measured_on}"
    )


def add_gate(bundle: Bundle, parts: FittedParts, target: Path) -> Bundle:
    """Writes a copy of a bundle with a gate, checks that it opens, and puts it in place.

    Args:
        bundle: The verified bundle.
        parts: The fitted gate.
        target: Folder of the new bundle; may be that of the old one.

    Returns:
        The new bundle.
    """
    with tempfile.TemporaryDirectory() as scratch:
        built = Path(scratch) / "bundle"
        shutil.copytree(bundle.directory, built)
        (built / parts.parameters.arrays.path).write_bytes(parts.arrays)
        manifest = msgspec.structs.replace(bundle.manifest, gate=parts.parameters)
        (built / MANIFEST_NAME).write_bytes(dump_manifest(manifest))
        open_bundle(built)
        put_in_place(built, target)
    return open_bundle(target)


def films_of_split(split: Path, data: Path, spec: PreprocessSpec) -> dict[str, NDArray[np.uint8]]:
    """Reads and prepares the training and validation films of a run.

    Args:
        split: `split.csv` of the run.
        data: The data set's folder.
        spec: How films are prepared.

    Returns:
        `(films, height, width)` uint8 by side.

    Raises:
        DataError: There is no such split.
    """
    if not split.is_file():
        raise DataError(f"There is no {split}.", hint="Give the split.csv of the run that made the bundle: --split.")
    with split.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return {
        side: np.stack([preprocess(read_film(data / row["path"]), spec).pixels for row in rows if row["side"] == side])
        for side in ("training", "validation")
    }
