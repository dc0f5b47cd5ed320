"""Warnings while a film is decoded: a decoder that warns of pixels has guessed, one that warns of metadata has not."""

from __future__ import annotations

import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from edge_app.system.messages import Message

_LOCK = threading.RLock()
"""The warning filters belong to the process: without a lock, two threads leave each other's behind for good."""
_TIFF_STRUCTURE = frozenset({256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 317, 320, 322, 323, 324, 325, 339})
"""TIFF tags that say where the pixels are and what they mean (TIFF 6.0, sections 3 to 6, 14, 15 and 19)."""
_TAG = re.compile(r"tag (\d+)")


@contextmanager
def strict_warnings() -> Iterator[None]:
    """Turns every warning into an error, one thread at a time."""
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@contextmanager
def noted_warnings(notices: list[Message]) -> Iterator[None]:
    """Turns Pillow's warnings of metadata into one notice, and its warnings of pixels into errors.

    Pillow warns of pictures that are larger than it likes, and of metadata that it skips. Only a TIFF keeps the
    structure of its pixels in metadata.
    """
    with _LOCK, warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield
    texts = [str(warning.message) for warning in said]
    tags = [int(tag) for text in texts for tag in _TAG.findall(text)]
    if _TIFF_STRUCTURE.intersection(tags):
        raise ValueError("a tag that tells where the pixels are is damaged")
    if texts:
        notices.append(Message("raster.metadata"))
