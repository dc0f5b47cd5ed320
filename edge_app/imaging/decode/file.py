"""The bytes of a film's file, and their hash."""

from __future__ import annotations

import hashlib

from edge_app.system.parallel import Later

_LARGE_BYTES = 128 * 1024
"""Smaller data are hashed sooner than a helper wakes up."""


class FilmFile:
    """The bytes of a file, read once.

    Attributes:
        name: The file's name, for messages only.
        data: All of it.
    """

    __slots__ = ("_sha256", "data", "name")

    def __init__(self, data: bytes, name: str) -> None:
        """Begins to hash large data at once, beside whatever is done with it next.

        Args:
            data: The whole file.
            name: Its name.
        """
        self.name = name
        self.data = data
        self._sha256 = Later(lambda: hashlib.sha256(data).hexdigest(), at_once=len(data) >= _LARGE_BYTES)

    @property
    def sha256(self) -> str:
        """Hash of `data`, lower-case hex."""
        return self._sha256.result()
