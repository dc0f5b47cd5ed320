"""Compares patient, view and modality in the file header with the population of the bundle."""

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
# Body Part Examined can have any language: refuse only known words for other body parts.
_OTHER_PARTS = (
    "ABDOMEN", "ANKLE", "ARM", "BREAST", "CALCANEUS", "CLAVICLE", "COCCYX", "ELBOW", "EXTREMITY", "FACE", "FEMUR",
    "FINGER", "FOOT", "HAND", "HEAD", "HIP", "HUMERUS", "JAW", "KIDNEY", "KNEE", "LEG", "MANDIBLE", "NECK", "PATELLA",
    "PELVIS", "SHOULDER", "SINUS", "SKULL", "SPINE", "THUMB", "TIBIA", "TOE", "TOOTH", "ULNA", "WRIST",
)  # fmt: skip
_RADIOGRAPHY = frozenset({"CR", "DX", "RG", "SC", "OT", "PX", "RF", "XA", "DR", "XR", "RX"})


def header_refusal(acquisition: Acquisition) -> FilmRefusedError | None:
    """Returns the reason why the header excludes a frontal chest film, or None."""
    if acquisition.modality and acquisition.modality not in _RADIOGRAPHY:
        return FilmRefusedError("gate.modality", modality=_shown(acquisition.modality))
    if acquisition.projection == "lateral":
        return FilmRefusedError("gate.lateral", view=_shown(acquisition.view_position or "lateral"))
    part = acquisition.body_part
    if part and any(other in part for other in _OTHER_PARTS) and not any(chest in part for chest in _CHEST_PARTS):
        return FilmRefusedError("gate.body_part", part=_shown(part))
    return None


def header_notice(acquisition: Acquisition, population: Population) -> Message | None:
    """Returns the flag for values in the header that are outside the population, or None."""
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
    """Returns the flag "outside the population" with its reasons."""
    return Message(
        OUTSIDE_CODE,
        reasons=reasons,
        least=population.least_age_years,
        greatest=population.greatest_age_years,
    )


def _shown(text: str) -> str:
    """Returns a code from a file, shortened and without special characters, for a sentence."""
    return "".join(c for c in text[:16] if c.isalnum() or c in " _-") or "unknown"
