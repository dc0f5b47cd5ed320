"""Errors that several decoders raise. The sentences stand in `system.catalogue`."""

from __future__ import annotations

from edge_app.imaging.decode.limits import DecodeLimits
from edge_app.system.errors import FilmUnreadableError
from edge_app.system.messages import Message

EXPANSION_FREE_PIXELS = 4_000_000
"""Pictures up to this size may expand without limit: they fit in a few megabytes."""


def broken(name: str, detail: str) -> FilmUnreadableError:
    """The file is damaged or incomplete.

    Args:
        name: The file's name.
        detail: What is wrong with it, for the log.
    """
    return FilmUnreadableError("file.broken", name=name, detail=detail)


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
    if columns * rows > limits.max_pixels:
        raise too_many_pixels(name, limits, f"{columns} x {rows}")
    if max(columns, rows) > limits.max_side_px:
        raise FilmUnreadableError("film.too_long", name=name, columns=columns, rows=rows, limit=limits.max_side_px)
    if min(columns, rows) < limits.min_side_px:
        raise FilmUnreadableError("film.too_small", name=name, columns=columns, rows=rows, least=limits.min_side_px)
    expansion = columns * rows * pixel_bytes / max(1, file_bytes)
    if columns * rows > EXPANSION_FREE_PIXELS and expansion > limits.max_expansion:
        raise FilmUnreadableError(
            "file.bomb",
            name=name,
            reasons=(Message("growth.times", times=expansion),),
            detail=f"{file_bytes} bytes hold {columns} x {rows} pixels of {pixel_bytes} bytes",
        )


def too_many_pixels(name: str, limits: DecodeLimits, detail: str) -> FilmUnreadableError:
    """The film has more pixels than any chest film.

    Args:
        name: The file's name.
        limits: What is allowed.
        detail: The size, for the log.
    """
    return FilmUnreadableError("film.too_many_pixels", name=name, limit_mp=limits.max_pixels / 1e6, detail=detail)
