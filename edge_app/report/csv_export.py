"""Writes results as CSV, for the list of the window and for `predict --format csv`. No Qt."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TextIO

from edge_app.analysis.analysis import Analysis
from edge_app.analysis.record import Record, record_of, to_row
from edge_app.records.worklist import Review
from edge_app.system.files import replace_file
from edge_app.system.messages import plain

FILE_ENCODING = "utf-8-sig"
"""Encoding of CSV files: the byte order mark tells spreadsheets that the text is UTF-8."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters that spreadsheets read as a formula, with the full-width forms."""


class CsvWriter:
    """Writes a header and one row for each record."""

    def __init__(self, stream: TextIO, *, header: bool = True) -> None:
        """Writes to `stream`, opened with `newline=""`; `header=False` continues a file that has a header."""
        self._stream = stream
        self._header = header
        self._writer: csv.DictWriter[str] | None = None

    def __call__(self, record: Record, last: Mapping[str, Any] = MappingProxyType({})) -> None:
        """Writes a record.

        Args:
            record: The result.
            last: Additional last columns; each call must give the same names.
        """
        row = {**to_row(record), **last}
        if self._writer is None:
            self._writer = csv.DictWriter(self._stream, list(row), lineterminator="\n")
            if self._header:
                self._writer.writeheader()
        self._writer.writerow({key: escaped(value) for key, value in row.items()})
        self._stream.flush()


def escaped(value: Any) -> Any:
    """Converts a value to a CSV cell; the texts of a tuple are joined.

    Text that a spreadsheet would run as a formula gets a leading apostrophe (OWASP, CSV injection). Bytes of a file
    name that are not UTF-8 become the replacement character.
    """
    if isinstance(value, tuple):
        value = " ".join(value)
    if not isinstance(value, str):
        return value
    text = plain(value)
    safe = f"'{text}" if text.startswith(_FORMULA_STARTS) else text
    # The csv module does not quote a single carriage return, but reads it as the end of the row.
    return safe.replace("\r\n", "\n").replace("\r", "\n")


def write_list(path: Path, films: Iterable[tuple[Analysis, Review]]) -> int:
    """Writes the list of the window; replaces the file only when it is complete.

    Args:
        path: Path of the file.
        films: Result and review of each film.

    Returns:
        Number of rows.

    Raises:
        FileWriteError: The file could not be written.
    """
    count = 0
    with replace_file(path) as binary, io.TextIOWrapper(binary, encoding=FILE_ENCODING, newline="") as stream:
        write = CsvWriter(stream)
        for analysis, review in films:
            write(record_of(analysis), {"verdict": review.verdict, "comment": review.comment or None})
            count += 1
    return count
