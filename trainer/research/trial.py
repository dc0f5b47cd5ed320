"""One trial: training, then scoring of the kept epoch on every set of films."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import msgspec
import numpy as np
from numpy.typing import NDArray

from trainer.evaluation.predictions import score_keras
from trainer.files import write_json
from trainer.nets.backbones import input_side
from trainer.progress import say
from trainer.research.differences import STATISTICS, Measure, ScoredFilms, estimate
from trainer.research.films import SETS, SetName, TrialFilms, epoch_films, sets_of
from trainer.research.table import Trial
from trainer.statistics.intervals import Interval
from trainer.training.train import RunFiles, train
from trainer.workflow import spec_of

RESULT, SCORES = "result.json", "scores.npz"


def run_trial(trial: Trial, films: TrialFilms, out: Path) -> None:
    """Trains and scores one trial; a trial that was cut off continues at its epoch.

    Args:
        trial: The trial.
        films: Source of its films.
        out: Folder with a folder for each trial: `result.json` with the measures, `scores.npz` with the probability
            of each film, and the net.
    """
    keras.backend.clear_session()
    folder = out / trial.key
    config = trial.config
    spec = spec_of(config)
    split = films.split(trial)
    files = RunFiles(folder / "run")
    files.folder.mkdir(parents=True, exist_ok=True)
    films.store(trial, spec, split).lay_out(split, files.tree)
    sets = films.scored(trial, spec)
    start = time.monotonic()
    chosen_by = epoch_films(sets["plain"], sets["stressed"], trial.scoring.epoch_films, trial.without)
    best = train(config, files, chosen_by)
    seconds = time.monotonic() - start
    model = keras.models.load_model(best, compile=False)
    scored = {
        name: ScoredFilms(sets[name].labels, sets[name].patients, score_keras(sets[name].films, model))
        for name in sets_of(trial)
    }
    save_scores(folder / SCORES, scored)
    write_json(
        folder / RESULT,
        {
            "name": trial.name,
            "config": msgspec.to_builtins(config),
            "scoring": msgspec.to_builtins(trial.scoring),
            "without": trial.without,
            "input_px": input_side(config.model),
            "parameters": int(model.count_params()),
            "training_films": len(split.training),
            "seconds": round(seconds),
            "split_sha256": split.sha256,
            "measures": {name: measures(scored[name]) for name in scored},
        },
    )
    say(f"done: {trial.name}, {seconds:.0f} s")


def measures(scored: ScoredFilms) -> dict[Measure, Interval]:
    """Every measure with its interval."""
    return {name: estimate(name, scored) for name in STATISTICS}


def save_scores(path: Path, scored: Mapping[SetName, ScoredFilms]) -> None:
    """Saves the outputs of a trial, for paired comparisons with later trials."""
    arrays: dict[str, NDArray[Any]] = {}
    for name, one in scored.items():
        arrays |= {f"{name}_labels": one.labels, f"{name}_patients": one.patients, f"{name}_p": one.probabilities}
    np.savez_compressed(path, **arrays)


def load_scores(path: Path) -> dict[SetName, ScoredFilms]:
    """Reads the outputs that `save_scores` saved."""
    with np.load(path) as arrays:
        return {
            name: ScoredFilms(arrays[f"{name}_labels"], arrays[f"{name}_patients"], arrays[f"{name}_p"])
            for name in SETS
            if f"{name}_p" in arrays
        }
