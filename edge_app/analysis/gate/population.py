"""Is this one of the patients the model knows? What the header says, held against what the bundle states."""

from __future__ import annotations

from edge_app.bundle.manifest import Population
from edge_app.imaging.radiograph import Acquisition, Notice
from edge_app.system.errors import FilmRefusedError

OUTSIDE_CODE = "population.outside"

_LATERAL_VIEWS = frozenset({"LL", "RL", "LLD", "RLD", "LLO", "RLO", "LATERAL"})
_CHEST_PARTS = ("CHEST", "THORAX", "LUNG", "RIB")
# Body Part Examined is written in every language: only words that are known to mean something else rule a film out.
_OTHER_PARTS = (
    "ABDOMEN", "ANKLE", "ARM", "BREAST", "CALCANEUS", "CLAVICLE", "COCCYX", "ELBOW", "EXTREMITY", "FACE", "FEMUR",
    "FINGER", "FOOT", "HAND", "HEAD", "HIP", "HUMERUS", "JAW", "KIDNEY", "KNEE", "LEG", "MANDIBLE", "NECK", "PATELLA",
    "PELVIS", "SHOULDER", "SINUS", "SKULL", "SPINE", "THUMB", "TIBIA", "TOE", "TOOTH", "ULNA", "WRIST",
)  # fmt: skip
_RADIOGRAPHY = frozenset({"CR", "DX", "RG", "SC", "OT", "PX", "RF", "XA", "DR"})


def header_refusal(acquisition: Acquisition) -> FilmRefusedError | None:
    """Says why the file's own header rules out a frontal chest film, or None where it does not, or says nothing."""
    if acquisition.modality and acquisition.modality not in _RADIOGRAPHY:
        return FilmRefusedError(
            "gate.modality",
            f"The file says that it is no radiograph (modality {_shown(acquisition.modality)}).",
            hint="Give a frontal chest radiograph.",
        )
    if acquisition.view_position in _LATERAL_VIEWS:
        return FilmRefusedError(
            "gate.lateral",
            f"The file says that it is a lateral film (view {_shown(acquisition.view_position or '')}).",
            hint="Give the frontal film of the study.",
        )
    part = acquisition.body_part
    if part and any(other in part for other in _OTHER_PARTS) and not any(chest in part for chest in _CHEST_PARTS):
        return FilmRefusedError(
            "gate.body_part",
            f"The file says that it shows another part of the body ({_shown(part)}).",
            hint="Give a frontal chest radiograph; if it is one, have its label corrected.",
        )
    return None


def header_notice(acquisition: Acquisition, population: Population) -> Notice | None:
    """Says what in the header lies outside the population, or None where nothing does."""
    reasons = []
    age = acquisition.age_years
    if age is not None and not population.least_age_years <= age < population.greatest_age_years + 1:
        reasons.append(
            f"the patient is {age:.0f} years old" if age >= 2 else f"the patient is {age * 12:.0f} months old"
        )
    view = acquisition.view_position
    if view and population.views and view not in population.views:
        reasons.append(f"the view is {_shown(view)}")
    modality = acquisition.modality
    if modality and population.modalities and modality not in population.modalities:
        reasons.append(f"the modality is {_shown(modality)}")
    return outside(population, " and ".join(reasons)) if reasons else None


def outside(population: Population, reason: str) -> Notice:
    """The loud flag: whom the model was not validated for, and why this film counts as such."""
    return Notice(
        OUTSIDE_CODE,
        f"Not validated for {population.outside_noun}: do not use this score. Reason: {reason}. "
        f"The model knows {population.noun} only.",
    )


def _shown(text: str) -> str:
    """A code from a file, short and plain enough for a sentence."""
    return "".join(c for c in text[:16] if c.isalnum() or c in " _-") or "unknown"
