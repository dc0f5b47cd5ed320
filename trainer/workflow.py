"""The whole workflow, from films to a bundle: the seven steps of docs/training.md.

Each step leaves its result in the run's folder, so that the same command continues a run that was cut off. Steps 1 to 4
are here; `trainer.packaging` does the others.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from edge_app.imaging.preprocess import PreprocessSpec
from trainer.config import Config, ExportConfig, LungsConfig, OperatingPointConfig
from trainer.data.catalog import Catalog, scan
from trainer.data.film_set import FilmSet, ValidationSet
from trainer.data.lung_masks import LungMasks, check_masks, drawn_beside, read_lung_masks
from trainer.data.prepare import PreparedFilms, tree_order
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
    """The paths of `trainer train`.

    Attributes:
        data: The data set's folder.
        runs: Folder of all runs.
        bundle: Folder of the finished bundle; None leaves it in the run's folder.
        name: Name of the run; None for a name made from recipe and films, so that the same command finds its run.
        lung_masks: File of lung masks; None trains without.
    """

    data: Path
    runs: Path
    bundle: Path | None
    name: str | None = None
    lung_masks: Path | None = None


def run(task: Task, request: Request) -> Path:
    """Runs the workflow.

    Args:
        task: The task, with its recipe.
        request: The paths.

    Returns:
        The folder of the finished bundle; on a worker other than the chief, its own folder.
    """
    config = task.recipe
    team = build_team(config.training)
    catalog = scan(request.data, task, progress_line("reading films"))
    split = configured_split(catalog, config.data, config.seed)
    masks = masks_of(config, request, catalog)
    if masks is None:
        config = msgspec.structs.replace(config, lungs=LungsConfig())
        task = msgspec.structs.replace(task, recipe=config)
    files = RunFiles(team.folder(request.runs / (request.name or run_name(config, split, masks))))
    files.folder.mkdir(parents=True, exist_ok=True)
    write_provenance(files, task, catalog, split)
    spec = spec_of(config)
    store = PreparedFilms(request.runs / "prepared", catalog.root, spec)
    store.make((*split.training, *split.validation, *split.test), progress_line("preparing films"))
    store.lay_out(split, files.tree)
    validation = validation_set(config, split, store)
    say(
        f"run {files.folder}: {len(split.training)} training films, {len(split.validation)} validation films "
        f"(and {len(validation.labels) - len(split.validation)} stressed copies), {len(split.test)} test films"
    )
    lungs = None if masks is None else masks.stack(tree_order(split.training), spec.height, spec.width)
    best = train(config, files, validation, team, lungs)
    if not team.is_chief:
        say(f"worker {team.index} is done: worker 0 makes the bundle")
        return files.folder
    if team.size > 1:
        say("the other workers are done and end; TensorFlow reports them as crashed tasks")
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
            masks=masks or drawn_beside(request.data),
        )
    )
    say(f"the bundle passed its self-test: {built}")
    if request.bundle is not None:
        put_in_place(built, request.bundle)
        say(f"and is now in {request.bundle}")
    return request.bundle or built


def masks_of(config: Config, request: Request, catalog: Catalog) -> LungMasks | None:
    """The lung masks that a run learns from; None, with a word, where none were given or the recipe uses none.

    Raises:
        DataError: The masks cannot be read or do not fit the data set.
    """
    if request.lung_masks is None or not config.lungs.teaches:
        say("without lung masks: this run is not taught where the lungs are (docs/training.md)")
        return None
    masks = read_lung_masks(request.lung_masks)
    say(check_masks(masks, catalog))
    return masks


def run_name(config: Config, split: Split, masks: LungMasks | None = None) -> str:
    """The name of a run: backbone, and a hash of the films and of what the weights depend on.

    Export and operating points are left out, so that a changed threshold or conversion finds the trained weights.
    """
    learnt = msgspec.structs.replace(config, export=ExportConfig(), operating_point=OperatingPointConfig())
    learnt_from = " ".join([learnt.sha256, split.sha256, *([masks.sha256] if masks else [])])
    digest = hashlib.sha256(learnt_from.encode()).hexdigest()
    return f"{config.model.backbone}-{digest[:8]}"


def spec_of(config: Config) -> PreprocessSpec:
    """The preprocessing for a backbone."""
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
