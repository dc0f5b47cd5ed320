"""Where the lines of `predict` go: a table, JSON lines or CSV, on the terminal or in a file."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from edge_app.analysis.gate.population import OUTSIDE_CODE
from edge_app.report.csv_export import CsvWriter
from edge_app.system.errors import PneumoscopeError

_TABLE = "{status:<9} {probability:>6}  {band:<9} {label:<10} {path}{reason}{flags}"

Write = Callable[[dict[str, Any]], None]


def writer(form: str, stream: TextIO) -> Write:
    """Makes a function that writes one record, whole and flushed, so that whatever ends the run leaves whole lines.

    Args:
        form: `table`, `jsonl` or `csv`.
        stream: Where to.
    """
    if form == "jsonl":
        return lambda record: _line(stream, json.dumps(record))
    if form == "csv":
        return CsvWriter(stream)
    return lambda record: _line(stream, _row(record))


@contextmanager
def open_output(path: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that appears under its name only when it is complete.

    Raises:
        PneumoscopeError: The file cannot be written.
    """
    if path is None:
        yield sys.stdout
        return
    partial = partial_name(path)
    try:
        with partial.open("w", encoding="utf-8", newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except OSError as error:
        raise PneumoscopeError(
            f"The results could not be written to {path}: {error.strerror}.",
            hint=f"What was written so far is in {partial.name}.",
            detail=repr(error),
        ) from error


def partial_name(path: Path) -> Path:
    """The name of an output file until it is complete."""
    return path.with_name(path.name + ".partial")


def _line(stream: TextIO, text: str) -> None:
    stream.write(text + "\n")
    stream.flush()


def _row(record: dict[str, Any]) -> str:
    probability = record["probability"]
    return _printable(
        _TABLE.format(
            status=record["status"],
            probability="-" if probability is None else f"{probability:.3f}",
            band=record["band"] or "-",
            label=record["label"] or "-",
            path=record["path"],
            reason=f": {record['reason']}" if record["reason"] else "",
            flags=_flags(record["quality"]) if record["status"] == "analysed" else "",
        )
    )


def _flags(codes: list[str]) -> str:
    """What stands behind a score that must not be trusted as it is; nobody reads a column of codes."""
    loud = "  ! DO NOT USE THIS SCORE: outside the model's population" if OUTSIDE_CODE in codes else ""
    others = [code for code in codes if code != OUTSIDE_CODE]
    return loud + (f"  [{', '.join(others)}]" if others else "")


def _printable(line: str) -> str:
    """Replaces control characters, which a hostile file name could use to drive the terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)
