"""A site's own labelled films: a folder with NORMAL/ and PNEUMONIA/, or a CSV with path, label and patient."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from edge_app.intake.find import find_films
from trainer.data.catalog import CLASSES, patient_of
from trainer.errors import DataError

_LABELS = {"0": 0, "1": 1, **{name.lower(): label for label, name in enumerate(CLASSES)}}
FORMS = (
    "Give a folder with NORMAL/ and PNEUMONIA/, or a CSV with the columns path, label (NORMAL or PNEUMONIA) and, if "
    "you have it, patient."
)


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """One film as the site lists it.

    Attributes:
        path: The file.
        label: 0 NORMAL, 1 PNEUMONIA.
        patient: Films of one patient share it.
    """

    path: Path
    label: int
    patient: str


def list_site_films(source: Path) -> tuple[LabelledFile, ...]:
    """Lists a site's films.

    Args:
        source: A folder, or a `.csv` whose paths are absolute or relative to its own folder. Without a column
            `patient`, and in a folder, the patient is read off names like those of the data set; any other name is a
            patient of its own.

    Returns:
        The films, in the order of the listing.

    Raises:
        DataError: The source is missing, of another form, names a file that is not there, or lacks a class.
    """
    if source.is_dir():
        films = _of_folder(source)
    elif source.is_file():
        films = _of_csv(source)
    else:
        raise DataError(f"There is no {source}.", hint=FORMS)
    lacking = [name for label, name in enumerate(CLASSES) if all(film.label != label for film in films)]
    if lacking:
        raise DataError(f"{source} holds no film of {' and of '.join(lacking)}.", hint=FORMS)
    return tuple(films)


def _of_folder(folder: Path) -> list[LabelledFile]:
    missing = [name for name in CLASSES if not (folder / name).is_dir()]
    if missing:
        raise DataError(f"{folder} lacks {' and '.join(missing)}.", hint=FORMS)
    return [
        LabelledFile(path, label, f"{name}/{patient_of(path.name, label)[0]}")
        for label, name in enumerate(CLASSES)
        for path in find_films([folder / name])
    ]


def _of_csv(listing: Path) -> list[LabelledFile]:
    films: list[LabelledFile] = []
    faults: list[str] = []
    with listing.open(newline="", encoding="utf-8-sig") as stream:
        rows = csv.DictReader(stream)
        if not {"path", "label"} <= set(rows.fieldnames or ()):
            raise DataError(f"{listing} lacks the column path or label.", hint=FORMS)
        for number, row in enumerate(rows, start=2):
            path = listing.parent / (row["path"] or "")
            label = _LABELS.get((row["label"] or "").strip().lower())
            if label is None:
                faults.append(f"line {number}: label {row['label']!r} is neither NORMAL nor PNEUMONIA")
            elif not path.is_file():
                faults.append(f"line {number}: there is no file {row['path']}")
            else:
                own = f"{CLASSES[label]}/{patient_of(path.name, label)[0]}"
                films.append(LabelledFile(path, label, (row.get("patient") or "").strip() or own))
    if faults:
        raise DataError(f"{len(faults)} lines of {listing} cannot be used:\n  " + "\n  ".join(faults), hint=FORMS)
    return films
