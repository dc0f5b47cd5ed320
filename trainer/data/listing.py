"""Which films there are: from folders named after the labels, or from a CSV file."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from edge_app.bundle.manifest import Labels
from edge_app.intake.find import find_films
from trainer.errors import DataError
from trainer.task import Columns, Films, Task

Folder = Literal["train", "val", "test"]
FOLDERS: tuple[Folder, ...] = ("train", "val", "test")


@dataclass(frozen=True, slots=True)
class ListedFilm:
    """One film as it is listed; its pixels have not been read.

    Attributes:
        path: The file.
        label: 0 negative, 1 positive.
        patient: Films of one patient share it.
        kind: Subgroup of the label.
        source: Hospital or collection; empty where there is only one.
        folder: Part of the data set: `train`, `val` or `test`.
    """

    path: Path
    label: int
    patient: str
    kind: str
    source: str = ""
    folder: Folder = "train"


def list_films(root: Path, task: Task) -> list[ListedFilm]:
    """Lists the films of a data set.

    Args:
        root: The data set's folder.
        task: The task of the data set.

    Returns:
        The films, in no particular order.

    Raises:
        DataError: The folder or the listing is missing or has another form, or a label has no film.
    """
    if not root.is_dir():
        raise DataError(f"The data set folder {root} does not exist.", hint=task.dataset.obtain)
    if task.films.listing:
        films = _with_test_split(read_listing(root / task.films.listing, task.labels, task.films), task.films)
    else:
        films = _in_split_folders(root, task)
    for side, is_test in (("train", False), ("test", True)):
        if lacking := _lacking([film for film in films if (film.folder == "test") is is_test], task.labels):
            raise DataError(
                f"The {side} films of {root} hold none of label {' and '.join(lacking)}.",
                hint="Check the labels of the listing, and films.negative and films.positive of the task.",
            )
    return films


def list_labelled(source: Path, labels: Labels, films: Films) -> list[ListedFilm]:
    """Lists films without a split: a site's own.

    Args:
        source: A folder with one folder for each label, or a CSV file with the columns `path`, `label` and, optionally,
            `patient`; paths are absolute or relative to its own folder.
        labels: Names of the labels; in a CSV file 0 and 1 stand for them too.
        films: Patterns of the patient in file names.

    Returns:
        The films, in the order of the listing.

    Raises:
        DataError: The source is missing or has another form, names a file that does not exist, or lacks a label.
    """
    forms = (
        f"Give a folder with {labels.negative}/ and {labels.positive}/, or a CSV with the columns path, label "
        f"({labels.negative} or {labels.positive}) and, if you have it, patient."
    )
    try:
        if source.is_dir():
            found = _in_label_folders(source, labels, films)
        else:
            columns = Columns(patient="patient" if "patient" in _header(source) else "")
            layout = Films(
                columns=columns,
                negative=(labels.negative, "0"),
                positive=(labels.positive, "1"),
                patient_pattern=films.patient_pattern,
            )
            found = read_listing(source, labels, layout)
    except DataError as error:
        raise DataError(error.message, hint=forms) from error
    if lacking := _lacking(found, labels):
        raise DataError(f"{source} holds no film of {' and of '.join(lacking)}.", hint=forms)
    return found


def read_listing(listing: Path, labels: Labels, films: Films) -> list[ListedFilm]:
    """Reads a CSV file that lists films.

    Args:
        listing: The file; paths in it are absolute or relative to its own folder.
        labels: Names of the labels.
        films: Columns, and the values of the label column.

    Returns:
        The films, in the order of the lines.

    Raises:
        DataError: The file or a column is missing, or lines cannot be used; all of those are named.
    """
    columns = films.columns
    header = _header(listing)
    wanted = [getattr(columns, field) for field in Columns.__struct_fields__]
    if absent := [name for name in wanted if name and name not in header]:
        raise DataError(
            f"{listing} lacks the column {' and the column '.join(absent)}.", hint=f"It has: {', '.join(header)}."
        )
    values = {value.casefold(): 0 for value in films.negative or (labels.negative,)}
    values |= {value.casefold(): 1 for value in films.positive or (labels.positive,)}
    found: list[ListedFilm] = []
    faults: list[str] = []
    with listing.open(newline="", encoding="utf-8-sig") as stream:
        for number, row in enumerate(csv.DictReader(stream), start=2):
            film = _film_of(row, listing.parent, values, films)
            if isinstance(film, ListedFilm):
                found.append(film)
            else:
                faults.append(f"line {number}: {film}")
    if faults:
        raise DataError(
            f"{len(faults)} lines of {listing} cannot be used:\n  " + "\n  ".join(faults),
            hint=f"Labels are: {', '.join(films.negative or (labels.negative,))}; "
            f"{', '.join(films.positive or (labels.positive,))}.",
        )
    return found


def _film_of(row: dict[str, str], folder: Path, values: dict[str, int], films: Films) -> ListedFilm | str:
    """The film of one line, or what is wrong with the line."""

    def cell(column: str) -> str:
        return (row.get(column) or "").strip() if column else ""

    columns = films.columns
    relative = cell(columns.path)
    label = values.get(cell(columns.label).casefold())
    if label is None:
        return f"label {cell(columns.label)!r} is not one of the task"
    if not (folder / relative).is_file():
        return f"there is no file {relative}"
    side = cell(columns.side) or "train"
    if side not in FOLDERS:
        return f"side {side!r} is not one of {', '.join(FOLDERS)}"
    named, kind = films.read_name(Path(relative).name, label)
    source = cell(columns.source)
    patient = cell(columns.patient) or named
    # Without either the film is a patient of its own. Numbers of patients may repeat in another source.
    own = f"{source}/{patient}".strip("/") if patient else Path(relative).with_suffix("").as_posix()
    return ListedFilm(folder / relative, label, own, cell(columns.kind) or kind, source, side)


def _header(listing: Path) -> Sequence[str]:
    try:
        with listing.open(newline="", encoding="utf-8-sig") as stream:
            return csv.DictReader(stream).fieldnames or ()
    except FileNotFoundError as error:
        raise DataError(f"There is no {listing}.") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{listing} cannot be read as CSV in UTF-8.", detail=repr(error)) from error


def _with_test_split(films: list[ListedFilm], layout: Films) -> list[ListedFilm]:
    """Checks the sides of a listing, or draws the test split where the listing has no sides."""
    if layout.columns.side:
        both = {film.patient for film in films if film.folder == "test"}
        both &= {film.patient for film in films if film.folder != "test"}
        if both:
            raise DataError(
                f"{len(both)} patients have films both in test and outside of it, {sorted(both)[0]} among them.",
                hint="Give all films of a patient one side.",
            )
        return films
    return [replace(film, folder="test") if _share(film.patient) < layout.test_share else film for film in films]


def _share(patient: str) -> float:
    """A number in 0..1 that depends on the patient's name alone."""
    return int.from_bytes(hashlib.sha256(patient.encode()).digest()[:8], "big") / 2**64


def _in_split_folders(root: Path, task: Task) -> list[ListedFilm]:
    names = (task.labels.negative, task.labels.positive)
    layout = f"The folder must hold train/, val/ and test/, each with {names[0]}/ and {names[1]}/."
    missing = [f"{folder}/{name}" for folder in FOLDERS for name in names if not (root / folder / name).is_dir()]
    if missing:
        nested = next((path.parent.parent for path in sorted(root.glob(f"*/train/{names[0]}"))), None)
        raise DataError(f"{root} lacks {', '.join(missing)}.", hint=f"Did you mean {nested}?" if nested else layout)
    films: list[ListedFilm] = []
    for folder in FOLDERS:
        here = _in_label_folders(root / folder, task.labels, task.films)
        if lacking := _lacking(here, task.labels):
            empty = ", ".join(f"{folder}/{name}" for name in lacking)
            raise DataError(f"There are no films in {empty} of {root}.", hint="Copy the data set again.")
        # Patients of train/ and val/ share their numbers; those of test/ begin anew.
        group = "test" if folder == "test" else "train"
        films += [replace(film, patient=f"{group}/{film.patient}", folder=folder) for film in here]
    return films


def _in_label_folders(folder: Path, labels: Labels, films: Films) -> list[ListedFilm]:
    names = (labels.negative, labels.positive)
    missing = [name for name in names if not (folder / name).is_dir()]
    if missing:
        raise DataError(f"{folder} lacks {' and '.join(missing)}.")
    found = []
    for label, name in enumerate(names):
        for path in find_films([folder / name]):
            patient, kind = films.read_name(path.name, label)
            own = path.relative_to(folder).with_suffix("").as_posix()
            found.append(ListedFilm(path, label, patient or own, kind))
    return found


def _lacking(films: Sequence[ListedFilm], labels: Labels) -> list[str]:
    there = {film.label for film in films}
    return [name for label, name in enumerate((labels.negative, labels.positive)) if label not in there]
