"""The bytes of a film's file, and their hash."""

from __future__ import annotations

import hashlib

from edge_app.system.parallel import Later

_LARGE_BYTES = 128 * 1024
"""Smaller data are hashed sooner than a helper thread wakes up."""


class FilmFile:
    """The bytes of a file, read once.

    Attributes:
        data: All of it.
        name: The file's name, for messages only.
    """

    __slots__ = ("_sha256", "data", "name")

    def __init__(self, data: bytes, name: str) -> None:
        self.data = data
        self.name = name
        self._sha256: Later[str] | None = None

    def start_hashing(self) -> None:
        """Starts to hash large data in a helper thread: it saves 3 % of the time of a film of 2 megapixels."""
        if self._sha256 is None:
            data = self.data
            at_once = len(data) >= _LARGE_BYTES
            self._sha256 = Later(lambda: hashlib.sha256(data).hexdigest(), at_once=at_once)

    @property
    def sha256(self) -> str:
        """Hash of `data`, lower-case hex."""
        self.start_hashing()
        assert self._sha256 is not None
        return self._sha256.result()
