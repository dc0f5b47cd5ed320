"""Fails a test that leaves a thread, a child process or a temporary file behind."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge_app.process.opening import OPENER_NAME
from edge_app.system.parallel import HELPER_NAME


@contextmanager
def nothing_left() -> Iterator[None]:
    """Compares the threads and children of this process before and after."""
    threads, children = set(threading.enumerate()), child_pids()
    native = native_threads()
    yield
    left = [t.name for t in set(threading.enumerate()) - threads if not t.name.startswith(_STAY)]
    assert not left, f"threads left running: {left}"
    born = child_pids() - children
    assert not born, f"processes left running: {born}"
    assert native_threads() <= native + _POOL, f"{native_threads() - native} native threads more than before"


_STAY = ("Dummy", HELPER_NAME, OPENER_NAME)
"""Threads that stay: those that Python did not start, and those that help with films or open them."""
_POOL = 4
"""Libraries keep a few threads of their own from their first use on."""


def child_pids() -> set[int]:
    """Process ids of this process's children, zombies included."""
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        try:
            found.update(int(pid) for pid in (task / "children").read_text().split())
        except OSError:
            continue
    return found


def native_threads() -> int:
    return len(os.listdir("/proc/self/task"))  # noqa: PTH208 -- only counted
