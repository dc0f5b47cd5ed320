"""File locks between processes. The kernel releases them when the process ends for any reason."""

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
        stream: The open file. The new lock replaces a lock that it already holds.
        shared: Whether other processes may hold a shared lock at the same time.
        timeout_s: Maximum wait for another process, seconds.

    Returns:
        Whether this process holds the lock. On Windows always True, without a lock.
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
