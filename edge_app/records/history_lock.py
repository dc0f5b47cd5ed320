"""Keeps two windows from setting one damaged history aside at the same time, or one that the other still writes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from edge_app.system.file_lock import lock_file

_TIMEOUT_S = 10.0


class HistoryLock:
    """Two locks beside a history file: one is held while it is opened, one for as long as it is used."""

    def __init__(self, file: Path) -> None:
        """Opens the lock files, which stay.

        Raises:
            OSError: The folder cannot be written.
        """
        self._opening = file.with_name(f".{file.name}.opening").open("ab")
        self._using = file.with_name(f".{file.name}.using").open("ab")

    @contextlib.contextmanager
    def opening(self) -> Iterator[None]:
        """Holds off other windows while the file is checked and, if need be, set aside.

        Raises:
            TimeoutError: Another window holds it for too long.
        """
        if not lock_file(self._opening, timeout_s=_TIMEOUT_S):
            raise TimeoutError("another window is opening the history")
        try:
            lock_file(self._using, shared=True, timeout_s=_TIMEOUT_S)
            yield
        finally:
            self._opening.close()

    def is_sole_user(self) -> bool:
        """Whether no other window uses the file; call it inside `opening`. None can begin to before that ends."""
        is_sole = lock_file(self._using)
        lock_file(self._using, shared=True)
        return is_sole

    def close(self) -> None:
        """Says that the file is no longer used."""
        self._opening.close()
        self._using.close()
