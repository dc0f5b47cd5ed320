"""Opens a file, looks at its first bytes, and hands it to the decoder for that format."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from edge_app.imaging.decode.dicom.sniff import has_magic, is_dicom, looks_like_data_set
from edge_app.imaging.decode.file import FilmFile
from edge_app.imaging.decode.limits import DecodeLimits
from edge_app.imaging.decode.raster_sniff import raster_format
from edge_app.imaging.decode.view import ViewChoice
from edge_app.imaging.radiograph import Radiograph
from edge_app.system.errors import FilmUnreadableError, cause_of
from edge_app.system.messages import Message

FILM_SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".tif", ".tiff", ".webp", ".bmp", ".dcm", ".dicom", ".dic"}
)
"""What a folder is searched for, lower case. A file named by the user is read whatever its suffix."""

_OPEN = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Never waits: a pipe that took the file's place has nobody at its other end."""


def has_film_content(head: bytes, *, dicom_only: bool) -> bool:
    """Whether a file begins as a film does.

    Args:
        head: The first kilobyte of the file, or all of a smaller one.
        dicom_only: Whether the first two or three bytes of a picture format are not enough.
    """
    if has_magic(head) or looks_like_data_set(head):
        return True
    return not dicom_only and raster_format(head) in ("JPEG", "PNG", "TIFF", "WEBP")


def read_film(path: Path, limits: DecodeLimits | None = None, choice: ViewChoice | None = None) -> Radiograph:
    """Reads and decodes the film in `path`: `read_film_file`, then `decode_film`."""
    return decode_film(read_film_file(path, limits), limits, choice)


def read_film_file(path: Path, limits: DecodeLimits | None = None) -> FilmFile:
    """Opens a file and reads its bytes: `open_film_file`, then `read_open_file`."""
    return read_open_file(open_film_file(path, limits), path.name)


def open_film_file(path: Path, limits: DecodeLimits | None = None) -> int:
    """Opens a file that may be a film, without reading it.

    Args:
        path: The file.
        limits: Refuses larger files; `None` for the defaults.

    Returns:
        A descriptor, which the caller closes.

    Raises:
        FilmUnreadableError: The path leads to no regular file, cannot be opened, or is over the limit. The message
            names it.
    """
    name = path.name
    try:
        if not path.is_file():  # asked before it is opened: opening some devices acts on them
            raise _no_file(path)
        descriptor = os.open(path, _OPEN)
        try:
            state = os.fstat(descriptor)
            if not stat.S_ISREG(state.st_mode):
                raise _no_file(path)
            _check_file_size(state.st_size, name, limits or DecodeLimits())
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor
    except OSError as error:
        raise _unreadable(name, error) from error


def read_open_file(descriptor: int, name: str) -> FilmFile:
    """Reads the bytes of an open file from its beginning.

    Args:
        descriptor: As from `open_film_file`; it is closed.
        name: The file's name, for messages.

    Raises:
        FilmUnreadableError: It cannot be read.
    """
    try:
        with os.fdopen(descriptor, "rb", buffering=0) as stream:
            stream.seek(0)
            return FilmFile(stream.read(), name)
    except OSError as error:
        raise _unreadable(name, error) from error


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
    # A decoder is imported by who decodes: the process that only opens files does without.
    if has_magic(file.data) or (raster_format(file.data) is None and is_dicom(file.data)):
        from edge_app.imaging.decode.dicom import film as dicom

        return dicom.decode(file, limits, choice)
    if raster_format(file.data) is not None:
        from edge_app.imaging.decode import raster

        return raster.decode(file, limits, choice)
    raise FilmUnreadableError("file.unknown_format", name=file.name)


def _no_file(path: Path) -> FilmUnreadableError:
    if path.is_dir() and not os.access(path, os.R_OK | os.X_OK):
        return FilmUnreadableError("folder.unreadable", name=path.name)
    kind = "path.folder" if path.is_dir() else "path.special" if path.exists() else "path.missing"
    return FilmUnreadableError("file.missing", name=path.name, reasons=(Message(kind),))


def _unreadable(name: str, error: OSError) -> FilmUnreadableError:
    return FilmUnreadableError("file.unreadable", name=name, cause=cause_of(error), detail=repr(error))


def _check_file_size(size: int, name: str, limits: DecodeLimits) -> None:
    if size > limits.max_file_bytes:
        raise FilmUnreadableError("file.too_large", name=name, size_mb=size / 1e6, limit_mb=limits.max_file_bytes / 1e6)
