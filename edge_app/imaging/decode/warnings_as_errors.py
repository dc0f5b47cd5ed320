"""Warnings as errors while a film is decoded: a decoder that warns has guessed."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_LOCK = threading.RLock()
"""The warning filters belong to the process: without a lock, two threads leave each other's behind for good."""


@contextmanager
def strict_warnings() -> Iterator[None]:
    """Turns every warning into an error, one thread at a time."""
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
