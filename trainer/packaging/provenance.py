"""The inputs of a run: task, films, split, weights, versions."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
from pathlib import Path

import msgspec
import tensorflow as tf

from trainer.data.catalog import Catalog, catalog_sha256
from trainer.data.split import Split
from trainer.files import write_json
from trainer.progress import say
from trainer.task import Task
from trainer.training.train import RunFiles


def write_provenance(files: RunFiles, task: Task, catalog: Catalog, split: Split) -> None:
    """Writes catalog, split and `run.json` into a run's folder, and prints the near-copies."""
    catalog.write_csv(files.folder / "catalog.csv")
    split.write_csv(files.folder / "split.csv")
    write_json(
        files.folder / "run.json",
        {
            "task": msgspec.to_builtins(task),
            "config_sha256": task.recipe.sha256,
            "catalog_sha256": catalog_sha256(catalog),
            "split_sha256": split.sha256,
            "initial_weights": weights_identity(task.recipe.model.weights),
            "versions": versions(),
            "near_duplicates": [msgspec.to_builtins(pair) for pair in split.duplicates],
            "excluded": [film.path for film in split.excluded],
        },
    )
    crossing = [pair for pair in split.duplicates if pair.crosses_test]
    if split.duplicates:
        say(
            f"{len(split.duplicates)} near-copies across patients stay on one side; {len(crossing)} of them involve "
            f"test films, so {len(split.excluded)} films are not used (see run.json)"
        )


def weights_identity(weights: str) -> str:
    """`imagenet`, `none`, or the name and hash of a weights file."""
    path = Path(weights)
    if weights in ("imagenet", "none") or not path.is_file():
        return weights
    return f"{path.name}, sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}"


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that the figures depend on."""
    names = ("keras", "numpy", "pillow", "ai-edge-litert", "scikit-learn")
    fixed = {"python": platform.python_version(), "tensorflow": tf.__version__}
    return {**fixed, **{name: importlib.metadata.version(name) for name in names}}
