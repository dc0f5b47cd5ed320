"""Crash reports: written to this machine, offered at the next start, sent nowhere.

A report names the place in the program, the versions and the kind of error. It does not hold the error's own text,
file names or variables: any of them can carry a patient's name.
"""

from __future__ import annotations

import faulthandler
import io
import logging
import platform
import sqlite3
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import qVersion

from edge_app import __version__
from edge_app.system.errors import FilmError

_LOG = logging.getLogger(__name__)

_NATIVE_LOG = "native.log"
_MOST_REPORTS = 20
_PACKAGE = str(Path(__file__).resolve().parents[1])


@dataclass(frozen=True, slots=True)
class CrashReport:
    """A report of an earlier crash.

    Attributes:
        path: The file.
        text: What is in it, to be shown plain and copied.
    """

    path: Path
    text: str


class CrashReporter:
    """Writes reports for as long as it is installed."""

    def __init__(self, folder: Path, on_crash: Callable[[Path], None] | None = None) -> None:
        """Makes a reporter; `install` sets it to work.

        Args:
            folder: Where reports are kept.
            on_crash: Called with each report that was written, in the thread that failed.
        """
        self._folder = folder
        self._on_crash = on_crash
        self._native: io.BufferedRandom | None = None
        self._excepthook = sys.excepthook
        self._threading_hook = threading.excepthook

    def install(self) -> None:
        """Takes over uncaught exceptions and fatal signals. What a native crash left behind becomes a report first."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        native = self._folder / _NATIVE_LOG
        self._collect_native(native)
        self._native = native.open("w+b")
        faulthandler.enable(self._native, all_threads=True)
        self._excepthook, sys.excepthook = sys.excepthook, self._on_exception
        self._threading_hook, threading.excepthook = threading.excepthook, self._on_thread_exception

    def uninstall(self) -> None:
        """Gives everything back, as at the end of a run that went well."""
        if self._native is None:
            return
        sys.excepthook = self._excepthook
        threading.excepthook = self._threading_hook
        faulthandler.disable()
        self._native.close()
        self._native = None
        (self._folder / _NATIVE_LOG).unlink(missing_ok=True)

    def pending(self) -> tuple[CrashReport, ...]:
        """Reports that were not dismissed, oldest first."""
        reports = []
        for path in sorted(self._folder.glob("crash-*.txt")):
            try:
                reports.append(CrashReport(path, path.read_text(encoding="utf-8", errors="replace")))
            except OSError:
                _LOG.warning("A crash report could not be read")
        return tuple(reports)

    def dismiss(self) -> None:
        """Deletes all reports."""
        for path in self._folder.glob("crash-*.txt"):
            path.unlink(missing_ok=True)

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._report(kind, error, trace)
        self._excepthook(kind, error, trace)

    def _on_thread_exception(self, failure: threading.ExceptHookArgs) -> None:
        if failure.exc_value is not None:
            self._report(failure.exc_type, failure.exc_value, failure.exc_traceback)
        self._threading_hook(failure)

    def _report(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            return
        code = f" ({error.code})" if isinstance(error, FilmError) else ""
        self._write(f"{kind.__module__}.{kind.__qualname__}{code}\n\n{describe(trace)}")

    def _collect_native(self, native: Path) -> None:
        try:
            left = native.read_text(encoding="utf-8", errors="replace")
        except OSError:  # no file: the last run ended well, or this is the first
            return
        if left.strip():
            self._write("The program was ended by a fault outside Python.\n\n" + _without_folders(left))

    def _write(self, text: str) -> None:
        now = datetime.now(UTC)
        path = self._folder / f"crash-{now:%Y%m%dT%H%M%S%f}.txt"
        try:
            path.write_text(f"{now:%Y-%m-%d %H:%M:%S} UTC\n{versions()}\n\n{text}\n", encoding="utf-8")
            for old in sorted(self._folder.glob("crash-*.txt"))[:-_MOST_REPORTS]:
                old.unlink(missing_ok=True)
        except OSError:
            _LOG.warning("A crash report could not be written")
            return
        if self._on_crash is not None:
            self._on_crash(path)


def versions() -> str:
    """What runs here, in a line: for reports and the about box."""
    return (
        f"Pneumoscope {__version__}, Python {platform.python_version()}, Qt {qVersion()}, "
        f"SQLite {sqlite3.sqlite_version}, {platform.system()} {platform.release()} {platform.machine()}"
    )


def describe(trace: TracebackType | None) -> str:
    """The places of a traceback, innermost last, one a line, without source lines and folders of this machine."""
    return "\n".join(
        f"{_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace)
    )


def _short(filename: str) -> str:
    if filename.startswith(_PACKAGE):
        return "edge_app" + filename[len(_PACKAGE) :].replace("\\", "/")
    return Path(filename).name


def _without_folders(text: str) -> str:
    """Shortens the quoted file names of faulthandler's dump."""
    parts = text.split('"')
    return '"'.join(_short(part) if index % 2 else part for index, part in enumerate(parts))
