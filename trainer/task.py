"""The task: which question is asked of which films, and what the bundle says of itself. One TOML file a task.

A task has two answers. `trainer/tasks/pneumonia.toml` is the task of the shipped model.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from edge_app.bundle import Variant
from edge_app.bundle.manifest import IntendedUse, Labels, Licence, Population
from trainer.config import Config, Fraction, Section, build_config, refuse_unknown
from trainer.errors import ConfigError

TASKS = Path(__file__).parent / "tasks"
DEFAULT_TASK = "pneumonia"
FileStem = Annotated[str, Meta(pattern="^[A-Za-z0-9][A-Za-z0-9_-]{0,60}$")]


class Dataset(Section, frozen=True):
    """The films that the task is trained on.

    Attributes:
        name: Name of the data set, for the manifest.
        obtain: One sentence for a user who has not got the films: where they are had, which folder to give.
    """

    name: str
    obtain: str = ""


class Columns(Section, frozen=True):
    """Names of the columns of a listing; an empty name stands for a column that the listing does not have.

    Attributes:
        path: Path of the film, relative to the listing's folder.
        label: Label, one of the values in `Films.negative` or `Films.positive`.
        patient: Patient, study or group: films that share it stay on one side of every split.
        kind: Subgroup of a label, such as the reading; figures are stated for each.
        source: Hospital or collection; figures are stated for each.
        side: `train`, `val` or `test`.
    """

    path: str = "path"
    label: str = "label"
    patient: str = ""
    kind: str = ""
    source: str = ""
    side: str = ""


class PatientPattern(Section, frozen=True):
    """Regular expressions that find the patient in a film's file name, by label; empty for none.

    The expression matches at the beginning of the name, ignores case, and has a group `patient` and, optionally, a
    group `kind`.
    """

    negative: str = ""
    positive: str = ""

    def __post_init__(self) -> None:
        for pattern in (self.negative, self.positive):
            try:
                groups = re.compile(pattern).groupindex
            except re.error as error:
                raise ValueError(f"patient_pattern {pattern!r} is no regular expression: {error}") from error
            if pattern and "patient" not in groups:
                raise ValueError(f"patient_pattern {pattern!r} has no group (?P<patient>...)")


class Films(Section, frozen=True):
    """Where the films and their labels stand.

    Attributes:
        listing: CSV file in the data set's folder. Empty: `train/`, `val/` and `test/` each hold a folder for each
            label, with the label's name.
        columns: Columns of the listing.
        negative: Values of the label column that mean the negative label; empty for the label's name.
        positive: Values of the label column that mean the positive label; empty for the label's name.
        patient_pattern: How a film's name tells its patient, where no column does. A film whose name does not match is
            a patient of its own.
        kinds: What the pattern's group `kind` means.
        test_share: Share of the patients of a listing without a column `side` that becomes the test split. A patient's
            side depends on the patient's name alone, so it stays the same when films are added.
    """

    listing: str = ""
    columns: Columns = Columns()
    negative: tuple[str, ...] = ()
    positive: tuple[str, ...] = ()
    patient_pattern: PatientPattern = PatientPattern()
    kinds: dict[str, str] = {}
    test_share: Fraction = 0.15

    def read_name(self, name: str, label: int) -> tuple[str, str]:
        """Reads patient and kind off a film's file name.

        Args:
            name: File name without its folder.
            label: 0 negative, 1 positive.

        Returns:
            Patient and kind in lower case; empty where the name does not say.
        """
        pattern = (self.patient_pattern.negative, self.patient_pattern.positive)[label]
        match = re.match(pattern, name, re.IGNORECASE) if pattern else None
        if match is None:
            return "", ""
        kind = (match.groupdict().get("kind") or "").lower()
        return match["patient"].lower(), self.kinds.get(kind, kind)


class BundleNames(Section, frozen=True, kw_only=True):
    """Names in the bundle.

    Attributes:
        name: Name of the model in the manifest.
        version: Version of the model in the manifest.
        creator: Maker of the model in the manifest.
        file_stem: What the names of the model files begin with.
    """

    name: str
    version: str = "1.0.0"
    creator: str = "Pneumoscope"
    file_stem: FileStem

    @property
    def keras(self) -> str:
        """File name of the Keras model."""
        return f"{self.file_stem}.keras"

    def tflite(self, variant: Variant) -> str:
        """File name of a `.tflite` file."""
        return f"{self.file_stem}_{variant}.tflite"


class ExternalSite(Section, frozen=True):
    """Films of patients from outside the population: they teach the gate, and are reported on.

    Attributes:
        folder: Folder with `films.csv`, relative to the data set's folder; it is used where it exists.
        statement: Markdown for the report: what the labels of these films are worth, and what follows.
        source: Name and terms of use of the films, for the manifest.
    """

    folder: str
    statement: str
    source: str = ""


class Task(Section, frozen=True, kw_only=True):
    """Everything that distinguishes one model from another.

    Attributes:
        name: Name of the task; the file's stem where the file does not say.
        dataset: The films.
        licence: Terms of the films, which the model inherits.
        labels: The two answers.
        films: Where films and labels stand.
        bundle: Names in the bundle.
        intended_use: Statement, population and limits for the manifest.
        population: Whose films the model knows, for the gate.
        external_site: Films of another hospital; None without.
        recipe: How the model is trained.
    """

    name: str
    dataset: Dataset
    licence: Licence | None = None
    labels: Labels
    films: Films = Films()
    bundle: BundleNames
    intended_use: IntendedUse
    population: Population
    external_site: ExternalSite | None = None
    recipe: Config = Config()

    def gate_sources(self, *, external: bool) -> tuple[str, ...]:
        """Whose films teach the gate, with their terms of use.

        Args:
            external: Whether films of the external site were used.
        """
        own = f"{self.dataset.name}: {self.licence.name if self.licence else 'no licence stated'}"
        return (own, self.external_site.source) if external and self.external_site else (own,)

    def external_folder(self, data: Path) -> Path | None:
        """The folder with films of another hospital; None where the task names none or it does not exist.

        Args:
            data: The data set's folder.
        """
        if self.external_site is None:
            return None
        folder = data.resolve() / self.external_site.folder
        return folder.resolve() if folder.is_dir() else None


def load_task(name_or_path: str | Path = DEFAULT_TASK, overrides: Iterable[str] = ()) -> Task:
    """Reads a task.

    Args:
        name_or_path: Name of a file in `trainer/tasks/` without its suffix, or the path of a TOML file.
        overrides: `section.key=value` of the recipe, as for `trainer.config.build_config`.

    Returns:
        The task.

    Raises:
        ConfigError: The file is missing or no TOML, a key is unknown or missing, or a value is impossible.
    """
    path = Path(name_or_path)
    if not path.suffix:
        path = TASKS / f"{name_or_path}.toml"
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        known = ", ".join(sorted(each.stem for each in TASKS.glob("*.toml")))
        raise ConfigError(
            f"The task {path} could not be read: {error.strerror}.", hint=f"Give the path of a .toml file, or: {known}."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}.") from error
    return build_task({"name": path.stem, **values}, overrides, source=str(path))


def build_task(values: dict[str, Any], overrides: Iterable[str] = (), *, source: str = "the task") -> Task:
    """As `load_task`, from values that were read already."""
    recipe = build_config(values.get("recipe", {}), overrides, source=source)
    rest = {key: value for key, value in values.items() if key != "recipe"}
    refuse_unknown(rest, Task, "", source)
    try:
        task = msgspec.convert(rest, Task)
    except msgspec.ValidationError as error:
        raise ConfigError(f"An impossible value in {source}: {error}.") from error
    return msgspec.structs.replace(task, recipe=recipe)
