"""A disk of a few pages, to run out of space on. Needs root on Linux."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

PAGE_BYTES = 4096


@contextlib.contextmanager
def small_disk(folder: Path, pages: int) -> Iterator[Path]:
    """Mounts a memory disk of so many pages on a folder, which is made."""
    folder.mkdir(exist_ok=True)
    options = f"size={pages * PAGE_BYTES},mode=0700"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        pytest.skip(f"a memory disk cannot be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path, leave_pages: int = 0) -> Path:
    """Fills a disk but for some pages. Returns the file that fills it."""
    filler = folder / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as stream:
        while True:
            stream.write(bytes(PAGE_BYTES))
    size = filler.stat().st_size
    with filler.open("r+b") as stream:
        stream.truncate(max(0, size - leave_pages * PAGE_BYTES))
    return filler
