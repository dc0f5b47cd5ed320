"""Files that appear under their name only when they are whole, and folders that only their owner can read."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from edge_app.system.errors import PneumoscopeError, cause_of

_PARTIAL_PREFIX, _PARTIAL_SUFFIX = ".pneumoscope-", ".partial"
_STALE_S = 3600.0
"""No write takes this long: an older partial file was left by a process that was killed."""


class FileWriteError(PneumoscopeError):
    """A file could not be written; what was under its name before is still there."""


@contextlib.contextmanager
def partial_file(path: Path) -> Iterator[Path]:
    """Gives a file to write that takes the name `path` when the block ends well, and vanishes when it does not.

    The bytes are on the disk before the name is, and the name is before this returns (write, fsync, rename, fsync of
    the folder): after a power cut there is the old file or the new one. A replaced file keeps its permissions. Partial
    files that a killed process left in the folder are deleted.

    Args:
        path: The name; an existing file is replaced.

    Yields:
        The file to write, empty, in the same folder.

    Raises:
        FileWriteError: The folder or the disk does not allow it.
    """
    partial: Path | None = None
    try:
        _delete_stale(path.parent)
        partial = path.parent / f"{_PARTIAL_PREFIX}{secrets.token_hex(8)}{_PARTIAL_SUFFIX}"
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))  # the umask takes from that
        with contextlib.suppress(FileNotFoundError):
            partial.chmod(stat.S_IMODE(path.stat().st_mode) & 0o777)
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
            with contextlib.suppress(OSError):  # a disk that became read-only: what could not be written is the news
                partial.unlink()


@contextlib.contextmanager
def replace_file(path: Path) -> Iterator[BinaryIO]:
    """As `partial_file`, but gives the file open for writing bytes."""
    with partial_file(path) as partial, partial.open("wb") as stream:
        yield stream


def make_private(folder: Path) -> None:
    """Makes a folder that only its owner can read, and takes the rights of others from what is in it already.

    Args:
        folder: The folder; missing parents are made with the rights of the umask.

    Raises:
        OSError: The folder cannot be made or is no folder.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    for path in folder.rglob("*"):
        found = path.lstat()
        if not stat.S_ISLNK(found.st_mode) and found.st_mode & 0o077:
            path.chmod(found.st_mode & 0o700)


def _delete_stale(folder: Path) -> None:
    for left in folder.glob(f"{_PARTIAL_PREFIX}*{_PARTIAL_SUFFIX}"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _STALE_S:
                left.unlink()


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
