"""Words and icons of results for the window."""

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
    """Returns the outcome of a row in words, with a warning if the film is outside the population."""
    outcome = outcome_words(item.outcome)
    if item.state == "done" and item.is_outside_population:
        return f"{outcome} - {words('outside.short')}"
    return outcome


def outcome_words(outcome: Outcome) -> str:
    """Returns the short name of an outcome, for lists."""
    return words(f"outcome.{outcome}")


def meaning(band: Band, point: OperatingPoint) -> str:
    """Explains a result by the measured sensitivity and specificity, as whole films of 100."""
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
