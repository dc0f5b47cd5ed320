"""The output of a cluster run: a folder of Parquet or CSV parts. A second run skips the films in it.

Parts are written atomically and contain each film once. So after an interruption or a power cut, the parts contain
exactly the finished films.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Literal

from msgspec import structs

from edge_app.analysis.record import Record, columns_of, to_row
from edge_app.report.csv_export import FILE_ENCODING, CsvWriter
from edge_app.system.errors import PneumoscopeError, cause_of
from edge_app.system.file_lock import lock_file
from edge_app.system.files import replace_file
from edge_app.system.messages import plain

Form = Literal["parquet", "csv"]

ROWS_PER_PART = 4096
PART_AGE_S = 60.0
"""Maximum time until a part is written, so that at most one minute of work is lost."""

SETTINGS_NAME = "_run.json"
"""Readers of Parquet data sets skip names that start with an underscore."""
_LOCK_NAME = "_lock"
_PART = re.compile(r"part-[0-9]{6,12}")
_ID = "path_id"
_ID_BYTES = 16
_STATUSES = {"analysed", "refused", "failed"}


def path_id(path: bytes) -> str:
    """Returns a film's id in the output: BLAKE2b-128 of its path's bytes, in hex.

    The column `path` is not unique, because undecodable bytes of paths are replaced in it.
    """
    return hashlib.blake2b(path, digest_size=_ID_BYTES).hexdigest()


_Row = tuple[Record, str]
"""A record and the film's `path_id`."""


class Parts:
    """The parts in a folder, and the rows of the next part."""

    def __init__(self, folder: Path, form: Form, settings: dict[str, Any]) -> None:
        """Opens or creates a folder and reads its parts.

        Args:
            folder: The output folder of one run.
            form: File format of the parts.
            settings: Settings that influence the results, JSON values; a run continues only with equal settings.

        Raises:
            PneumoscopeError: The folder contains other files, a damaged part or other settings, or is not readable.
            FileWriteError: The folder is not writable.
        """
        self._folder = folder
        self._form = form
        self._rows: list[_Row] = []
        self._first_row_s = 0.0
        self._ids: set[bytes] = set()
        self.statuses: Counter[str] = Counter()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _check_settings(folder, {"format": form, **settings})
            names = sorted(path for path in folder.iterdir() if path.match(f"part-*.{form}"))
            for path in names:
                if not _PART.fullmatch(path.stem):
                    raise PneumoscopeError("cluster.foreign_part", path=str(path))
                self._learn(path)
        except OSError as error:
            raise PneumoscopeError(
                "cluster.output", folder=str(folder), cause=cause_of(error), detail=repr(error)
            ) from error
        self._next = int(names[-1].stem.partition("-")[2]) + 1 if names else 0

    def __len__(self) -> int:
        """Returns the number of films in the parts and in memory."""
        return self.statuses.total()

    def claim(self, path: bytes) -> bool:
        """Marks a film by its path's bytes. Returns True at the first call for a path, otherwise False."""
        film = bytes.fromhex(path_id(path))
        if film in self._ids:
            return False
        self._ids.add(film)
        return True

    def add(self, path: bytes, record: Record) -> None:
        """Adds the record of a claimed film, and writes a part if it is full or old enough.

        Args:
            path: The path's bytes.
            record: The result; its path is replaced by `path`.

        Raises:
            FileWriteError: The part could not be written.
        """
        if not self._rows:
            self._first_row_s = time.monotonic()
        self.statuses[record.status] += 1
        self._rows.append((structs.replace(record, path=os.fsdecode(path)), path_id(path)))
        if len(self._rows) >= ROWS_PER_PART or time.monotonic() - self._first_row_s >= PART_AGE_S:
            self.flush()

    def flush(self) -> None:
        """Writes the rows in memory as a part.

        Raises:
            FileWriteError: The part could not be written; the rows stay in memory.
        """
        if not self._rows:
            return
        with replace_file(self._folder / f"part-{self._next:06}.{self._form}") as stream:
            (_write_parquet if self._form == "parquet" else _write_csv)(stream, self._rows)
        self._next += 1
        self._rows = []

    def _learn(self, path: Path) -> None:
        try:
            rows = list(_read_parquet(path) if self._form == "parquet" else _read_csv(path))
            ids = [bytes.fromhex(name) for name, _ in rows]
            if any(len(film) != _ID_BYTES for film in ids) or not {status for _, status in rows} <= _STATUSES:
                raise ValueError("a row that was cut off")
        except (ValueError, TypeError, KeyError, csv.Error) as error:  # pyarrow raises ValueError too
            raise PneumoscopeError("cluster.damaged_part", path=str(path), detail=repr(error)) from error
        self._ids.update(ids)
        self.statuses.update(status for _, status in rows)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Locks an output folder against other processes on this machine.

    Raises:
        PneumoscopeError: Another process writes to the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK_NAME).open("wb") as stream:
        if not lock_file(stream):
            raise PneumoscopeError("cluster.busy", folder=str(folder))
        yield


def _check_settings(folder: Path, settings: dict[str, Any]) -> None:
    path = folder / SETTINGS_NAME
    if not path.exists():
        if any(entry.name != _LOCK_NAME and not entry.name.startswith(".") for entry in folder.iterdir()):
            raise PneumoscopeError("cluster.foreign_files", folder=str(folder))
        with replace_file(path) as stream:
            stream.write(json.dumps(settings, indent=2).encode())
        return
    try:
        before = json.loads(path.read_bytes())
    except ValueError as error:
        raise PneumoscopeError("cluster.run_file", path=str(path), detail=repr(error)) from error
    differing = sorted(name for name in {*before, *settings} if before.get(name) != settings.get(name))
    if differing:
        name = differing[0]
        raise PneumoscopeError(
            "cluster.other_settings",
            folder=str(folder),
            setting=name,
            before=repr(before.get(name)),
            now=repr(settings.get(name)),
        )


def _write_csv(stream: BinaryIO, rows: list[_Row]) -> None:
    text = io.TextIOWrapper(stream, encoding=FILE_ENCODING, newline="")
    write = CsvWriter(text)
    for record, film in rows:
        write(record, {_ID: film})
    text.detach()


def _read_csv(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding=FILE_ENCODING, newline="") as stream:
        for row in csv.DictReader(stream):
            yield row[_ID], row["status"]


def _write_parquet(stream: BinaryIO, rows: list[_Row]) -> None:
    import pyarrow
    from pyarrow import parquet

    values = [{**to_row(record), "path": plain(record.path), _ID: film} for record, film in rows]
    parquet.write_table(pyarrow.Table.from_pylist(values, schema=_schema()), stream, compression="zstd")


def _read_parquet(path: Path) -> Iterator[tuple[str, str]]:
    from pyarrow import parquet

    table = parquet.read_table(path, columns=[_ID, "status"])
    yield from zip(table[_ID].to_pylist(), table["status"].to_pylist(), strict=True)


def _schema() -> Any:
    """Returns the CSV's columns with their types; `quality` is a list."""
    import pyarrow as pa

    types = {"text": pa.string(), "number": pa.float64(), "texts": pa.list_(pa.string())}
    return pa.schema([*((column.name, types[column.kind]) for column in columns_of()), (_ID, pa.string())])
