"""From which side a film was taken, wherever a file says it: codes, orientation, and words in several languages.

Descriptions may name the patient, so none is kept: only what they say of the projection.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from edge_app.imaging.decode.dicom.elements import Elements
from edge_app.imaging.decode.dicom.stream import DicomStructureError
from edge_app.imaging.radiograph import Projection

# PS3.16 CID 4010 and 20, as SNOMED-RT and SNOMED CT write them.
_CODES: dict[str, Projection] = {
    **dict.fromkeys(("R-10206", "399348003"), "AP"),
    **dict.fromkeys(("R-10214", "R-40888", "272479007"), "PA"),
    **dict.fromkeys(
        ("R-102CD", "399067008", "R-10236", "399173006", "R-10232", "399198007", "R-10228", "399352003", "R-10224",
         "399260004", "R-40783", "260427002", "G-A145", "30730003"), "lateral"),
    **dict.fromkeys(("F-10318", "32185000", "F-10319", "102536004", "F-10317", "102535000"), "decubitus"),
}  # fmt: skip
_MISUSED = ("ImageLaterality", "Laterality", "BodyPartExamined")
"""These speak of the one film, and are at times given its view."""
_DESCRIPTIONS = (
    "SeriesDescription", "AcquisitionDeviceProcessingDescription", "ProtocolName",
    "PerformedProcedureStepDescription", "RequestedProcedureDescription", "StudyDescription",
)  # fmt: skip
"""These may speak of all films of a study: "PA and lateral"."""

_WORD = re.compile(r"[^\W\d_]+")
_LATERAL = re.compile(
    r"(?:CHEST|THORAX|THX|TORAX|TORACE|XT|XTABLE|CROSSTABLE|TRANS|LATERO|[LR]T?|LEFT|RIGHT)?"
    r"LAT(?:[LR]T?|ERAA?L(?:E|ES|EN|I|IS)?|EROMEDIAL)?"
    r"|LL|LLO|RLO|SEITL|SEITLICH\w*|PROFIL|PERFIL|BOCZN[AEY]|BOCN[AIY]|DWARS|ZIJDELINGS|БОКОВ\w+"
)
_LATERAL_SIGNS = ("側面", "側位", "侧位", "侧面", "측면")
_DECUBITUS = re.compile(r"LLD|RLD|DECUB\w*|SEITENLAGE\w*")
_LYING_FLAT = frozenset({"DORSAL", "VENTRAL", "SUPINE", "SUPINO", "PRONE", "PRONO"})
_FRONTAL = re.compile(r"FRONT\w*|FACE|FRENTE|DV|VD")
_SEVERAL = re.compile(
    r"\b(?:[2-9]|TWO|THREE|FOUR|BOTH|ZWEI|DEUX|DOS|DUE)[\s-]*(?:V|VIEW|VW|EBENE|PROJ|INCID|PROIEZ|PROYEC)"
)
_TILTED = re.compile(r"AXIAL|LORDOT\w*|OBL\w*|APICAL|TANGENT\w*")
"""Frontal views from another angle: they are not plain AP or PA."""
_AP = re.compile(r"\bA[\s./-]?P\b|\bANT[A-Z]*[\s./-]*POST[A-Z]*")
_PA = re.compile(r"\bP[\s./-]?A\b|\bPOST[A-Z]*[\s./-]*ANT[A-Z]*")


def read_projection(elements: Elements) -> tuple[Projection | None, str | None]:
    """Reads the projection from everything that may state it.

    Args:
        elements: The header.

    Returns:
        The projection, None where none is stated or View Position is not understood; and View Position as the file
        has it, or what stands for it. A film that is called lateral anywhere is lateral.
    """
    stated = elements.text("ViewPosition")
    said = list(_all_said(elements))
    projections: tuple[Projection, ...] = ("lateral", "decubitus")
    for projection in projections:
        if projection in said:
            tells = projection_of(stated or "", of_one_film=True) == projection
            return projection, stated if tells else projection.upper()
    if stated:
        return said[0], stated
    frontal = next((found for found in said if found), None)
    return frontal, frontal


def _all_said(elements: Elements) -> Iterator[Projection | None]:
    yield projection_of(elements.text("ViewPosition") or "", of_one_film=True)
    yield from _codes(elements)
    yield _of_orientation(elements.text("PatientOrientation") or "")
    for keyword in _MISUSED:
        yield projection_of(elements.text(keyword) or "", of_one_film=True)
    for keyword in _DESCRIPTIONS:
        yield projection_of(elements.text(keyword) or "", of_one_film=False)


def _codes(elements: Elements) -> Iterator[Projection | None]:
    try:
        items = elements.items("ViewCodeSequence")
    except DicomStructureError:
        return
    for item in items:
        known = _CODES.get(item.text("CodeValue") or "")
        yield known or projection_of(item.text("CodeMeaning") or "", of_one_film=True)


def _of_orientation(orientation: str) -> Projection | None:
    r"""Tells a lateral film by the directions of its rows and columns (PS3.3 C.7.6.1.1.1).

    `A\F` is a lateral film, and so is `F\A`; `L\F` is frontal, but not which of AP and PA; `L\P` is neither.
    """
    directions = {part.strip()[:1] for part in orientation.split("\\")}
    return "lateral" if directions & {"A", "P"} and not directions & {"L", "R"} else None


def projection_of(text: str, *, of_one_film: bool) -> Projection | None:
    """Returns what a text says of the projection; None where it says nothing, or not of which film.

    Args:
        text: In upper case.
        of_one_film: Whether the text speaks of one film. If not, "PA and lateral" tells nothing of this one.
    """
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    plain = plain.replace("_", " ")
    words = _WORD.findall(plain)
    is_ap, is_pa = bool(_AP.search(plain)), bool(_PA.search(plain))
    is_lateral = any(_LATERAL.fullmatch(word) for word in words) or any(sign in text for sign in _LATERAL_SIGNS)
    if any(_DECUBITUS.fullmatch(word) for word in words) and not _LYING_FLAT.intersection(words):
        return "decubitus"
    if of_one_film and words == ["RL"]:
        return "lateral"
    if is_lateral:
        is_frontal = is_ap or is_pa or any(_FRONTAL.fullmatch(word) for word in words)
        return "lateral" if of_one_film or not (is_frontal or _SEVERAL.search(plain)) else None
    if is_ap == is_pa or any(_TILTED.fullmatch(word) for word in words):
        return None
    return "AP" if is_ap else "PA"
