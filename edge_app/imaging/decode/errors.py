"""The sentences a user reads when a file cannot become a film. One place, so that all decoders say the same."""

from __future__ import annotations

from edge_app.imaging.decode.limits import DecodeLimits
from edge_app.system.errors import FilmUnreadableError

EXPANSION_FREE_PIXELS = 4_000_000
"""Pictures up to this size may expand without limit: they fit in a few megabytes."""


def broken(name: str, detail: str) -> FilmUnreadableError:
    """The file is damaged, incomplete, or contradicts itself."""
    return FilmUnreadableError(
        "file.broken",
        f"{name} is damaged or incomplete.",
        hint="Copy or export it again from its source; nothing was scored.",
        detail=detail,
    )


def check_size(columns: int, rows: int, name: str, limits: DecodeLimits, *, file_bytes: int, pixel_bytes: int) -> None:
    """Checks the size a header states, before anything of that size is allocated.

    Args:
        columns: Width, pixels.
        rows: Height, pixels.
        name: The file's name, for messages.
        limits: What is allowed.
        file_bytes: Size of the compressed pixels.
        pixel_bytes: Bytes of one decoded pixel, all channels.

    Raises:
        FilmUnreadableError: Too large, too small, or far larger than the file could honestly hold.
    """
    if columns < 1 or rows < 1:
        raise broken(name, f"{columns} x {rows} pixels")
    if columns * rows > limits.max_pixels or max(columns, rows) > limits.max_side_px:
        raise too_many_pixels(name, limits, f"{columns} x {rows}")
    if min(columns, rows) < limits.min_side_px:
        raise FilmUnreadableError(
            "film.too_small",
            f"{name} has {columns} x {rows} pixels; a film needs at least {limits.min_side_px} on its shorter side.",
            hint="Open the film itself, not a thumbnail of it.",
        )
    expansion = columns * rows * pixel_bytes / max(1, file_bytes)
    if columns * rows > EXPANSION_FREE_PIXELS and expansion > limits.max_expansion:
        raise FilmUnreadableError(
            "file.bomb",
            f"{name} would grow {expansion:.0f} times when it is opened; no film does.",
            hint="Export the film again from its source.",
            detail=f"{file_bytes} bytes hold {columns} x {rows} pixels of {pixel_bytes} bytes",
        )


def too_many_pixels(name: str, limits: DecodeLimits, detail: str) -> FilmUnreadableError:
    """The film is larger than any chest film."""
    return FilmUnreadableError(
        "film.too_many_pixels",
        f"{name} has more than {limits.max_pixels / 1e6:.0f} million pixels, more than any chest film.",
        hint="Export the film at its own size.",
        detail=detail,
    )
