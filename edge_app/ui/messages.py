"""How the window says what the rest of the program says in codes: results of rows, signs, expectations."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from edge_app.bundle.decision import Band
from edge_app.bundle.manifest import OperatingPoint
from edge_app.records.worklist import Outcome, WorklistItem
from edge_app.report.wording import point_words, words

BAND_ICONS: dict[Outcome, str] = {
    "positive": "positive",
    "uncertain": "uncertain",
    "negative": "negative",
    "refused": "refused",
    "failed": "failed",
    "waiting": "waiting",
    "running": "waiting",
    "cancelled": "stop",
}


def item_words(item: WorklistItem) -> str:
    """The outcome of a row, with the warning that belongs to it."""
    outcome = outcome_words(item.outcome)
    if item.state == "done" and item.is_outside_population:
        return f"{outcome} - {words('outside.short')}"
    return outcome


def outcome_words(outcome: Outcome) -> str:
    """The outcome in a word, for lists."""
    return words(f"outcome.{outcome}")


def meaning(band: Band, point: OperatingPoint) -> str:
    """What the result means, in plain words and whole films, from what was measured."""
    found = QCoreApplication.translate(
        "Words",
        "At the operating point in use ({point}), the model called {sensitivity} of 100 films with pneumonia "
        "positive, and {specificity} of 100 normal films negative.",
    ).format(
        point=point_words(point.name),
        sensitivity=round(point.sensitivity.value * 100),
        specificity=round(point.specificity.value * 100),
    )
    if band != "uncertain":
        return found
    warning = QCoreApplication.translate("Words", "Too close to call: read this film as if there were no model.")
    return f"{warning} {found}"
