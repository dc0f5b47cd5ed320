"""What a process that handles films must not leave behind for others."""

from __future__ import annotations

import os
import sys

if sys.platform != "win32":
    import resource


def make_private_process() -> None:
    """Makes new files readable by their owner only, and forbids core files, which hold the pixels of films.

    Child processes inherit both.
    """
    os.umask(0o077)
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
