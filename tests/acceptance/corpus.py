"""Where the material of the acceptance runs lies: packages, and the data set if there is one."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def data_set() -> Path:
    """The chest X-ray data set: DATA, else beside the repository."""
    return Path(os.environ.get("DATA", REPOSITORY.parent / "shared" / "data" / "chest_xray"))


def second_site() -> Path:
    return data_set().parent / "second_site"


def package_folder(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def dicom_test_files() -> list[Path]:
    """Every `.dcm` of pydicom and, where it is installed, of pydicom-data."""
    found: list[Path] = []
    for package, folder in (("pydicom", "data/test_files"), ("data_store", "data")):
        root = package_folder(package)
        if root is not None:
            found.extend(sorted((root / folder).glob("*.dcm")))
    return found


def dicom_file(name: str) -> Path | None:
    """A file of pydicom or pydicom-data by its name; None where the package is not installed."""
    return next((path for path in dicom_test_files() if path.name == name), None)
