"""Where the rows of `predict` go: standard output, or a file that takes its name when it is complete.

Until then the file is called NAME.partial, and NAME.partial.json beside it says what the run was asked for. The same
command given again goes on where the rows end.
"""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from edge_app.analysis.record import Record
from edge_app.commands.records import Write, writer
from edge_app.report.csv_export import FILE_ENCODING, escaped
from edge_app.system import console
from edge_app.system.errors import PneumoscopeError, cause_of
from edge_app.system.file_lock import lock_file
from edge_app.system.files import replace_file


class Output:
    """The rows of one run."""

    def __init__(self, form: str, stream: TextIO | None = None) -> None:
        """Takes a file that was opened for reading and writing; None for standard output."""
        self._form = form
        self._stream = stream
        self._write: Write | None = None

    def skip_done(self, films: Iterator[Path]) -> Counter[str]:
        """Reads the rows of an interrupted run, and takes their films off the list. Call it before `write`.

        Args:
            films: The films of this run.

        Returns:
            How many rows there are of each status.

        Raises:
            PneumoscopeError: The rows are not those of the first films.
        """
        done: Counter[str] = Counter()
        if self._stream is None:
            return done
        for path, status in _rows(self._stream, self._form):
            film = next(films, None)
            if film is None or path != (escaped(str(film)) if self._form == "csv" else str(film)):
                raise _foreign(Path(self._stream.name))
            done[status] += 1
        return done

    def write(self, record: Record) -> None:
        """Writes a row, whole and through, so that whatever ends the run leaves whole rows.

        Raises:
            PneumoscopeError: It cannot be written.
            BrokenPipeError: Nobody reads standard output any more.
        """
        if self._stream is None:
            with console.output() as stream:
                if self._write is None:
                    self._write = writer(self._form, stream)
                self._write(record)
            return
        if self._write is None:
            begun = self._stream.seek(0, os.SEEK_END) > 0
            self._write = writer(self._form, self._stream, header=not begun)
        try:
            self._write(record)
        except OSError as error:
            raise _unwritable(Path(self._stream.name), error) from error


@contextmanager
def open_output(path: Path | None, form: str, settings: dict[str, Any]) -> Iterator[Output]:
    """Opens the output of a run; a file is complete when the block ends well.

    Args:
        path: The file; None for standard output.
        form: `table`, `jsonl` or `csv`.
        settings: What decides over the rows, JSON values; a run goes on only under the same.

    Raises:
        PneumoscopeError: The file cannot be written, another run writes it, or what is there belongs to another run.
    """
    if path is None:
        yield Output(form)
        return
    partial = partial_name(path)
    try:
        stream = _opened(partial, FILE_ENCODING if form == "csv" else "utf-8")
    except OSError as error:
        raise _unwritable(partial, error) from error
    with _closed(stream):
        _check_settings(partial, stream, {"format": form, **settings})
        yield Output(form, stream)
        try:
            stream.flush()
            os.fsync(stream.fileno())
            partial.replace(path)
        except OSError as error:
            raise _unwritable(partial, error) from error
        _settings_name(partial).unlink(missing_ok=True)


@contextmanager
def _closed(stream: TextIO) -> Iterator[None]:
    try:
        yield
    finally:
        # A row that found no space is still in the buffer and fails once more; that has been said.
        with suppress(OSError):
            stream.close()


def partial_name(path: Path) -> Path:
    """The name of an output file until it is complete."""
    return path.with_name(path.name + ".partial")


def _settings_name(partial: Path) -> Path:
    return partial.with_name(partial.name + ".json")


def _opened(partial: Path, encoding: str) -> TextIO:
    """Opens and locks the file; a link is not followed: it would lead the rows into a file of somebody else."""
    while True:
        stream = open(partial, "r+", encoding=encoding, errors="surrogateescape", newline="", opener=_create)  # noqa: SIM115
        try:
            ours = lock_file(stream)
        except OSError:  # a network folder without locks
            ours = True
        if not ours:
            stream.close()
            raise PneumoscopeError("output.busy", partial=partial.name)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(stream.fileno()), partial.stat()):
                return stream
        stream.close()  # the run that held the lock has just completed the file


def _create(name: str, flags: int) -> int:
    return os.open(name, flags | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)


def _check_settings(partial: Path, stream: TextIO, settings: dict[str, Any]) -> None:
    name = _settings_name(partial)
    if stream.seek(0, os.SEEK_END) == 0:
        with replace_file(name) as binary:
            binary.write(json.dumps(settings).encode())
        return
    try:
        same = json.loads(name.read_bytes()) == settings
    except (OSError, ValueError):
        same = False
    if not same or settings["format"] not in ("jsonl", "csv"):
        raise _foreign(partial)


def _rows(stream: TextIO, form: str) -> Iterator[tuple[str, str]]:
    """Path and status of each row; the last row is cut off where its writing was interrupted."""
    end = stream.seek(0, os.SEEK_END)
    _cut_torn_row(stream, end)
    stream.seek(0)
    try:
        if form == "csv":
            for row in csv.DictReader(stream):
                yield row["path"], row["status"]
            return
        for line in iter(stream.readline, ""):
            record = json.loads(line)
            yield record["path"], record["status"]
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        raise _foreign(Path(stream.name)) from error


def _cut_torn_row(stream: TextIO, end: int) -> None:
    descriptor = stream.fileno()
    while end > 0:
        start = max(0, end - 65536)
        os.lseek(descriptor, start, os.SEEK_SET)
        found = os.read(descriptor, end - start).rfind(b"\n")
        if found >= 0:
            end = start + found + 1
            break
        end = start
    os.ftruncate(descriptor, end)


def _foreign(partial: Path) -> PneumoscopeError:
    return PneumoscopeError("output.foreign", partial=partial.name)


def _unwritable(partial: Path, error: OSError) -> PneumoscopeError:
    if partial.is_symlink():
        return PneumoscopeError("output.link", path=str(partial))
    cause, detail = cause_of(error), repr(error)
    if partial.is_file() and partial.stat().st_size > 0:
        return PneumoscopeError("output.broken_off", path=str(partial), cause=cause, detail=detail)
    return PneumoscopeError("output.unwritable", path=str(partial), cause=cause, detail=detail)
