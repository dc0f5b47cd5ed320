"""How the film was taken, as far as the header says: view, side, age, body part, size of a pixel."""

from __future__ import annotations

import re
from datetime import date, datetime

from edge_app.imaging.decode.dicom.elements import Elements
from edge_app.imaging.decode.dicom.stream import DicomStructureError
from edge_app.imaging.radiograph import Acquisition, PixelSpacing

_AGE = re.compile(r"^(\d{3})([DWMY])$")
_YEARS_PER_UNIT = {"D": 1 / 365.25, "W": 7 / 365.25, "M": 1 / 12, "Y": 1.0}
_LATERAL_DIRECTIONS = frozenset("AP")


def read_acquisition(elements: Elements) -> Acquisition:
    """Reads what the gate asks of the header; a value that is absent or malformed is None."""
    return Acquisition(
        modality=elements.text("Modality"),
        view_position=elements.text("ViewPosition") or _view_from_orientation(elements.text("PatientOrientation")),
        laterality=elements.text("ImageLaterality") or elements.text("Laterality"),
        age_years=_age(elements),
        body_part=elements.text("BodyPartExamined"),
    )


def _age(elements: Elements) -> float | None:
    stated = age_years(elements.text("PatientAge"))
    if stated is not None:
        return stated
    born, taken = _date(elements.text("PatientBirthDate")), _date(elements.text("StudyDate"))
    return (taken - born).days / 365.25 if born and taken and born <= taken else None


def _date(text: str | None) -> date | None:
    try:
        return datetime.strptime(text or "", "%Y%m%d").date()
    except ValueError:
        return None


def age_years(text: str | None) -> float | None:
    """Returns the years of an Age String such as `003Y` or `018M` (PS3.5 6.2, VR AS)."""
    match = _AGE.match(text or "")
    return int(match[1]) * _YEARS_PER_UNIT[match[2]] if match else None


def _view_from_orientation(orientation: str | None) -> str | None:
    r"""Tells a lateral film by the direction of its rows: towards anterior or posterior (PS3.3 C.7.6.1.1.1).

    `A\F` is a lateral film; `L\F` is frontal, but not which of AP and PA.
    """
    rows = (orientation or "").partition("\\")[0]
    return "LL" if rows[:1] in _LATERAL_DIRECTIONS and rows else None


def read_spacing(elements: Elements) -> PixelSpacing | None:
    """Reads the size of a pixel, and whether it holds in the body or at the detector (PS3.3 10.7.1.3).

    Pixel Spacing that says how it was calibrated, or that differs from the detector's own, is calibrated. Otherwise all
    that is known is the distance of detector elements, or of the points a digitizer sampled.
    """
    body = _pair(elements, "PixelSpacing")
    detector = _pair(elements, "ImagerPixelSpacing") or _pair(elements, "NominalScannedPixelSpacing")
    if body and (elements.has("PixelSpacingCalibrationType") or (detector and body != detector)):
        return PixelSpacing(*body, "calibrated")
    known = detector or body
    return PixelSpacing(*known, "detector") if known else None


def _pair(elements: Elements, keyword: str) -> tuple[float, float] | None:
    try:
        values = elements.numbers(keyword)
    except DicomStructureError:
        return None  # a wrong size is no reason to refuse the pixels
    return (values[0], values[1]) if len(values) == 2 and all(0.01 <= v <= 10 for v in values) else None
