"""What the last steps are given: a finished training, and what it was trained on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edge_app.imaging.preprocess import PreprocessSpec
from trainer.config import Config
from trainer.data.catalog import Catalog
from trainer.data.film_set import FilmSet, ValidationSet
from trainer.data.lung_masks import LungMasks
from trainer.data.split import Split
from trainer.task import Task
from trainer.training.train import RunFiles


@dataclass(frozen=True, slots=True, eq=False)
class FinishedTraining:
    """All that the last steps need.

    Attributes:
        task: What was trained.
        files: The run's folder.
        best: The best model of the last phase.
        catalog: Of the data set.
        split: Which film was used for what.
        spec: How films are prepared.
        training: Training films.
        validation: Films everything is chosen on, with their stressed copies.
        test: Films that are only reported on.
        second_site: Folder with films of another site, for the gate and to look at; None without.
        masks: Lungs drawn on films of the data set; None without.
    """

    task: Task
    files: RunFiles
    best: Path
    catalog: Catalog
    split: Split
    spec: PreprocessSpec
    training: FilmSet
    validation: ValidationSet
    test: FilmSet
    second_site: Path | None
    masks: LungMasks | None = None

    @property
    def config(self) -> Config:
        """The recipe of the run."""
        return self.task.recipe

    @property
    def plain_validation(self) -> FilmSet:
        """The validation films without their stressed copies."""
        plain = self.validation.films[~self.validation.stressed]
        return FilmSet.of(plain, self.split.validation)
