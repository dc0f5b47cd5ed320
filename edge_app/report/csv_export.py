"""Results as CSV. The window's list and `predict --format csv` write the same columns through this code. No Qt."""

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
"""Of CSV files: the byte order mark tells spreadsheets that it is UTF-8."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What spreadsheets take for a formula, the full-width forms included."""


class CsvWriter:
    """Writes one row for each record, the header before the first."""

    def __init__(self, stream: TextIO, *, header: bool = True) -> None:
        """Writes to `stream`, opened with `newline=""`; without a header where rows go on that have one."""
        self._stream = stream
        self._header = header
        self._writer: csv.DictWriter[str] | None = None

    def __call__(self, record: Record, last: Mapping[str, Any] = MappingProxyType({})) -> None:
        """Writes a record.

        Args:
            record: The result.
            last: Columns behind all others, the same for each record.
        """
        row = {**to_row(record), **last}
        if self._writer is None:
            self._writer = csv.DictWriter(self._stream, list(row), lineterminator="\n")
            if self._header:
                self._writer.writeheader()
        self._writer.writerow({key: escaped(value) for key, value in row.items()})
        self._stream.flush()


def escaped(value: Any) -> Any:
    """Makes a cell of a value: several texts become one, and text is made harmless.

    Text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV injection); bytes of a file
    name that are not text become the replacement character.
    """
    if isinstance(value, tuple):
        value = " ".join(value)
    if not isinstance(value, str):
        return value
    text = plain(value)
    safe = f"'{text}" if text.startswith(_FORMULA_STARTS) else text
    # The csv module leaves a lone carriage return unquoted, and its own reader takes it for the end of the row.
    return safe.replace("\r\n", "\n").replace("\r", "\n")


def write_list(path: Path, films: Iterable[tuple[Analysis, Review]]) -> int:
    """Writes the window's list to a file that appears only when it is complete.

    Args:
        path: The file; an existing one is replaced.
        films: For each film its result, and the reader's verdict and comment.

    Returns:
        How many rows were written.

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
