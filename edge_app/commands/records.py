"""What the lines of `predict` look like: a table, JSON lines or CSV."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from edge_app.analysis.gate.population import OUTSIDE_CODE
from edge_app.analysis.record import Record, to_json
from edge_app.report.csv_export import CsvWriter
from edge_app.system.messages import Message

_TABLE = "{status:<9} {probability:>6}  {band:<9} {label:<10} {path}{reason}{flags}"

Write = Callable[[Record], None]


def writer(form: str, stream: TextIO, *, header: bool = True) -> Write:
    """Makes a function that writes one record, whole and flushed, so that whatever ends the run leaves whole lines.

    Args:
        form: `table`, `jsonl` or `csv`.
        stream: Where to.
        header: Whether the first row of a CSV names the columns.
    """
    if form == "jsonl":
        return lambda record: _line(stream, to_json(record))
    if form == "csv":
        return CsvWriter(stream, header=header)
    return lambda record: _line(stream, _row(record))


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
