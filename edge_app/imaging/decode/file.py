"""The bytes of a film's file, and their hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class FilmFile:
    """The bytes of a file, read once.

    Attributes:
        data: All of it.
        name: The file's name, for messages only.
    """

    data: bytes
    name: str

    @cached_property
    def sha256(self) -> str:
        """Hash of `data`, lower-case hex."""
        return hashlib.sha256(self.data).hexdigest()
