"""Files that appear under their name only when they are whole."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from edge_app.errors import PneumoscopeError


class FileWriteError(PneumoscopeError):
    """A file could not be written; what was under its name before is still there."""


@contextlib.contextmanager
def replace_file(path: Path) -> Iterator[BinaryIO]:
    """Opens a file for writing that takes its name when the block ends well, and vanishes when it does not.

    The bytes are on the disk before the name is, and the name is before this returns (write, fsync, rename, fsync of
    the folder): after a power cut there is the old file or the new one.

    Args:
        path: The name; an existing file is replaced.

    Yields:
        A binary stream.

    Raises:
        FileWriteError: The folder or the disk does not allow it.
    """
    partial: Path | None = None
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".partial")
        partial = Path(name)
        with os.fdopen(descriptor, "wb") as stream:
            yield cast(BinaryIO, stream)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
        partial = None
        _sync_folder(path.parent)
    except OSError as error:
        raise FileWriteError(
            f"{path.name} could not be written: {error.strerror or 'input/output error'}.",
            hint="Check the folder's rights and the space on the disk.",
            detail=repr(error),
        ) from error
    finally:
        if partial is not None:
            partial.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
