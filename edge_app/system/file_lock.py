"""Locks between processes. The kernel frees them when the process ends, however it ends."""

from __future__ import annotations

import sys
import time
from typing import IO, Any

if sys.platform != "win32":
    import fcntl

_POLL_S = 0.02


def lock_file(stream: IO[Any], *, shared: bool = False, timeout_s: float = 0.0) -> bool:
    """Locks an open file against other processes until it is closed.

    Args:
        stream: The open file. A lock it holds already is exchanged for the new one.
        shared: Whether others may hold a shared lock at the same time.
        timeout_s: How long to wait for another process.

    Returns:
        Whether this process holds the lock. Always true on Windows, where nothing is locked.
    """
    if sys.platform == "win32":
        return True
    deadline = time.monotonic() + timeout_s
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    while True:
        try:
            fcntl.flock(stream, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL_S)
        else:
            return True
