"""Checks that need no model: is there a picture at all, and is it fit to be read?"""

from __future__ import annotations

from collections.abc import Mapping

from edge_app.analysis.gate.image_statistics import FilmStatistics
from edge_app.bundle.manifest import Bounds
from edge_app.imaging.radiograph import Radiograph
from edge_app.system.errors import FilmRefusedError
from edge_app.system.messages import Message

LEAST_SIDE_PX = 160
"""Below it, a film has to be enlarged by more than a third: the model would see interpolation."""
SMALL_SIDE_PX = 224
LEAST_CONTRAST = 20.0
LEAST_LEVELS = 12
"""A film reduced to the model's input has 150 to 256 grey levels; line art and masks have a few."""
GREATEST_EMPTY_SHARE = 0.5

_OUT_OF_BOUNDS = {
    ("mean", -1): Message("quality.dark"),
    ("mean", 1): Message("quality.bright"),
    ("contrast", -1): Message("quality.low_contrast"),
    ("sharpness", -1): Message("quality.blurred"),
    ("sharpness", 1): Message("quality.noisy"),
    ("empty_share", 1): Message("quality.cropped"),
    ("clipped_share", 1): Message("quality.clipped"),
}
"""What is said of a figure that lies below (-1) or above (1) its bounds."""


def refusal_of(film: Radiograph, figures: FilmStatistics) -> FilmRefusedError | None:
    """Says why a film must not be scored whatever the model, or None.

    Args:
        film: As decoded.
        figures: Statistics of the prepared film.
    """
    shorter = min(film.rows, film.columns)
    if shorter < LEAST_SIDE_PX:
        return FilmRefusedError("gate.too_small", columns=film.columns, rows=film.rows, least=LEAST_SIDE_PX)
    if figures.levels < LEAST_LEVELS or figures.contrast < LEAST_CONTRAST:
        return FilmRefusedError("gate.blank", levels=figures.levels, contrast=figures.contrast)
    if figures.empty_share > GREATEST_EMPTY_SHARE:
        return FilmRefusedError("gate.cropped", percent=figures.empty_share * 100)
    return None


def notices_of(film: Radiograph, figures: FilmStatistics, bounds: Mapping[str, Bounds]) -> list[Message]:
    """Says what lowers trust in the score.

    Args:
        film: As decoded.
        figures: Statistics of the prepared film.
        bounds: Where the figures of training films lie, by name.

    Returns:
        One notice for each figure out of bounds.
    """
    found = []
    if min(film.rows, film.columns) < SMALL_SIDE_PX:
        found.append(Message("quality.small", columns=film.columns, rows=film.rows))
    if any(notice.code == "raster.colour" for notice in film.notices):
        found.append(Message("quality.photographed"))
    for name, bound in bounds.items():
        value = float(getattr(figures, name))
        side = -1 if value < bound.low else 1 if value > bound.high else 0
        if (name, side) in _OUT_OF_BOUNDS:
            found.append(_OUT_OF_BOUNDS[name, side])
    return found
