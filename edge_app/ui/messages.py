"""Words for what the Qt-free half of the program says in codes: bands, outcomes, reasons, notices, names of things."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from edge_app.analysis.analysis import Analysis, Reason
from edge_app.analysis.gate.population import OUTSIDE_CODE
from edge_app.analysis.marking import QT_TRANSLATE_NOOP
from edge_app.bundle.decision import Band
from edge_app.bundle.manifest import OperatingPoint
from edge_app.imaging.radiograph import Notice
from edge_app.records.worklist import Outcome, WorklistItem
from edge_app.ui.message_table import NOTICES, REASONS

_BANDS: dict[Band, str] = {
    "positive": QT_TRANSLATE_NOOP("Words", "Suggests pneumonia"),
    "uncertain": QT_TRANSLATE_NOOP("Words", "Uncertain"),
    "negative": QT_TRANSLATE_NOOP("Words", "No pneumonia found"),
}
_OUTCOMES: dict[Outcome, str] = {
    "positive": QT_TRANSLATE_NOOP("Words", "positive"),
    "uncertain": QT_TRANSLATE_NOOP("Words", "uncertain"),
    "negative": QT_TRANSLATE_NOOP("Words", "negative"),
    "refused": QT_TRANSLATE_NOOP("Words", "not scored"),
    "failed": QT_TRANSLATE_NOOP("Words", "not read"),
    "waiting": QT_TRANSLATE_NOOP("Words", "waiting"),
    "running": QT_TRANSLATE_NOOP("Words", "running"),
    "cancelled": QT_TRANSLATE_NOOP("Words", "cancelled"),
}
_POINTS: dict[str, str] = {
    "balanced": QT_TRANSLATE_NOOP("Words", "balanced"),
    "high-sensitivity": QT_TRANSLATE_NOOP("Words", "high sensitivity"),
    "high-specificity": QT_TRANSLATE_NOOP("Words", "high specificity"),
}

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


def _words(text: str) -> str:
    return QCoreApplication.translate("Words", text)


def is_outside(analysis: Analysis | None) -> bool:
    """Whether the score must not be used: the model was not validated for such a patient."""
    return analysis is not None and any(notice.code == OUTSIDE_CODE for notice in analysis.quality)


def item_words(item: WorklistItem) -> str:
    """The outcome of a row, with the warning that belongs to it."""
    words = outcome_words(item.outcome)
    if item.state == "done" and item.probability is not None and is_outside(item.analysis):
        return words + " - " + QCoreApplication.translate("Words", "do not use")
    return words


def band_words(band: Band) -> str:
    """The band as a heading."""
    return _words(_BANDS[band])


def outcome_words(outcome: Outcome) -> str:
    """The outcome in a word, for lists."""
    return _words(_OUTCOMES[outcome])


def point_words(name: str) -> str:
    """Name of an operating point."""
    return _words(_POINTS.get(name, name))


def notice_words(notice: Notice) -> str:
    """A notice in the user's language, where there is a translation."""
    return notice_code_words(notice.code, notice.message)


def notice_code_words(code: str, own: str = "") -> str:
    """As `notice_words`, for a list that keeps codes only.

    Args:
        code: Of the notice.
        own: The sentence of the analysis itself.
    """
    source = NOTICES.get(code, "")
    translated = _words(source) if source else ""
    return translated if translated and (translated != source or not own) else own or code


def reason_words(reason: Reason) -> tuple[str, str]:
    """Why there is no number, and what to do next.

    English keeps the sentence of the analysis itself: it says more, such as sizes.
    """
    if reason.code in REASONS:
        message, hint = REASONS[reason.code]
        if _words(message) != message:
            return _words(message), _words(hint) if hint else ""
    return reason.message, reason.hint


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
