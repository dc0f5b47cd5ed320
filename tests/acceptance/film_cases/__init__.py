"""Films as vendors, archives and phones write them, and what must come of each: for `tests.acceptance.films`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.support import dicom as d

WINDOW = {0x00281050: d.text("DS", "2048"), 0x00281051: d.text("DS", "4096")}


@dataclass(frozen=True, slots=True)
class Case:
    """A file and what must come of it.

    Attributes:
        family: Heading of the report.
        name: What is odd about the file.
        data: The file.
        same_as: A plain file whose pixels it must give; None where it must give none.
        tolerance: Levels of 255 by which the pixels may differ, because of a lossy codec.
        code: Code of the failure or of the refusal by the header; empty where the film is read.
        notices: Codes of all notices of the film.
        reasons: Codes of the reasons for the flag of the population; empty where there must be no flag.
    """

    family: str
    name: str
    data: bytes
    same_as: bytes | None = None
    tolerance: float = 0
    code: str = ""
    notices: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def deep(film: np.ndarray) -> np.ndarray:
    """The film as 12 bits in 16."""
    return film.astype(np.uint16) * 16 + 7


def plain(film: np.ndarray, elements: dict[int, d.Value] | None = None) -> bytes:
    """An 8-bit film as plain as DICOM has it."""
    return d.DicomBuilder(film, elements=elements or {}).bytes()


def plain_deep(film: np.ndarray, elements: dict[int, d.Value] | None = None) -> bytes:
    """A 12-bit film with its window."""
    return d.DicomBuilder(deep(film), 12, elements={**WINDOW, **(elements or {})}).bytes()
