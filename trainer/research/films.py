"""The films of trials: two held-out folds, each with another list of changes of acquisition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edge_app.imaging.preprocess import PreprocessSpec
from trainer.data.catalog import Catalog, CatalogFilm
from trainer.data.film_set import FilmSet, ValidationSet
from trainer.data.prepare import PreparedFilms
from trainer.data.split import Split, configured_split, limit_films
from trainer.data.stress import stress
from trainer.research.other_stress import OTHER_CHANGES
from trainer.research.table import Trial

SetName = Literal["plain", "stressed", "check", "viral"]
SETS: dict[SetName, str] = {
    "plain": "validation fold, films as they are",
    "stressed": "validation fold, films under the stress list",
    "check": "another fold, films under another list of changes, none of which is in the first",
    "viral": "another fold, viral pneumonia against normal, films as they are",
}
"""Sets of films: recipes are scored on the first three, their repeats without a kind on the last."""

T = TypeVar("T")

STRESS_SIDE_PX = 224
"""Size at which films are changed before they are resized, so that a blur affects every input size alike."""
STRESS_SEED, CHECK_SEED = 100, 500


@dataclass(frozen=True, slots=True)
class TrialFilms:
    """Draws the films of trials; all trials with the same `Scoring` get the same films.

    Attributes:
        catalog: Catalog of the data set.
        runs: Folder with the cache of prepared films.
    """

    catalog: Catalog
    runs: Path
    _scored: dict[tuple[object, ...], dict[SetName, FilmSet]] = field(default_factory=dict)

    def split(self, trial: Trial) -> Split:
        """Training films outside both folds, limited and without a kind as the trial states; the validation fold."""
        both, fold = self._fold(trial, trial.scoring.check_fold), self._fold(trial, trial.config.data.fold)
        held_out = {film.path for film in both.validation}
        training = [film for film in fold.training if film.path not in held_out and film.kind != trial.without]
        most = trial.config.data.training_films
        return replace(
            fold, training=limit_films([(film, film.patient) for film in training], most, trial.scoring.split_seed)
        )

    def store(self, trial: Trial, spec: PreprocessSpec, split: Split) -> PreparedFilms:
        """The prepared films of a trial's size."""
        store = PreparedFilms(self.runs / "prepared", self.catalog.root, spec)
        store.make((*split.training, *split.validation))
        return store

    def scored(self, trial: Trial, spec: PreprocessSpec) -> dict[SetName, FilmSet]:
        """The films a trial is scored on.

        Args:
            trial: The trial.
            spec: Preprocessing of its net.

        Returns:
            `plain`, `stressed` and `check` have one copy of each film, in one order; see `SETS`.
        """
        scoring = trial.scoring
        key = (scoring, trial.config.data, spec)
        if key not in self._scored:
            rows = evenly(self._fold(trial, trial.config.data.fold).validation, scoring.films)
            other = self._fold(trial, scoring.check_fold).validation
            viral = [film for film in other if film.kind in ("normal", "viral")]
            self._scored[key] = {
                "plain": self._load(rows, spec),
                "stressed": self._changed(rows, spec, STRESS_SEED),
                "check": self._changed(evenly(other, scoring.films), spec, CHECK_SEED),
                "viral": self._load(evenly(viral, scoring.films), spec),
            }
        return self._scored[key]

    def _fold(self, trial: Trial, fold: int) -> Split:
        data = msgspec.structs.replace(trial.config.data, fold=fold, training_films=0)
        return configured_split(self.catalog, data, trial.scoring.split_seed)

    def _load(self, rows: Sequence[CatalogFilm], spec: PreprocessSpec) -> FilmSet:
        store = PreparedFilms(self.runs / "prepared", self.catalog.root, spec)
        store.make(rows)
        return FilmSet.of(store.load(rows), rows)

    def _changed(self, rows: Sequence[CatalogFilm], spec: PreprocessSpec, seed: int) -> FilmSet:
        large = self._load(rows, PreprocessSpec(height=STRESS_SIDE_PX, width=STRESS_SIDE_PX))
        changed = stress(large.films, seed, OTHER_CHANGES if seed == CHECK_SEED else None)
        return replace(large, films=_resized(changed, spec))


def sets_of(trial: Trial) -> tuple[SetName, ...]:
    """The sets a trial is scored on."""
    return ("viral",) if trial.without else ("plain", "stressed", "check")


def epoch_films(plain: FilmSet, stressed: FilmSet, count: int, without: str = "") -> ValidationSet:
    """The films, plain and stressed, by which the epoch of a trial is chosen.

    Args:
        plain: Scored films.
        stressed: The same films, stressed.
        count: Maximum number of each.
        without: A kind of film that must not be among them.
    """
    chosen = np.array(evenly(np.flatnonzero(plain.kinds != without).tolist(), count))
    return ValidationSet(
        films=np.concatenate([plain.films[chosen], stressed.films[chosen]]),
        labels=np.tile(plain.labels[chosen], 2),
        patients=np.tile(plain.patients[chosen], 2),
        kinds=np.tile(plain.kinds[chosen], 2),
        stressed=np.repeat([False, True], len(chosen)),
    )


def evenly(items: Sequence[T], most: int) -> Sequence[T]:
    """At most `most` items, evenly spaced, so that labels keep their shares; 0 for all."""
    if not most or most >= len(items):
        return items
    return [items[i] for i in np.linspace(0, len(items) - 1, most).round().astype(int)]


def _resized(films: NDArray[np.uint8], spec: PreprocessSpec) -> NDArray[np.uint8]:
    size = (spec.width, spec.height)
    return np.stack([np.asarray(Image.fromarray(film).resize(size, Image.Resampling.BILINEAR)) for film in films])
