"""The files of `predict --heatmaps`: the analysis process paints them, and they appear here whole or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path

from edge_app.process.protocol import Analysed, Explain, Explained, pack_film
from edge_app.process.supervisor import Reply, Supervisor
from edge_app.system.errors import PneumoscopeError, cause_of
from edge_app.system.files import replace_file

_MOST_NAME_BYTES = 255
"""Longest file name that Linux, macOS and Windows take."""


def make_folder(directory: Path) -> None:
    """Makes the folder of the heat maps.

    Raises:
        PneumoscopeError: It cannot be made.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PneumoscopeError("folder.unmade", name=str(directory), cause=cause_of(error)) from error


async def write_heatmap(directory: Path, path: Path, index: int, png: memoryview | bytes) -> Path:
    """Writes the overlay of one film, beside the event loop.

    Args:
        directory: Where to.
        path: The film.
        index: Its place in the list, so that two files of one name do not overwrite each other.
        png: The picture.

    Returns:
        The PNG.

    Raises:
        FileWriteError: It cannot be written.
    """
    target = directory / heatmap_name(path, index)

    def write() -> None:
        with replace_file(target) as stream:
            stream.write(png)

    await asyncio.to_thread(write)
    return target


def heatmap_name(path: Path, index: int) -> str:
    """The name of a film's overlay. One that no folder could hold is cut, and a hash stands for what is gone."""
    head, tail = f"{index + 1:05d}-", ".png"
    room = _MOST_NAME_BYTES - len(head) - len(tail)
    stem = os.fsencode(path.stem)
    if len(stem) > room:
        digest = hashlib.sha256(stem).hexdigest()[:12]
        stem = stem[: room - len(digest) - 1].decode("utf-8", "ignore").encode() + b"-" + digest.encode()
    return f"{head}{os.fsdecode(stem)}{tail}"


async def explain_film(keras: Supervisor, name: str, reply: Reply) -> Reply:
    """Has the Keras model explain and paint a film that was analysed and came with its pixels.

    Raises:
        PneumoscopeError: The Keras model cannot work here, or failed over this film.
    """
    await keras.require()
    if reply.film is None or not isinstance(reply.answer, Analysed):
        raise ValueError("Only films that came with their pixels are explained.")
    header, pixels = pack_film(reply.film)
    explained = await keras.ask(Explain(film=header, overlay_of=reply.answer.analysis), name=name, payload=pixels)
    reason = explained.answer.reason if isinstance(explained.answer, Explained) else explained.reason
    if reason is not None:
        raise PneumoscopeError(reason)
    return explained
