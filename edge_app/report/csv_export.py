"""Results as CSV. The window's list and `predict --format csv` write the same columns through this code. No Qt."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TextIO

from edge_app.system.files import replace_file

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What spreadsheets take for a formula, the full-width forms included."""


class CsvWriter:
    """Writes one row for each record, the header before the first."""

    def __init__(self, stream: TextIO) -> None:
        """Writes to `stream`, opened with `newline=""`."""
        self._stream = stream
        self._writer: csv.DictWriter[str] | None = None

    def __call__(self, record: dict[str, Any], last: Mapping[str, Any] = MappingProxyType({})) -> None:
        """Writes a record.

        Args:
            record: As `Analysis.record` returns it; further columns may follow, the same for each record.
            last: Columns behind all others, the same for each record.
        """
        row = {**flat(record), **last}
        if self._writer is None:
            self._writer = csv.DictWriter(self._stream, list(row), lineterminator="\n")
            self._writer.writeheader()
        self._writer.writerow({key: escaped(value) for key, value in row.items()})
        self._stream.flush()


def flat(record: dict[str, Any]) -> dict[str, Any]:
    """A record without nested values: `elapsed_ms` becomes columns, `quality` one text."""
    row = {**record, **{f"{stage}_ms": value for stage, value in record["elapsed_ms"].items()}}
    del row["elapsed_ms"]
    row["quality"] = " ".join(record["quality"])
    return row


def escaped(value: Any) -> Any:
    """Makes a cell harmless.

    Text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV injection); bytes of a file
    name that are not text become the replacement character.
    """
    if not isinstance(value, str):
        return value
    text = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    safe = f"'{text}" if text.startswith(_FORMULA_STARTS) else text
    # The csv module leaves a lone carriage return unquoted, and its own reader takes it for the end of the row.
    return safe.replace("\r\n", "\n").replace("\r", "\n")


def write_csv(path: Path, records: Iterable[dict[str, Any]]) -> int:
    """Writes records to a file that appears only when it is complete.

    Args:
        path: The file; an existing one is replaced.
        records: See `CsvWriter`.

    Returns:
        How many rows were written.

    Raises:
        FileWriteError: The file could not be written.
    """
    count = 0
    # The byte order mark tells spreadsheets that it is UTF-8.
    with replace_file(path) as binary, io.TextIOWrapper(binary, encoding="utf-8-sig", newline="") as stream:
        write = CsvWriter(stream)
        for record in records:
            write(record)
            count += 1
    return count
