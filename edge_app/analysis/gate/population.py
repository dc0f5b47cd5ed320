"""Is this one of the patients the model knows? What the header says, held against what the bundle states."""

from __future__ import annotations

from collections.abc import Iterator

from edge_app.bundle.manifest import Population
from edge_app.imaging.radiograph import Acquisition
from edge_app.system.errors import FilmRefusedError
from edge_app.system.messages import Message

OUTSIDE_CODE = "population.outside"

_CHEST_PARTS = (
    "CHEST", "THORAX", "TORAX", "TORACE", "LUNG", "RIB", "POUMON", "POLMON", "PULMON", "BRUST", "KLATKA", "HRUD",
)  # fmt: skip
# Body Part Examined is written in every language: only words that are known to mean something else rule a film out.
_OTHER_PARTS = (
    "ABDOMEN", "ANKLE", "ARM", "BREAST", "CALCANEUS", "CLAVICLE", "COCCYX", "ELBOW", "EXTREMITY", "FACE", "FEMUR",
    "FINGER", "FOOT", "HAND", "HEAD", "HIP", "HUMERUS", "JAW", "KIDNEY", "KNEE", "LEG", "MANDIBLE", "NECK", "PATELLA",
    "PELVIS", "SHOULDER", "SINUS", "SKULL", "SPINE", "THUMB", "TIBIA", "TOE", "TOOTH", "ULNA", "WRIST",
)  # fmt: skip
_RADIOGRAPHY = frozenset({"CR", "DX", "RG", "SC", "OT", "PX", "RF", "XA", "DR", "XR", "RX"})


def header_refusal(acquisition: Acquisition) -> FilmRefusedError | None:
    """Says why the file's own header rules out a frontal chest film, or None where it does not, or says nothing."""
    if acquisition.modality and acquisition.modality not in _RADIOGRAPHY:
        return FilmRefusedError("gate.modality", modality=_shown(acquisition.modality))
    if acquisition.projection == "lateral":
        return FilmRefusedError("gate.lateral", view=_shown(acquisition.view_position or "lateral"))
    part = acquisition.body_part
    if part and any(other in part for other in _OTHER_PARTS) and not any(chest in part for chest in _CHEST_PARTS):
        return FilmRefusedError("gate.body_part", part=_shown(part))
    return None


def header_notice(acquisition: Acquisition, population: Population) -> Message | None:
    """Says what in the header lies outside the population, or None where nothing does."""
    reasons = [*_age_reasons(acquisition, population)]
    view = acquisition.projection or acquisition.view_position
    if acquisition.projection == "decubitus":
        reasons.append(Message("population.decubitus"))
    elif view and population.views and view not in population.views:
        reasons.append(Message("population.view", view=_shown(view)))
    modality = acquisition.modality
    if modality and population.modalities and modality not in population.modalities:
        reasons.append(Message("population.modality", modality=_shown(modality)))
    return outside(population, *reasons) if reasons else None


def _age_reasons(acquisition: Acquisition, population: Population) -> Iterator[Message]:
    years, by_dates = acquisition.age_years, acquisition.age_by_dates_years
    if acquisition.age_doubt == "unreadable":
        yield Message("population.age_unreadable")
    elif acquisition.age_doubt == "conflict" and by_dates is not None:
        if years is None or by_dates < 0:
            yield Message("population.age_dates")
        else:
            yield Message("population.age_conflict", stated=years, computed=by_dates)
    if years is not None and not population.least_age_years <= years < population.greatest_age_years + 1:
        is_infant = years < 2
        yield Message("population.months", months=years * 12) if is_infant else Message("population.years", years=years)


def outside(population: Population, *reasons: Message) -> Message:
    """The loud flag: whom the model was not validated for, and why this film counts as such."""
    return Message(
        OUTSIDE_CODE,
        reasons=reasons,
        least=population.least_age_years,
        greatest=population.greatest_age_years,
    )


def _shown(text: str) -> str:
    """A code from a file, short and plain enough for a sentence."""
    return "".join(c for c in text[:16] if c.isalnum() or c in " _-") or "unknown"
