"""Keeps other users from reading the files and memory of a process that handles films."""

from __future__ import annotations

import os
import sys

if sys.platform != "win32":
    import resource


def make_private_process() -> None:
    """Makes new files private to their owner, and disables core files, which contain pixels of films.

    Child processes inherit both settings.
    """
    os.umask(0o077)
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
