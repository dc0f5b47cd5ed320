"""Words for what the Qt-free half of the program says in codes: bands, outcomes, reasons, notices, names of things."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from edge_app.bundle.decision import Band
from edge_app.bundle.manifest import OperatingPoint
from edge_app.imaging.radiograph import Notice
from edge_app.inference.analysis import Reason
from edge_app.services.worklist import Outcome
from edge_app.ui.marking import QT_TRANSLATE_NOOP

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
# Sentences for codes of the other half. A code that is not here is shown in that half's own English sentence.
_NOTICES: dict[str, str] = {
    "exif.rotated": QT_TRANSLATE_NOOP("Words", "The film was turned upright as its EXIF data says."),
    "raster.alpha": QT_TRANSLATE_NOOP("Words", "Transparent parts of the picture were taken as black."),
    "raster.colour": QT_TRANSLATE_NOOP("Words", "The picture has colours; a film has none."),
    "film.photographed": QT_TRANSLATE_NOOP(
        "Words", "This is a photograph of a film; the model was not trained on photographs."
    ),
}
_REASONS: dict[str, tuple[str, str]] = {
    "file.missing": (
        QT_TRANSLATE_NOOP("Words", "The file does not exist or is not a file."),
        QT_TRANSLATE_NOOP("Words", "Check the path."),
    ),
    "file.too_large": (
        QT_TRANSLATE_NOOP("Words", "The file is larger than any film."),
        QT_TRANSLATE_NOOP("Words", "Export the single film by itself."),
    ),
    "file.unreadable": (
        QT_TRANSLATE_NOOP("Words", "The file could not be read."),
        QT_TRANSLATE_NOOP("Words", "Check the file's permissions and the disk."),
    ),
    "file.empty": (
        QT_TRANSLATE_NOOP("Words", "The file is empty (zero bytes)."),
        QT_TRANSLATE_NOOP("Words", "Copy the file again from its source."),
    ),
    "file.broken": (
        QT_TRANSLATE_NOOP("Words", "The file is damaged or incomplete."),
        QT_TRANSLATE_NOOP("Words", "Copy or export it again from its source; nothing was scored."),
    ),
    "file.unknown_format": (
        QT_TRANSLATE_NOOP("Words", "The file is not a film that can be read."),
        QT_TRANSLATE_NOOP("Words", "Give a JPEG, PNG or DICOM film."),
    ),
    "film.too_small": (
        QT_TRANSLATE_NOOP("Words", "The picture has too few pixels for a film."),
        QT_TRANSLATE_NOOP("Words", "Open the film itself, not a thumbnail of it."),
    ),
    "film.too_many_pixels": (
        QT_TRANSLATE_NOOP("Words", "The picture has more pixels than any chest film."),
        QT_TRANSLATE_NOOP("Words", "Export the film at its own size."),
    ),
    "film.changed": (
        QT_TRANSLATE_NOOP("Words", "The file changed since it was analysed."),
        QT_TRANSLATE_NOOP("Words", "Analyse it again."),
    ),
    "worker.crashed": (
        QT_TRANSLATE_NOOP("Words", "The analysis ended unexpectedly on this film."),
        QT_TRANSLATE_NOOP(
            "Words", "The other films are not affected. Try it again; if it happens again, do not trust the file."
        ),
    ),
    "worker.timeout": (
        QT_TRANSLATE_NOOP("Words", "The analysis of this film took too long and was ended."),
        QT_TRANSLATE_NOOP("Words", "The other films are not affected."),
    ),
    "worker.unavailable": (
        QT_TRANSLATE_NOOP("Words", "The model could not be started."),
        QT_TRANSLATE_NOOP("Words", "See Help > About the model."),
    ),
    "internal": (
        QT_TRANSLATE_NOOP("Words", "The film could not be analysed: an internal error."),
        QT_TRANSLATE_NOOP("Words", "Please report it."),
    ),
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


def notice_code_words(code: str, fallback: str = "") -> str:
    """As `notice_words`, for a list that keeps codes only."""
    return _words(_NOTICES[code]) if code in _NOTICES else fallback or code


def reason_words(reason: Reason) -> tuple[str, str]:
    """Why there is no number, and what to do next.

    English keeps the sentence of the analysis itself: it says more, such as sizes.
    """
    if reason.code in _REASONS:
        message, hint = _REASONS[reason.code]
        if _words(message) != message or not reason.message:
            return _words(message), _words(hint)
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
