"""The film as a value: pixels with a stated meaning, and where they came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from edge_app.system.messages import Message

GreyPixels = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class PixelSpacing:
    """The size of a pixel in the film's plane.

    Attributes:
        row_mm: Distance between the centres of neighbouring rows, millimetres.
        column_mm: Distance between the centres of neighbouring columns, millimetres.
        origin: `detector` (at the detector plane, so larger than in the body) or `calibrated`.
    """

    row_mm: float
    column_mm: float
    origin: Literal["detector", "calibrated"]


def once_each(notices: Iterable[Message]) -> tuple[Message, ...]:
    """Returns the first notice of each code."""
    found: dict[str, Message] = {}
    for notice in notices:
        found.setdefault(notice.code, notice)
    return tuple(found.values())


Projection = Literal["AP", "PA", "lateral", "decubitus"]
AgeDoubt = Literal["unreadable", "conflict"]


@dataclass(frozen=True, slots=True)
class Acquisition:
    """What the file says of how the film was taken; each None where it does not say.

    Attributes:
        modality: DICOM Modality (0008,0060), such as `CR` or `DX`.
        view_position: DICOM View Position (0018,5101), or what other elements say in its place.
        laterality: DICOM (0020,0062) or (0020,0060).
        age_years: The patient's age, years: stated, or worked out from dates.
        body_part: DICOM BodyPartExamined (0018,0015), such as `CHEST`.
        projection: What the view means, where that is known.
        age_by_dates_years: The age that birth date and date of the film make, years.
        age_doubt: `unreadable`: the file states an age or a birth date that cannot be read. `conflict`: stated age
            and dates differ, or the film is older than the patient.
    """

    modality: str | None = None
    view_position: str | None = None
    laterality: str | None = None
    age_years: float | None = None
    body_part: str | None = None
    projection: Projection | None = None
    age_by_dates_years: float | None = None
    age_doubt: AgeDoubt | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Radiograph:
    """A film, ready to be shown or prepared for a model.

    Attributes:
        pixels: `(rows, columns)`, uint8 or uint16, read-only. MONOCHROME2: the lowest value of the dtype is black
            (air), the highest white (bone), whatever the file's own convention was.
        sha256: Hash of the file's bytes, lower-case hex: what a result is bound to.
        file_format: `JPEG`, `PNG`, `DICOM` ...
        spacing: Size of a pixel where the file states it.
        acquisition: What the file says of view, age and modality.
        notices: What was done to the pixels, or looked odd, on the way.
    """

    pixels: GreyPixels
    sha256: str
    file_format: str
    spacing: PixelSpacing | None = None
    acquisition: Acquisition = field(default_factory=Acquisition)
    notices: tuple[Message, ...] = ()

    def __post_init__(self) -> None:
        if self.pixels.ndim != 2 or not self.pixels.size or self.pixels.dtype not in (np.uint8, np.uint16):
            raise ValueError(
                "A radiograph has (rows, columns) pixels of uint8 or uint16, at least one. "
                f"Received: shape {self.pixels.shape}, dtype {self.pixels.dtype}."
            )
        self.pixels.flags.writeable = False

    @property
    def rows(self) -> int:
        """Height, pixels."""
        return int(self.pixels.shape[0])

    @property
    def columns(self) -> int:
        """Width, pixels."""
        return int(self.pixels.shape[1])

    @property
    def white(self) -> int:
        """The highest value the pixels can have: 255 or 65535."""
        return int(np.iinfo(self.pixels.dtype).max)
