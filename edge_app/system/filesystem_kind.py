"""Detects folders on volatile or read-only file systems, where a history is lost at the next boot."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal

StorageKind = Literal["lasting", "volatile", "read-only"]

_MOUNTS = Path("/proc/self/mountinfo")
_VOLATILE = frozenset({"overlay", "overlayfs", "aufs", "tmpfs", "ramfs"})
"""File systems of read-only kiosks ("overlay file system" in raspi-config) and RAM disks."""
_OCTAL = re.compile(r"\\([0-7]{3})")


def storage_kind(folder: Path, mounts: Path = _MOUNTS) -> StorageKind:
    """Returns whether files in a folder survive a reboot.

    Args:
        folder: The folder; it need not exist yet.
        mounts: The kernel's list of mounts, in the format of proc_pid_mountinfo(5).

    Returns:
        The kind of storage; `lasting` if the machine has no list of mounts.
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return "lasting"
    path = Path(os.path.realpath(folder))
    found: tuple[int, StorageKind] = (-1, "lasting")
    for line in lines:
        before, _, after = line.partition(" - ")
        fields, kind = before.split(), after.split()
        if len(fields) < 6 or not kind:
            continue
        point = Path(_OCTAL.sub(lambda match: chr(int(match[1], 8)), fields[4]))
        # A later mount hides an earlier one on the same mount point.
        if path.is_relative_to(point) and len(point.parts) >= found[0]:
            writable: StorageKind = "volatile" if kind[0] in _VOLATILE else "lasting"
            found = len(point.parts), "read-only" if "ro" in fields[5].split(",") else writable
    return found[1]
