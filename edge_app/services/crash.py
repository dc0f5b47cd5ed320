"""Crash reports: stored on this machine, shown at the next start, never sent.

A report contains the place in the program, the versions and the type of the error. It does not contain the text of the
error, file names or variables, because they can contain a patient's name.
"""

from __future__ import annotations

import faulthandler
import io
import logging
import os
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
from edge_app.system.file_lock import lock_file
from edge_app.system.files import make_private

_LOG = logging.getLogger(__name__)

_NATIVE_LOGS = "native-*.log"
_MOST_REPORTS = 20
_PACKAGE = str(Path(__file__).resolve().parents[1])


@dataclass(frozen=True, slots=True)
class CrashReport:
    """A crash report.

    Attributes:
        path: The file.
        text: Its content, as plain text.
    """

    path: Path
    text: str


class CrashReporter:
    """Writes a report for each uncaught error while it is installed."""

    def __init__(self, folder: Path, on_crash: Callable[[Path], None] | None = None) -> None:
        """Creates a reporter; `install` activates it.

        Args:
            folder: Folder of the reports.
            on_crash: Called with the file of each new report, in the thread that failed.
        """
        self._folder = folder
        self._on_crash = on_crash
        self._native: io.BufferedRandom | None = None
        self._native_log = folder
        self._excepthook = sys.excepthook
        self._threading_hook = threading.excepthook

    def install(self) -> None:
        """Catches uncaught exceptions and fatal signals. First it turns logs of native crashes into reports.

        If the folder is not writable, native crashes leave no report; everything else works.
        """
        try:
            make_private(self._folder)
            self._collect_native()
            self._native = self._open_native_log()
        except OSError as error:
            _LOG.warning("Crash reports cannot be kept: %s", error.strerror)
        else:
            faulthandler.enable(self._native, all_threads=True)
        self._excepthook, sys.excepthook = sys.excepthook, self._on_exception
        self._threading_hook, threading.excepthook = threading.excepthook, self._on_thread_exception

    def uninstall(self) -> None:
        """Restores the hooks and deletes the log of native crashes, as after a run without a crash."""
        sys.excepthook = self._excepthook
        threading.excepthook = self._threading_hook
        if self._native is not None:
            faulthandler.disable()
            self._native_log.unlink(missing_ok=True)
            self._native.close()
            self._native = None

    def pending(self) -> tuple[CrashReport, ...]:
        """Returns the reports that were not dismissed, oldest first."""
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
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            self._excepthook(kind, error, trace)
        else:
            self._report(kind, error, trace)

    def _on_thread_exception(self, failure: threading.ExceptHookArgs) -> None:
        if failure.exc_value is None or issubclass(failure.exc_type, SystemExit):
            self._threading_hook(failure)
        else:
            self._report(failure.exc_type, failure.exc_value, failure.exc_traceback)

    def _report(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Writes a report to file and log. Python's own hook would print the text of the error."""
        code = f" ({error.code})" if isinstance(error, FilmError) else ""
        text = f"{kind.__module__}.{kind.__qualname__}{code}\n\n{describe(trace)}"
        _LOG.critical("Uncaught error: %s", text)
        self._write(text)

    def _open_native_log(self) -> io.BufferedRandom:
        """Opens a file for this process and locks it until the process ends."""
        self._native_log = self._folder / f"native-{os.getpid()}.log"
        stream = self._native_log.open("w+b")
        lock_file(stream)
        return stream

    def _collect_native(self) -> None:
        for log in self._folder.glob(_NATIVE_LOGS):
            with log.open("r+b") as stream:
                if not lock_file(stream):  # its process still runs
                    continue
                left = stream.read().decode("utf-8", "replace")
                log.unlink()
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
    """Returns the versions in one line, for reports and the about box."""
    return (
        f"Pneumoscope {__version__}, Python {platform.python_version()}, Qt {qVersion()}, "
        f"SQLite {sqlite3.sqlite_version}, {platform.system()} {platform.release()} {platform.machine()}"
    )


def describe(trace: TracebackType | None) -> str:
    """Returns a traceback, innermost call last, one call per line, without source code and folder names."""
    return "\n".join(
        f"{_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace)
    )


def _short(filename: str) -> str:
    if filename.startswith(_PACKAGE):
        return "edge_app" + filename[len(_PACKAGE) :].replace("\\", "/")
    return Path(filename).name


def _without_folders(text: str) -> str:
    """Removes folders from the quoted file names in the output of faulthandler."""
    parts = text.split('"')
    return '"'.join(_short(part) if index % 2 else part for index, part in enumerate(parts))
