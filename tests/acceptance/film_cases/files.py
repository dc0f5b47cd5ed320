"""C: folders as discs, phones and archives give them: films are found, everything else is counted with its reason."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from edge_app.intake.find import find_films
from tests.acceptance.film_cases import plain
from tests.support import dicom as d

DIRECTORY = b"\0" * 128 + b"DICM" + d.element(0x00041220, ("SQ", b""))


def folder(film: np.ndarray, root: Path) -> dict[str, str]:
    """Makes a folder of films and other files.

    Returns:
        What must come of each, by path in it: empty for a film that is found, else the code of the reason.
    """
    stream = io.BytesIO()
    Image.fromarray(film).save(stream, "JPEG")
    jpeg = stream.getvalue()
    dicom = plain(film)
    bare = d.DicomBuilder(film, preamble=False, meta=False).bytes()
    with_meta = d.DicomBuilder(film, preamble=False).bytes()
    implicit = d.DicomBuilder(film, preamble=False, meta=False, syntax=d.IMPLICIT).bytes()
    files: dict[str, tuple[bytes, str]] = {
        "a.jpg": (jpeg, ""),
        "b.jfif": (jpeg, ""),
        "c.jpe": (jpeg, ""),
        "d.JFIF": (jpeg, ""),
        "e.DCM;1": (dicom, ""),
        "jpeg_without_suffix": (jpeg, ""),
        "IM000001": (dicom, ""),
        "1.2.840.113": (dicom, ""),
        "IM000002": (bare, ""),
        "IM000003": (with_meta, ""),
        "IM000004": (implicit, ""),
        "disc/DICOMDIR": (DIRECTORY, "found.directory"),
        "disc/IMG1": (dicom, ""),
        "lower/dicomdir": (DIRECTORY, "found.directory"),
        "version/DICOMDIR;1": (DIRECTORY, "found.directory"),
        "README.TXT": (b"hello", "found.other"),
        "viewer.exe": (b"MZ" + b"\0" * 500, "found.other"),
        "notes": (b"words " * 200, "found.other"),
        "zeros": (b"\0" * 2000, "found.other"),
        "empty": (b"", "found.other"),
        ".hidden.jpg": (jpeg, "found.hidden"),
        "._a.jpg": (b"\0\5\x16\7" + b"\0" * 100, "found.hidden"),
    }
    for name, (data, _) in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (root / "linked").symlink_to(root / "disc", target_is_directory=True)
    (root / "up").symlink_to("..", target_is_directory=True)
    return {**{name: reason for name, (_, reason) in files.items()}, "linked": "found.linked", "up": "found.linked"}


def outcomes(film: np.ndarray, root: Path) -> Iterator[tuple[str, str]]:
    """Yields each name, and what is wrong with what came of it; empty where it is right."""
    expected = folder(film, root)
    passed_over: Counter[str] = Counter()
    found = {str(path.relative_to(root)) for path in find_films([root], passed_over)}
    for name, reason in expected.items():
        if (name in found) != (reason == ""):
            yield name, "found" if name in found else "not found"
        elif passed_over[reason] != sum(other == reason for other in expected.values()) and reason:
            yield name, f"{passed_over[reason]} counted as {reason}"
        else:
            yield name, ""
