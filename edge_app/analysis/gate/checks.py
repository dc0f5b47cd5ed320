"""Checks that need no model: is there a picture at all, and is it fit to be read?"""

from __future__ import annotations

from collections.abc import Mapping

from edge_app.analysis.gate.image_statistics import FilmStatistics
from edge_app.bundle.manifest import Bounds
from edge_app.imaging.radiograph import Notice, Radiograph
from edge_app.system.errors import FilmRefusedError

LEAST_SIDE_PX = 160
"""Below it, a film has to be enlarged by more than a third: the model would see interpolation."""
SMALL_SIDE_PX = 224
LEAST_CONTRAST = 20.0
LEAST_LEVELS = 12
"""A film reduced to the model's input has 150 to 256 grey levels; line art and masks have a few."""
GREATEST_EMPTY_SHARE = 0.5

_OPEN_FILM = "Open the film itself, as large as the hospital's system gives it."
_EXPOSE = "Do not rely on this score; export or expose the film again."


_OUT_OF_BOUNDS = {
    ("mean", -1): Notice("quality.dark", f"The film is darker than those the model knows. {_EXPOSE}"),
    ("mean", 1): Notice("quality.bright", f"The film is brighter than those the model knows. {_EXPOSE}"),
    ("contrast", -1): Notice(
        "quality.low_contrast", f"The film has less contrast than those the model knows. {_EXPOSE}"
    ),
    ("sharpness", -1): Notice("quality.blurred", f"The film is blurred. {_EXPOSE}"),
    ("sharpness", 1): Notice("quality.noisy", f"The film is noisier than those the model knows. {_EXPOSE}"),
    ("empty_share", 1): Notice("quality.cropped", "Much of the picture is empty: check that the film is whole."),
    ("clipped_share", 1): Notice("quality.clipped", f"Much of the film is fully black or fully white. {_EXPOSE}"),
}
"""What is said of a figure that lies below (-1) or above (1) its bounds."""


def refusal_of(film: Radiograph, figures: FilmStatistics) -> FilmRefusedError | None:
    """Says why a film must not be scored whatever the model, or None.

    Args:
        film: As decoded.
        figures: Of the prepared film.
    """
    shorter = min(film.rows, film.columns)
    if shorter < LEAST_SIDE_PX:
        return FilmRefusedError(
            "gate.too_small",
            f"The film has {film.columns} x {film.rows} pixels, too few to be read: at least "
            f"{LEAST_SIDE_PX} are needed on the shorter side.",
            hint=_OPEN_FILM,
        )
    if figures.levels < LEAST_LEVELS or figures.contrast < LEAST_CONTRAST:
        return FilmRefusedError(
            "gate.blank",
            f"The film is blank or nearly so: {figures.levels} grey levels, "
            f"{figures.contrast:.0f} of 255 between dark and bright.",
            hint="Check the exposure and the export.",
        )
    if figures.empty_share > GREATEST_EMPTY_SHARE:
        return FilmRefusedError(
            "gate.cropped",
            f"{figures.empty_share:.0%} of the picture is empty: the film is cut, or only half of it was read.",
            hint="Open the whole film, without wide borders.",
        )
    return None


def notices_of(film: Radiograph, figures: FilmStatistics, bounds: Mapping[str, Bounds]) -> list[Notice]:
    """Says what lowers trust in the score.

    Args:
        film: As decoded.
        figures: Of the prepared film.
        bounds: Where the figures of training films lie, by name.

    Returns:
        One notice for each figure out of bounds.
    """
    found = []
    if min(film.rows, film.columns) < SMALL_SIDE_PX:
        found.append(
            Notice("quality.small", f"The film has only {film.columns} x {film.rows} pixels; small findings are lost.")
        )
    if any(notice.code == "raster.colour" for notice in film.notices):
        found.append(
            Notice(
                "quality.photographed",
                "The picture has colours, as a photograph of a film has. Export the film itself.",
            )
        )
    for name, bound in bounds.items():
        value = float(getattr(figures, name))
        side = -1 if value < bound.low else 1 if value > bound.high else 0
        if (name, side) in _OUT_OF_BOUNDS:
            found.append(_OUT_OF_BOUNDS[name, side])
    return found
