"""The whole workflow, from a folder of films to a bundle. Each step leaves its result in the run's folder, so that the
same command goes on where a run was cut off.

1 catalog, 2 split, 3 prepare, 4 train (two phases), 5 convert, 6 calibrate on validation, evaluate on test, 7 bundle.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from edge_app.imaging.preprocess import PreprocessSpec
from trainer.config import Config, ExportConfig, OperatingPointConfig
from trainer.data.catalog import scan
from trainer.data.film_set import FilmSet, ValidationSet
from trainer.data.prepare import PreparedFilms
from trainer.data.split import Split, configured_split
from trainer.data.stress import stress
from trainer.export.bundle import put_in_place
from trainer.nets.backbones import input_side
from trainer.packaging import FinishedTraining, finish
from trainer.packaging.provenance import write_provenance
from trainer.progress import progress_line, say
from trainer.task import Task
from trainer.training.distribution import build_team
from trainer.training.train import RunFiles, train


@dataclass(frozen=True, slots=True)
class Request:
    """What `trainer train` was asked for.

    Attributes:
        data: The data set's folder.
        runs: Folder of all runs.
        bundle: Where the finished bundle goes; None leaves it in the run's folder.
        name: Of the run; None for one made from the configuration, so that the same command finds its run again.
    """

    data: Path
    runs: Path
    bundle: Path | None
    name: str | None = None


def run(task: Task, request: Request) -> Path:
    """Runs the workflow.

    Args:
        task: What is trained, and by which recipe.
        request: Where films are read and results are written.

    Returns:
        The folder of the finished bundle; for a worker that is not the chief, its own folder.
    """
    config = task.recipe
    team = build_team(config.training)
    catalog = scan(request.data, task, progress_line("reading films"))
    split = configured_split(catalog, config.data, config.seed)
    files = RunFiles(team.folder(request.runs / (request.name or run_name(config, split))))
    files.folder.mkdir(parents=True, exist_ok=True)
    write_provenance(files, task, catalog, split)
    spec = spec_of(config)
    store = PreparedFilms(request.runs / "prepared", catalog.root, spec)
    store.make((*split.training, *split.validation, *split.test), progress_line("preparing films"))
    store.lay_out(split, files.tree)
    validation = validation_set(config, split, store)
    say(
        f"run {files.folder}: {len(split.training)} films to train on, {len(split.validation)} to choose by "
        f"(and {len(validation.labels) - len(split.validation)} stressed copies), {len(split.test)} to report on"
    )
    best = train(config, files, validation, team)
    if not team.is_chief:
        say(f"worker {team.index} is done: worker 0 makes the bundle")
        return files.folder
    if team.size > 1:
        say("the other workers are done and leave, which TensorFlow reports as tasks that have crashed")
    built = finish(
        FinishedTraining(
            task=task,
            files=files,
            best=best,
            catalog=catalog,
            split=split,
            spec=spec,
            training=FilmSet.of(store.load(split.training), split.training),
            validation=validation,
            test=FilmSet.of(store.load(split.test), split.test),
            second_site=task.external_folder(request.data),
        )
    )
    say(f"the bundle passed its self-test: {built}")
    if request.bundle is not None:
        put_in_place(built, request.bundle)
        say(f"and is now in {request.bundle}")
    return request.bundle or built


def run_name(config: Config, split: Split) -> str:
    """The name of a run: backbone, and a hash of the films and of what the weights depend on.

    What only the export depends on is left out, so that a changed threshold or conversion finds the trained weights.
    """
    learnt = msgspec.structs.replace(config, export=ExportConfig(), operating_point=OperatingPointConfig())
    digest = hashlib.sha256(f"{learnt.sha256} {split.sha256}".encode()).hexdigest()
    return f"{config.model.backbone}-{digest[:8]}"


def spec_of(config: Config) -> PreprocessSpec:
    """How films are prepared for a backbone."""
    side = input_side(config.model)
    return PreprocessSpec(height=side, width=side)


def validation_set(config: Config, split: Split, store: PreparedFilms) -> ValidationSet:
    """The validation films, followed by their stressed copies."""
    plain = FilmSet.of(store.load(split.validation), split.validation)
    copies = config.data.stress_copies
    stressed = [stress(plain.films, seed=config.seed * 100 + copy) for copy in range(copies)]
    return ValidationSet(
        films=np.concatenate([plain.films, *stressed]),
        labels=np.tile(plain.labels, copies + 1),
        patients=np.tile(plain.patients, copies + 1),
        kinds=np.tile(plain.kinds, copies + 1),
        stressed=np.repeat([False] + [True] * copies, len(plain.labels)),
    )
