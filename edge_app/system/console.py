"""Safe writing to standard output and standard error, which may be full, closed, or limited to ASCII."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from edge_app.system.errors import PneumoscopeError, cause_of


class OutputError(PneumoscopeError):
    """Standard output cannot be written."""


def prepare() -> None:
    """Makes Python print characters that the terminal cannot encode as escapes, instead of raising an error."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def is_terminal() -> bool:
    """Whether standard error is a terminal."""
    return sys.stderr is not None and sys.stderr.isatty()


def say(text: str, *, end: str = "\n") -> None:
    """Writes text and `end` to standard error. If it is closed or full, the text is lost and the program continues."""
    if sys.stderr is None:  # closed by the caller
        return
    try:
        sys.stderr.write(text + end)
        sys.stderr.flush()
    except OSError:
        discard(sys.stderr)


def put(text: str) -> None:
    """Writes to standard output and flushes it.

    Raises:
        OutputError: Standard output is closed or full; later output is discarded.
        BrokenPipeError: The reader closed the pipe; later output is discarded.
    """
    with output() as stream:
        stream.write(text)


@contextmanager
def output() -> Iterator[TextIO]:
    """Yields standard output and flushes it at the end of the block; errors as in `put`."""
    if sys.stdout is None:
        raise OutputError("console.closed")
    try:
        yield sys.stdout
        sys.stdout.flush()
    except OSError as error:
        # Otherwise Python flushes the rest at exit, fails again, and sets its own exit status.
        discard(sys.stdout)
        if isinstance(error, BrokenPipeError):
            raise
        raise OutputError("console.unwritable", cause=cause_of(error), detail=repr(error)) from error


def flush() -> None:
    """Flushes both streams; errors as in `put`."""
    if sys.stderr is not None:
        try:
            sys.stderr.flush()
        except OSError:
            discard(sys.stderr)
    if sys.stdout is not None:
        put("")


def discard(stream: TextIO) -> None:
    """Redirects a stream, including its buffered data, to the null device."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)
