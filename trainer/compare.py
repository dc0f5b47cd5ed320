"""A table of trials, compared on validation films: one JSON a trial, a summary, a plot. No test film is scored."""

from __future__ import annotations

import json
import re
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import msgspec
import numpy as np
from numpy.typing import NDArray

from edge_app.errors import PneumoscopeError
from trainer.backbones import BACKBONES
from trainer.config import Config, build_config
from trainer.data.catalog import Catalog, scan
from trainer.data.prepare import PreparedFilms
from trainer.data.split import make_split
from trainer.errors import ConfigError
from trainer.evaluation import plots
from trainer.evaluation.predictions import score_keras
from trainer.evaluation.statistics import interval_of
from trainer.export.bundle import write_json
from trainer.progress import progress_line, say
from trainer.train import RunFiles, ValidationSet, train
from trainer.workflow import spec_of, validation_set

DEFAULT_TRIALS = Path(__file__).parent / "configs" / "compare.toml"
SPECIFICITY = 0.9
"""Recall is compared at the threshold of this specificity, so that no trial wins by calling more films positive."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A row of the table.

    Attributes:
        name: In words.
        config: What is run.
    """

    name: str
    config: Config

    @property
    def slug(self) -> str:
        """The name as a file name."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


def compare(
    data: Path, runs: Path, out: Path, table: Path | None, weights: str | None, weights_dir: Path | None
) -> str:
    """Runs the trials that have no result yet.

    Args:
        data: The data set's folder.
        runs: Holds the cache of prepared films.
        out: Folder for results; a trial whose JSON is there, made from the same configuration, is not run again.
        table: TOML with `[base]` and `[[trial]]`; None for the shipped one.
        weights: Initial weights of every trial; None for what the table says.
        weights_dir: Folder with `BACKBONE.weights.h5`; a trial whose file is missing is left out, saying so.

    Returns:
        The summary, as Markdown.
    """
    catalog = scan(data, progress_line("reading films"))
    out.mkdir(parents=True, exist_ok=True)
    results: list[dict[str, Any]] = []
    left_out: list[str] = []
    for trial in read_trials(table or DEFAULT_TRIALS, weights, weights_dir):
        path = out / f"{trial.slug}.json"
        known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
        if known is None or known["config_sha256"] != trial.config.sha256:
            say(f"trial: {trial.name}")
            try:
                known = run_trial(trial, catalog, runs, out)
            except PneumoscopeError as error:
                left_out.append(f"{trial.name}: {error}")
                say(f"left out: {left_out[-1]}")
                continue
            write_json(path, known)
        results.append(known)
    summary = summarise(results, left_out)
    (out / "summary.md").write_text(summary, encoding="utf-8")
    if results:
        plots.trial_comparison(results, out / "summary.png")
    return summary


def read_trials(table: Path, weights: str | None = None, weights_dir: Path | None = None) -> list[Trial]:
    """Reads a table of trials.

    Raises:
        ConfigError: It is no TOML, has no trials, or a trial has an unknown key or no name.
    """
    try:
        rows = tomllib.loads(table.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"The table of trials {table} cannot be read: {error}.") from error
    trials = []
    for row in rows.get("trial", []):
        keys = {**rows.get("base", {}), **row}
        name = keys.pop("name", None)
        if not name:
            raise ConfigError(f"A trial in {table} has no name.", hint='Add name = "...".')
        values: dict[str, Any] = {}
        for key, value in keys.items():
            section, _, leaf = key.rpartition(".")
            (values.setdefault(section, {}) if section else values)[leaf] = value
        if weights:
            values.setdefault("model", {})["weights"] = weights
        if weights_dir:
            backbone = values.get("model", {}).get("backbone", "mobilenetv2")
            values.setdefault("model", {})["weights"] = str(weights_dir / f"{backbone}.weights.h5")
        trials.append(Trial(name, build_config(values, source=f"trial {name!r}")))
    if not trials:
        raise ConfigError(f"{table} names no trials.", hint="Add [[trial]] tables.")
    return trials


def run_trial(trial: Trial, catalog: Catalog, runs: Path, out: Path) -> dict[str, Any]:
    """Trains one trial and scores its best epoch on the validation films, plain and stressed.

    Returns:
        What goes into its JSON.
    """
    keras.backend.clear_session()
    config = trial.config
    split = make_split(
        catalog,
        validation_fraction=config.data.validation_fraction,
        seed=config.seed,
        near_duplicate_bits=config.data.near_duplicate_bits,
        fold=config.data.fold,
        training_films=config.data.training_films,
    )
    files = RunFiles(out / "trials" / f"{trial.slug}-{config.sha256[:8]}")
    files.folder.mkdir(parents=True, exist_ok=True)
    store = PreparedFilms(runs / "prepared", catalog.root, spec_of(config))
    store.make((*split.training, *split.validation, *split.test))
    store.lay_out(split, files.tree)
    validation = validation_set(config, split, store)
    start = time.monotonic()
    best = train(config, files, validation)
    seconds = time.monotonic() - start
    model = keras.models.load_model(best, compile=False)
    probabilities = score_keras(validation.films, model)
    return {
        "name": trial.name,
        "config_sha256": config.sha256,
        "config": msgspec.to_builtins(config),
        "backbone": config.model.backbone,
        "input_px": BACKBONES[config.model.backbone].input_px,
        "parameters": int(model.count_params()),
        "training_films": len(split.training),
        "validation_films": len(split.validation),
        "seconds": round(seconds),
        "split_sha256": split.sha256,
        "plain": measures(validation, probabilities, ~validation.stressed),
        "stressed": measures(validation, probabilities, validation.stressed),
    }


def measures(
    validation: ValidationSet, probabilities: NDArray[np.float64], chosen: NDArray[np.bool_]
) -> dict[str, dict[str, float]]:
    """AUC, and recall at a specificity of 90 %, each with a 95 % interval over patients."""
    from sklearn.metrics import roc_auc_score

    labels, scores = validation.labels[chosen], probabilities[chosen]

    def auc(films: NDArray[np.int64]) -> float:
        return float(roc_auc_score(labels[films], scores[films]))

    def recall(films: NDArray[np.int64]) -> float:
        return recall_at_specificity(labels[films], scores[films])

    found = {}
    for name, statistic in (("auc", auc), ("recall_at_specificity", recall)):
        estimate = interval_of(statistic, labels, validation.patients[chosen], resamples=500)
        found[name] = {key: round(value, 4) for key, value in msgspec.to_builtins(estimate).items()}
    return found


def recall_at_specificity(
    labels: NDArray[np.int64], probabilities: NDArray[np.float64], specificity: float = SPECIFICITY
) -> float:
    """Share of positives strictly above the value that `specificity` of the negatives do not exceed."""
    negatives = np.sort(probabilities[labels == 0])
    limit = negatives[min(int(np.ceil(specificity * len(negatives))), len(negatives)) - 1]
    return float((probabilities[labels == 1] > limit).mean())


def summarise(results: list[dict[str, Any]], left_out: list[str]) -> str:
    """A Markdown table, the best first, and what each single change did."""
    lines = [
        f"Recall at a specificity of {SPECIFICITY:.0%}, on validation films; 95 % intervals over patients.",
        "",
        "| trial | recall, stressed films | recall, plain films | AUC, stressed | AUC, plain | parameters | seconds |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in sorted(results, key=lambda r: -r["stressed"]["recall_at_specificity"]["value"]):
        cells = [_cell(row[side][name]) for name in ("recall_at_specificity", "auc") for side in ("stressed", "plain")]
        lines.append(f"| {row['name']} | {' | '.join(cells)} | {row['parameters']:,} | {row['seconds']} |")
    lines += ["", *(f"Left out: {reason}" for reason in left_out)]
    return "\n".join(lines).rstrip() + "\n"


def _cell(estimate: dict[str, float]) -> str:
    return f"{estimate['value']:.3f} ({estimate['low']:.3f}-{estimate['high']:.3f})"
