"""Locks between processes. The kernel frees them when the process ends, however it ends."""

from __future__ import annotations

import sys
from typing import IO

if sys.platform != "win32":
    import fcntl


def lock_file(stream: IO[bytes], *, wait: bool = False) -> bool:
    """Locks an open file against other processes until it is closed.

    Args:
        stream: The open file.
        wait: Whether to wait until another process frees the lock.

    Returns:
        Whether this process holds the lock. Always true on Windows, where nothing is locked.
    """
    if sys.platform != "win32":
        try:
            fcntl.flock(stream, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
