"""Atomic file writes and private folders."""

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
"""No write takes this long: a killed process left an older partial file behind."""


class FileWriteError(PneumoscopeError):
    """A file could not be written; the previous file is unchanged."""


@contextlib.contextmanager
def partial_file(path: Path) -> Iterator[Path]:
    """Yields a temporary file that is renamed to `path` if the block succeeds, and deleted if it raises.

    The order is write, fsync, rename, fsync of the folder: after a power cut there is either the old file or the
    complete new one. A replaced file keeps its permissions. Old temporary files of killed processes are deleted.

    Args:
        path: The target; an existing file is replaced.

    Yields:
        The empty temporary file, in the same folder.

    Raises:
        FileWriteError: The file cannot be written, for example because the disk is full.
    """
    partial: Path | None = None
    try:
        _delete_stale(path.parent)
        partial = path.parent / f"{_PARTIAL_PREFIX}{secrets.token_hex(8)}{_PARTIAL_SUFFIX}"
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))  # reduced by the umask
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
    """Like `partial_file`, but yields the file opened for writing bytes."""
    with partial_file(path) as partial, partial.open("wb") as stream:
        yield stream


def make_private(folder: Path) -> None:
    """Creates a folder with permissions for its owner only, and restricts its existing content the same way.

    Args:
        folder: The folder; missing parents get the permissions of the umask.

    Raises:
        OSError: The folder cannot be created or is not a folder.
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
