"""Words for what the Qt-free half of the program says in codes: bands, outcomes, reasons, notices, names of things."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from edge_app.bundle.decision import Band
from edge_app.bundle.manifest import OperatingPoint
from edge_app.inference.analysis import Reason
from edge_app.imaging.radiograph import Notice
from edge_app.services.worklist import Outcome

_T = QT_TRANSLATE_NOOP

_BANDS: dict[Band, str] = {
    "positive": _T("Words", "Suggests pneumonia"),
    "uncertain": _T("Words", "Uncertain"),
    "negative": _T("Words", "No pneumonia found"),
}
_OUTCOMES: dict[Outcome, str] = {
    "positive": _T("Words", "positive"),
    "uncertain": _T("Words", "uncertain"),
    "negative": _T("Words", "negative"),
    "refused": _T("Words", "not scored"),
    "failed": _T("Words", "not read"),
    "waiting": _T("Words", "waiting"),
    "running": _T("Words", "running"),
    "cancelled": _T("Words", "cancelled"),
}
_POINTS: dict[str, str] = {
    "balanced": _T("Words", "balanced"),
    "high-sensitivity": _T("Words", "high sensitivity"),
    "high-specificity": _T("Words", "high specificity"),
}
# Sentences for codes of the other half. A code that is not here is shown in that half's own English sentence.
_NOTICES: dict[str, str] = {
    "exif.rotated": _T("Words", "The film was turned upright as its EXIF data says."),
    "raster.alpha": _T("Words", "Transparent parts of the picture were taken as black."),
    "raster.colour": _T("Words", "The picture has colours; a film has none."),
    "film.photographed": _T("Words", "This is a photograph of a film; the model was not trained on photographs."),
}
_REASONS: dict[str, tuple[str, str]] = {
    "file.missing": (_T("Words", "The file does not exist or is not a file."), _T("Words", "Check the path.")),
    "file.too_large": (_T("Words", "The file is larger than any film."), _T("Words", "Export the single film by itself.")),
    "file.unreadable": (
        _T("Words", "The file could not be read."),
        _T("Words", "Check the file's permissions and the disk."),
    ),
    "file.empty": (_T("Words", "The file is empty (zero bytes)."), _T("Words", "Copy the file again from its source.")),
    "file.broken": (
        _T("Words", "The file is damaged or incomplete."),
        _T("Words", "Copy or export it again from its source; nothing was scored."),
    ),
    "file.unknown_format": (
        _T("Words", "The file is not a film that can be read."),
        _T("Words", "Give a JPEG, PNG or DICOM film."),
    ),
    "film.too_small": (
        _T("Words", "The picture has too few pixels for a film."),
        _T("Words", "Open the film itself, not a thumbnail of it."),
    ),
    "film.too_many_pixels": (
        _T("Words", "The picture has more pixels than any chest film."),
        _T("Words", "Export the film at its own size."),
    ),
    "film.changed": (_T("Words", "The file changed since it was analysed."), _T("Words", "Analyse it again.")),
    "worker.crashed": (
        _T("Words", "The analysis ended unexpectedly on this film."),
        _T("Words", "The other films are not affected. Try it again; if it happens again, do not trust the file."),
    ),
    "worker.timeout": (
        _T("Words", "The analysis of this film took too long and was ended."),
        _T("Words", "The other films are not affected."),
    ),
    "worker.unavailable": (_T("Words", "The model could not be started."), _T("Words", "See Help > About the model.")),
    "internal": (_T("Words", "The film could not be analysed: an internal error."), _T("Words", "Please report it.")),
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
    found = _words(
        "At the operating point in use ({point}), the model called {sensitivity} of 100 films with pneumonia positive, "
        "and {specificity} of 100 normal films negative."
    ).format(
        point=point_words(point.name),
        sensitivity=round(point.sensitivity.value * 100),
        specificity=round(point.specificity.value * 100),
    )
    if band == "uncertain":
        return _words("Too close to call: read this film as if there were no model.") + " " + found
    return found


_T("Words", "At the operating point in use ({point}), the model called {sensitivity} of 100 films with pneumonia positive, and {specificity} of 100 normal films negative.")
_T("Words", "Too close to call: read this film as if there were no model.")
