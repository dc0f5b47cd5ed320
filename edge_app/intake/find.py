"""Finds films in folders, and counts what is passed over and why."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from edge_app.imaging.decode import FILM_SUFFIXES, has_film_content
from edge_app.system.messages import Message

_VERSION = re.compile(r";\d+$")
"""ISO 9660, the file system of CDs, ends names with a version: `DICOMDIR;1`."""
_HEAD_BYTES = 1024


def find_films(paths: Iterable[Path], passed_over: Counter[str] | None = None) -> Iterator[Path]:
    """Lists films, lazily: files as given; folders searched for films, sorted.

    No more than the names of one folder are held at a time. A folder that cannot be listed is returned itself, so that
    whoever opens it gets the error.

    Args:
        paths: Files and folders.
        passed_over: Receives how much was passed over in folders, by code of the phrase that says why.
    """
    counts: Counter[str] = Counter() if passed_over is None else passed_over
    for path in paths:
        if _is_folder(path):
            yield from _in_folder(path, counts)
        else:
            yield path


def passed_over_message(passed_over: Counter[str]) -> Message | None:
    """Says what was passed over in folders; None where there was nothing."""
    reasons = tuple(Message(code, count=count) for code, count in sorted(passed_over.items()) if count)
    return Message("found.passed_over", reasons=reasons) if reasons else None


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long, a folder that may not be entered: whoever opens it gets the error
        return False


def _in_folder(root: Path, passed_over: Counter[str]) -> Iterator[Path]:
    unlisted: list[str] = []
    for folder, folders, files in os.walk(root, onerror=lambda error: unlisted.append(error.filename)):
        yield from _taken(unlisted)
        # Links are not followed: one to the folder above would find films that nobody asked for.
        linked = {name for name in folders if (Path(folder) / name).is_symlink()}
        hidden = {name for name in (*folders, *files) if name.startswith(".")}
        passed_over["found.linked"] += len(linked)
        passed_over["found.hidden"] += len(hidden)
        folders[:] = sorted(set(folders).difference(linked, hidden))
        for name in sorted(set(files).difference(hidden)):
            path = Path(folder) / name
            reason = _reason_to_pass_over(path)
            if reason is None:
                yield path
            else:
                passed_over[reason] += 1
    yield from _taken(unlisted)


def _reason_to_pass_over(path: Path) -> str | None:
    """Code of the reason why a file found in a folder is not worth opening; None for a film.

    Hospital systems write DICOM without a suffix, or with the last number of an identifier as one.
    """
    name = Path(_VERSION.sub("", path.name))
    if name.name.upper() == "DICOMDIR":
        return "found.directory"
    if name.suffix.lower() in FILM_SUFFIXES:
        return None
    try:
        if not path.is_file():
            return "found.other"
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError:
        return "found.unreadable"
    has_suffix = any(character.isalpha() for character in name.suffix)
    return None if has_film_content(head, dicom_only=has_suffix) else "found.other"


def _taken(names: list[str]) -> Iterator[Path]:
    while names:
        yield Path(names.pop(0))
