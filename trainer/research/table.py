"""Tables of trials, such as `research/configs/compare.toml`: recipes, their baselines, and the films they see."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from trainer.config import Config, ModelConfig, build_config
from trainer.errors import ConfigError

UNSEEN_SUFFIX = ", never shown a {kind} film"


class Scoring(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Films on which the trials of a table are compared; the same for all trials.

    Attributes:
        split_seed: Seed of the split. A trial's own `seed` does not change the split, so that seeds are paired too.
        films: Number of films of a fold that are scored, evenly spaced; 0 for all.
        epoch_films: Number of films of the validation fold, and of stressed copies, that choose the epoch of a trial.
        check_fold: A second held-out fold, for the check. No epoch is chosen on it.
    """

    split_seed: int = 1
    films: Annotated[int, Meta(ge=0)] = 0
    epoch_films: Annotated[int, Meta(ge=2)] = 128
    check_fold: Annotated[int, Meta(ge=0)] = 1


@dataclass(frozen=True, slots=True)
class Trial:
    """A row of a table.

    Attributes:
        name: Name of the trial.
        config: The recipe.
        scoring: Films of the comparison.
        question: Question that the trial answers; empty for a baseline.
        against: Name of its baseline.
        without: Kind of film (`bacterial` or `viral`) that the training leaves out; empty for none.
        recipe: Name of the trial that this one repeats without that kind; its own name otherwise.
    """

    name: str
    config: Config
    scoring: Scoring
    question: str
    against: str
    without: str
    recipe: str

    @property
    def key(self) -> str:
        """Hash of recipe and scoring: everything but the films and the initial weights."""
        parts = [self.config.sha256, msgspec.json.encode(self.scoring).decode(), self.without]
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of trials.

    Attributes:
        title: Heading of its part of the report.
        text: Introduction.
        trials: Trials in the order in which they run, the most informative first.
    """

    title: str
    text: str
    trials: tuple[Trial, ...]


def read_table(path: Path, weights: str | None = None, weights_dir: Path | None = None) -> Table:
    """Reads a table.

    It holds `title`, `text`, `[scoring]`, `[base]` and `[[trial]]`. A trial starts from `[base]`; its keys are those of
    a recipe, and `name`, `question`, `against` (the first trial where it is missing) and `unseen`: a kind of positive
    film without which the recipe is trained once more, after all other trials.

    Args:
        path: The TOML file.
        weights: Initial weights instead of `imagenet` in trials with the backbone of `[base]`; a file fits one net.
        weights_dir: Folder with `BACKBONE.weights.h5`, used instead of `imagenet` in every trial.

    Returns:
        The table.

    Raises:
        ConfigError: The file is no TOML or has no trials, or a trial has an unknown key, no name, several workers, or
            no baseline.
    """
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))
        scoring = msgspec.convert(rows.get("scoring", {}), Scoring)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ConfigError(f"The table of trials {path} cannot be read: {error}.") from error
    base = rows.get("base", {})
    common = base.get("model.backbone", ModelConfig().backbone)
    trials: list[Trial] = []
    repeats: list[Trial] = []
    for row in rows.get("trial", []):
        keys = {**base, **row}
        name = keys.pop("name", None)
        if not name:
            raise ConfigError(f"A trial in {path} has no name.", hint='Add name = "...".')
        question = keys.pop("question", "")
        against = keys.pop("against", trials[0].name if trials else name)
        unseen = keys.pop("unseen", "")
        if keys.get("model.weights", "imagenet") == "imagenet":
            backbone = keys.get("model.backbone", common)
            if weights_dir:
                keys["model.weights"] = str(weights_dir / f"{backbone}.weights.h5")
            elif weights and backbone == common:
                keys["model.weights"] = weights
        config = _config(keys, f"trial {name!r} of {path}")
        if config.training.strategy == "multi_worker":
            raise ConfigError(
                f"Trial {name!r} of {path} asks for several workers, but a table of trials runs in one process.",
                hint="Leave training.strategy out, or name mirrored.",
            )
        trials.append(Trial(name, config, scoring, question, against, "", name))
        if unseen:
            again = name + UNSEEN_SUFFIX.format(kind=unseen)
            repeats.append(Trial(again, config, scoring, "", again, unseen, name))
    if not trials:
        raise ConfigError(f"{path} names no trials.", hint="Add [[trial]] tables.")
    _check_names(path, [*trials, *repeats])
    return Table(rows.get("title", path.stem), rows.get("text", ""), (*trials, *repeats))


def _config(keys: dict[str, Any], source: str) -> Config:
    values: dict[str, Any] = {}
    for key, value in keys.items():
        section, _, leaf = key.rpartition(".")
        (values.setdefault(section, {}) if section else values)[leaf] = value
    return build_config(values, source=source)


def _check_names(path: Path, trials: list[Trial]) -> None:
    names = [trial.name for trial in trials]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"Two trials in {path} are called {name!r}.", hint="Give each a name of its own.")
    for trial in trials:
        if trial.against not in names:
            raise ConfigError(
                f"Trial {trial.name!r} in {path} is compared with {trial.against!r}, which is no trial of the table.",
                hint=f"Known: {', '.join(names)}.",
            )
