"""Opens a file, looks at its first bytes, and hands it to the decoder for that format."""

from __future__ import annotations

import os
from pathlib import Path

from edge_app.imaging.decode import raster
from edge_app.imaging.decode.dicom.sniff import has_magic, is_dicom, looks_like_data_set
from edge_app.imaging.decode.file import FilmFile
from edge_app.imaging.decode.limits import DecodeLimits
from edge_app.imaging.decode.view import ViewChoice
from edge_app.imaging.radiograph import Radiograph
from edge_app.system.errors import FilmUnreadableError
from edge_app.system.messages import Message

FILM_SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".tif", ".tiff", ".webp", ".bmp", ".dcm", ".dicom", ".dic"}
)
"""What a folder is searched for, lower case. A file named by the user is read whatever its suffix."""


def has_film_content(head: bytes, *, dicom_only: bool) -> bool:
    """Whether a file begins as a film does.

    Args:
        head: The first kilobyte of the file, or all of a smaller one.
        dicom_only: Whether the first two or three bytes of a picture format are not enough.
    """
    if has_magic(head) or looks_like_data_set(head):
        return True
    return not dicom_only and raster.sniff(head) in ("JPEG", "PNG", "TIFF", "WEBP")


def read_film(path: Path, limits: DecodeLimits | None = None, choice: ViewChoice | None = None) -> Radiograph:
    """Reads and decodes the film in `path`: `read_film_file`, then `decode_film`."""
    return decode_film(read_film_file(path, limits), limits, choice)


def read_film_file(path: Path, limits: DecodeLimits | None = None) -> FilmFile:
    """Reads a file's bytes.

    Args:
        path: The file.
        limits: Refuses larger files; `None` for the defaults.

    Returns:
        The bytes and their hash.

    Raises:
        FilmUnreadableError: The file cannot be opened or is over the limit. The message names it.
    """
    limits = limits or DecodeLimits()
    name = path.name
    try:
        if not path.is_file():
            if path.is_dir() and not os.access(path, os.R_OK | os.X_OK):
                raise FilmUnreadableError("folder.unreadable", name=name)
            kind = "path.folder" if path.is_dir() else "path.special" if path.exists() else "path.missing"
            raise FilmUnreadableError("file.missing", name=name, reasons=(Message(kind),))
        _check_file_size(path.stat().st_size, name, limits)
        return FilmFile(path.read_bytes(), name)
    except OSError as error:
        cause = error.strerror or "input/output error"
        raise FilmUnreadableError("file.unreadable", name=name, cause=cause, detail=repr(error)) from error


def decode_film(file: FilmFile, limits: DecodeLimits | None = None, choice: ViewChoice | None = None) -> Radiograph:
    """Decodes the bytes of one film.

    Args:
        file: The whole file.
        limits: As for `read_film_file`.
        choice: Which frame and window; `None` for the first of each.

    Returns:
        The film, carrying the file's hash.

    Raises:
        FilmUnreadableError: The bytes are no film, are broken, or are over a limit. No other error
            leaves this function.
    """
    limits = limits or DecodeLimits()
    choice = choice or ViewChoice()
    if not file.data:
        raise FilmUnreadableError("file.empty", name=file.name)
    _check_file_size(len(file.data), file.name, limits)
    file.start_hashing()
    # DICOM first: its preamble may hold a TIFF header (PS3.10 7.1).
    if has_magic(file.data) or (raster.sniff(file.data) is None and is_dicom(file.data)):
        from edge_app.imaging.decode.dicom import film as dicom

        return dicom.decode(file, limits, choice)
    if raster.sniff(file.data) is not None:
        return raster.decode(file, limits, choice)
    raise FilmUnreadableError("file.unknown_format", name=file.name)


def _check_file_size(size: int, name: str, limits: DecodeLimits) -> None:
    if size > limits.max_file_bytes:
        raise FilmUnreadableError("file.too_large", name=name, size_mb=size / 1e6, limit_mb=limits.max_file_bytes / 1e6)
