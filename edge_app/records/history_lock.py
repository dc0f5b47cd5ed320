"""Locks a history file, so that a window does not set a damaged file aside while another window uses it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from edge_app.system.file_lock import lock_file

_TIMEOUT_S = 10.0


class HistoryLock:
    """Two lock files: one is held while the history is opened, the other while it is used."""

    def __init__(self, file: Path) -> None:
        """Opens the lock files, which are never deleted.

        Raises:
            OSError: The folder is not writable.
        """
        self._opening = file.with_name(f".{file.name}.opening").open("ab")
        self._using = file.with_name(f".{file.name}.using").open("ab")

    @contextlib.contextmanager
    def opening(self) -> Iterator[None]:
        """Blocks other windows while the file is checked and possibly set aside.

        Raises:
            TimeoutError: Another window holds the lock for too long.
        """
        if not lock_file(self._opening, timeout_s=_TIMEOUT_S):
            raise TimeoutError("another window is opening the history")
        try:
            lock_file(self._using, shared=True, timeout_s=_TIMEOUT_S)
            yield
        finally:
            self._opening.close()

    def is_sole_user(self) -> bool:
        """Returns whether no other window uses the file. Call it inside `opening`, so that none starts to use it."""
        is_sole = lock_file(self._using)
        lock_file(self._using, shared=True)
        return is_sole

    def close(self) -> None:
        """Releases the locks."""
        self._opening.close()
        self._using.close()
