"""Where the lines of `predict` go: a table, JSON lines or CSV, on the terminal or in a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from edge_app.analysis.gate.population import OUTSIDE_CODE
from edge_app.analysis.record import Record, to_json
from edge_app.report.csv_export import FILE_ENCODING, CsvWriter
from edge_app.system.errors import PneumoscopeError, cause_of
from edge_app.system.messages import Message

_TABLE = "{status:<9} {probability:>6}  {band:<9} {label:<10} {path}{reason}{flags}"

Write = Callable[[Record], None]


def writer(form: str, stream: TextIO) -> Write:
    """Makes a function that writes one record, whole and flushed, so that whatever ends the run leaves whole lines.

    Args:
        form: `table`, `jsonl` or `csv`.
        stream: Where to.
    """
    if form == "jsonl":
        return lambda record: _line(stream, to_json(record))
    if form == "csv":
        return CsvWriter(stream)
    return lambda record: _line(stream, _row(record))


@contextmanager
def open_output(path: Path | None, form: str) -> Iterator[TextIO]:
    """Standard output, or a file that appears under its name only when it is complete.

    Args:
        path: The file; None for standard output.
        form: As for `writer`; a CSV file begins with a byte order mark, as the window's does.

    Raises:
        PneumoscopeError: The file cannot be written.
    """
    if path is None:
        yield sys.stdout
        return
    partial = partial_name(path)
    try:
        with partial.open("w", encoding=FILE_ENCODING if form == "csv" else "utf-8", newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except OSError as error:
        raise PneumoscopeError(
            "output.unwritable", path=str(path), cause=cause_of(error), partial=partial.name, detail=repr(error)
        ) from error


def partial_name(path: Path) -> Path:
    """The name of an output file until it is complete."""
    return path.with_name(path.name + ".partial")


def _line(stream: TextIO, text: str) -> None:
    stream.write(text + "\n")
    stream.flush()


def _row(record: Record) -> str:
    return _printable(
        _TABLE.format(
            status=record.status,
            probability="-" if record.probability is None else f"{record.probability:.3f}",
            band=record.band or "-",
            label=record.label or "-",
            path=record.path,
            reason=f": {record.reason}" if record.reason else "",
            flags=_flags(record) if record.status == "analysed" else "",
        )
    )


def _flags(record: Record) -> str:
    """What stands behind a score that must not be trusted as it is; nobody reads a column of codes."""
    loud = f"  ! {Message('outside.loud')}" if record.is_outside_population else ""
    others = [code for code in record.quality if code != OUTSIDE_CODE]
    return loud + (f"  [{', '.join(others)}]" if others else "")


def _printable(line: str) -> str:
    """Replaces control characters, which a hostile file name could use to drive the terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)
