"""Standard output and standard error that may be full, closed, or unable to show a letter."""

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
    """Has letters that the terminal does not know printed as escapes, where they would end the run."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def is_terminal() -> bool:
    """Whether a person sees standard error."""
    return sys.stderr is not None and sys.stderr.isatty()


def say(text: str, *, end: str = "\n") -> None:
    """Writes to standard error. Where that is closed or full, the words are lost and the run goes on.

    Args:
        text: What to say.
        end: What follows it.
    """
    if sys.stderr is None:  # closed by the caller
        return
    try:
        sys.stderr.write(text + end)
        sys.stderr.flush()
    except OSError:
        discard(sys.stderr)


def put(text: str) -> None:
    """Writes to standard output, through to whoever reads it.

    Raises:
        OutputError: It is closed or full; what follows is discarded.
        BrokenPipeError: Nobody reads it any more; what follows is discarded.
    """
    with output() as stream:
        stream.write(text)


@contextmanager
def output() -> Iterator[TextIO]:
    """Gives standard output to write to, and writes it through at the end of the block; see `put`."""
    if sys.stdout is None:
        raise OutputError("console.closed")
    try:
        yield sys.stdout
        sys.stdout.flush()
    except OSError as error:
        # Else Python writes what is held back on the way out, and fails there with a status of its own.
        discard(sys.stdout)
        if isinstance(error, BrokenPipeError):
            raise
        raise OutputError("console.unwritable", cause=cause_of(error), detail=repr(error)) from error


def flush() -> None:
    """Writes through what others have printed; see `put`."""
    if sys.stderr is not None:
        try:
            sys.stderr.flush()
        except OSError:
            discard(sys.stderr)
    if sys.stdout is not None:
        put("")


def discard(stream: TextIO) -> None:
    """Has what a stream still holds, and all that follows, go nowhere."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)
