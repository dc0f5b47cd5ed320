"""Files that appear under their name only when they are whole."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from edge_app.system.errors import PneumoscopeError, cause_of


class FileWriteError(PneumoscopeError):
    """A file could not be written; what was under its name before is still there."""


@contextlib.contextmanager
def partial_file(path: Path) -> Iterator[Path]:
    """Gives a file to write that takes the name `path` when the block ends well, and vanishes when it does not.

    The bytes are on the disk before the name is, and the name is before this returns (write, fsync, rename, fsync of
    the folder): after a power cut there is the old file or the new one.

    Args:
        path: The name; an existing file is replaced.

    Yields:
        The file to write, empty, in the same folder.

    Raises:
        FileWriteError: The folder or the disk does not allow it.
    """
    partial: Path | None = None
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".partial")
        os.close(descriptor)
        partial = Path(name)
        yield partial
        _sync(partial, os.O_RDWR)
        partial.replace(path)
        partial = None
        if hasattr(os, "O_DIRECTORY"):
            _sync(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise FileWriteError("file.unwritable", name=path.name, cause=cause_of(error), detail=repr(error)) from error
    finally:
        if partial is not None:
            partial.unlink(missing_ok=True)


@contextlib.contextmanager
def replace_file(path: Path) -> Iterator[BinaryIO]:
    """As `partial_file`, but gives the file open for writing bytes."""
    with partial_file(path) as partial, partial.open("wb") as stream:
        yield stream


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
