"""How the film was taken, as far as the header says: view, side, age, body part, size of a pixel."""

from __future__ import annotations

from edge_app.imaging.decode.dicom.age import read_age
from edge_app.imaging.decode.dicom.elements import Elements
from edge_app.imaging.decode.dicom.projection import read_projection
from edge_app.imaging.decode.dicom.stream import DicomStructureError
from edge_app.imaging.radiograph import Acquisition, PixelSpacing

_STORAGE = "1.2.840.10008.5.1.4.1.1."
_MODALITIES = {
    "2": "CT", "2.1": "CT", "2.2": "CT", "4": "MR", "4.1": "MR", "4.3": "MR", "3.1": "US", "6.1": "US", "6.2": "US",
    "20": "NM", "128": "PT", "130": "PT", "1.2": "MG", "1.2.1": "MG", "1.3": "IO", "1.3.1": "IO", "481.1": "RTIMAGE",
}  # fmt: skip
"""Modality of the SOP classes that are no radiographs of a chest, for files that do not state it (PS3.4 B.5)."""


def read_acquisition(elements: Elements) -> Acquisition:
    """Reads what the gate asks of the header; a value that is absent is None."""
    projection, view_position = read_projection(elements)
    age = read_age(elements)
    return Acquisition(
        modality=_modality(elements),
        view_position=view_position,
        projection=projection,
        laterality=elements.text("ImageLaterality") or elements.text("Laterality"),
        age_years=age.years,
        age_by_dates_years=age.by_dates_years,
        age_doubt=age.doubt,
        body_part=elements.text("BodyPartExamined"),
    )


def _modality(elements: Elements) -> str | None:
    stated = (elements.text("Modality") or "").partition("\\")[0].strip()
    return stated or _MODALITIES.get((elements.text("SOPClassUID") or "").removeprefix(_STORAGE))


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
