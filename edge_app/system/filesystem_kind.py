"""What kind of place a folder is kept in: a history on an overlay or a memory disk is gone after the next start."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal

Keeping = Literal["lasting", "volatile", "read-only"]

_MOUNTS = Path("/proc/self/mountinfo")
_VOLATILE = frozenset({"overlay", "overlayfs", "aufs", "tmpfs", "ramfs"})
"""File systems of read-only kiosks ("overlay file system" in raspi-config) and of memory disks."""
_OCTAL = re.compile(r"\\([0-7]{3})")


def keeping(folder: Path, mounts: Path = _MOUNTS) -> Keeping:
    """Tells whether what is written to a folder is still there after the next start.

    Args:
        folder: Need not exist yet.
        mounts: The kernel's list of mounts, in the format of proc_pid_mountinfo(5).

    Returns:
        `lasting` also where the machine does not say.
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return "lasting"
    path = Path(os.path.realpath(folder))
    found: tuple[int, Keeping] = (-1, "lasting")
    for line in lines:
        before, _, after = line.partition(" - ")
        fields, kind = before.split(), after.split()
        if len(fields) < 6 or not kind:
            continue
        point = Path(_OCTAL.sub(lambda match: chr(int(match[1], 8)), fields[4]))
        # Of two mounts on one point the later one is seen.
        if path.is_relative_to(point) and len(point.parts) >= found[0]:
            found = len(point.parts), _kind(kind[0], fields[5].split(","))
    return found[1]


def _kind(file_system: str, options: list[str]) -> Keeping:
    if "ro" in options:
        return "read-only"
    return "volatile" if file_system in _VOLATILE else "lasting"
