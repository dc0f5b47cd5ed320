"""Compares the threshold-selection rules of a bundle with others, on its validation films."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from edge_app.bundle import Bundle, open_bundle
from trainer.calibration.calibration import LabelledLogits
from trainer.config import Config, DataConfig
from trainer.data.catalog import scan
from trainer.data.film_set import ValidationSet
from trainer.data.prepare import PreparedFilms
from trainer.data.split import configured_split
from trainer.data.stress import CHANGES
from trainer.errors import DataError
from trainer.evaluation.figures import read_metrics
from trainer.evaluation.predictions import score_tflite
from trainer.progress import progress_line
from trainer.research.threshold_rules import compare_fits, compare_rules, rules_page
from trainer.task import Task
from trainer.workflow import validation_set

_CHANGE_SEED = 700
"""Differs from the seeds of the stressed copies, so that the single changes are new draws."""


def compare_operating_points(bundle_folder: Path, data: Path, runs: Path, task: Task) -> str:
    """Scores a bundle's validation films, plain, stressed and under each single change, and compares the rules.

    Args:
        bundle_folder: The bundle; its quantized file is scored.
        data: The data set it was made from.
        runs: Folder with the cache of prepared films.
        task: Task of the bundle.

    Returns:
        The page, as Markdown.

    Raises:
        DataError: The data set does not give the split that the bundle was made with.
    """
    bundle = open_bundle(bundle_folder)
    validation = validation_films(bundle, data, runs, task)
    model, data_bytes = bundle.manifest.variant("quant"), bundle.model_bytes("quant")
    scores = score_tflite(validation.films, data_bytes, model, progress=progress_line("scoring validation films"))
    scored = LabelledLogits(scores.logits, validation.labels, validation.patients, validation.stressed)
    plain = validation.films[~validation.stressed]
    changed = {}
    for number, (name, change) in enumerate(CHANGES.items()):
        films = np.stack(
            [change(film, np.random.default_rng((_CHANGE_SEED + number, i))) for i, film in enumerate(plain)]
        )
        changed[name] = score_tflite(films, data_bytes, model, progress=progress_line(f"scoring {name}")).logits
    identity = bundle.manifest.identity
    title = f"{identity.name} {identity.version} (run `{bundle.manifest.training.run}`)"
    return rules_page(title, scored, compare_rules(scored, changed), compare_fits(scored))


def validation_films(bundle: Bundle, data: Path, runs: Path, task: Task) -> ValidationSet:
    """The validation films of a bundle, by the recipe in its `metrics.json`.

    Raises:
        DataError: There is no configuration, or the split is another one.
    """
    recipe = read_metrics(bundle.directory).config
    config = Config(seed=recipe["seed"], data=msgspec.convert(recipe["data"], DataConfig))
    catalog = scan(data, task, progress_line("reading films"))
    split = configured_split(catalog, config.data, config.seed)
    if split.sha256 != bundle.manifest.training.split_sha256:
        raise DataError(
            f"{data} does not give the split that the bundle was made with.",
            hint="Training films would count as held out. Give the data set of the run.",
        )
    store = PreparedFilms(runs / "prepared", catalog.root, bundle.manifest.preprocessing)
    store.make(split.validation)
    return validation_set(config, split, store)
