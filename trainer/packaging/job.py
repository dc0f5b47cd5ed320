"""The input of the last steps: a finished training and its films."""

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
    """A finished training and its films.

    Attributes:
        task: Task of the run.
        files: Files of the run.
        best: Best model of the last phase.
        catalog: Catalog of the data set.
        split: Split of the films.
        spec: How films are prepared.
        training: Training films.
        validation: Validation films, with their stressed copies: everything is chosen on them.
        test: Test films: nothing is chosen on them.
        second_site: Folder with films of another hospital, for the gate and the report; None without.
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
