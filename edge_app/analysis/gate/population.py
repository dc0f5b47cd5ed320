"""Is this one of the patients the model knows? What the header says, held against what the bundle states."""

from __future__ import annotations

from edge_app.bundle.manifest import Population
from edge_app.imaging.radiograph import Acquisition
from edge_app.system.errors import FilmRefusedError
from edge_app.system.messages import Message

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
        return FilmRefusedError("gate.modality", modality=_shown(acquisition.modality))
    if acquisition.view_position in _LATERAL_VIEWS:
        return FilmRefusedError("gate.lateral", view=_shown(acquisition.view_position or ""))
    part = acquisition.body_part
    if part and any(other in part for other in _OTHER_PARTS) and not any(chest in part for chest in _CHEST_PARTS):
        return FilmRefusedError("gate.body_part", part=_shown(part))
    return None


def header_notice(acquisition: Acquisition, population: Population) -> Message | None:
    """Says what in the header lies outside the population, or None where nothing does."""
    reasons = []
    age = acquisition.age_years
    if age is not None and not population.least_age_years <= age < population.greatest_age_years + 1:
        reasons.append(
            Message("population.years", years=age) if age >= 2 else Message("population.months", months=age * 12)
        )
    view = acquisition.view_position
    if view and population.views and view not in population.views:
        reasons.append(Message("population.view", view=_shown(view)))
    modality = acquisition.modality
    if modality and population.modalities and modality not in population.modalities:
        reasons.append(Message("population.modality", modality=_shown(modality)))
    return outside(population, *reasons) if reasons else None


def outside(population: Population, *reasons: Message) -> Message:
    """The loud flag: whom the model was not validated for, and why this film counts as such."""
    return Message(
        OUTSIDE_CODE, reasons=reasons, least=population.least_age_years, greatest=population.greatest_age_years
    )


def _shown(text: str) -> str:
    """A code from a file, short and plain enough for a sentence."""
    return "".join(c for c in text[:16] if c.isalnum() or c in " _-") or "unknown"
