"""Bytes to `Radiograph`. The content decides what a file is, never its suffix."""

from edge_app.imaging.decode.file import FilmFile
from edge_app.imaging.decode.limits import DecodeLimits
from edge_app.imaging.decode.reader import (
    FILM_SUFFIXES,
    decode_film,
    has_film_content,
    open_film_file,
    read_film,
    read_film_file,
    read_open_file,
)
from edge_app.imaging.decode.view import ViewChoice

__all__ = [
    "FILM_SUFFIXES",
    "DecodeLimits",
    "FilmFile",
    "ViewChoice",
    "decode_film",
    "has_film_content",
    "open_film_file",
    "read_film",
    "read_film_file",
    "read_open_file",
]
