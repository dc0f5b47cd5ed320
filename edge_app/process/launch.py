"""Starts child processes; the first of a command ahead of time, so that it loads while the command itself does.

Light on purpose: what is imported here delays that start.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from edge_app.system.blas import blas_environment

WORKER_MODULE = "edge_app.process.worker"
EXPLAINER_MODULE = "edge_app.process.explain_worker"

_LOCK = threading.Lock()
_ahead: list[subprocess.Popen[bytes]] = []


def child_command(module: str = WORKER_MODULE) -> tuple[str, ...]:
    """The command line that runs a module of ours in this interpreter.

    `-P` keeps the current folder off the import path: films are opened from folders that others can write to.
    """
    return (sys.executable, "-P", "-m", module)


def start_process(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Starts a process that is spoken to over its standard streams.

    Raises:
        OSError: It could not be started.
    """
    root = str(Path(__file__).resolve().parents[2])
    inherited = os.environ.get("PYTHONPATH")
    environment = {
        **blas_environment(),
        **os.environ,
        "PYTHONPATH": os.pathsep.join([root, inherited] if inherited else [root]),
    }
    return subprocess.Popen(tuple(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)


@contextmanager
def started_ahead() -> Iterator[None]:
    """Starts a worker process now, for the first `Child` that is made inside; ends it if none is.

    It loads its modules and waits for its first message, on another core than what goes on inside.
    """
    try:
        process = start_process(child_command())
    except OSError:  # whoever needs it tries again, and says what is wrong
        yield
        return
    _ahead.append(process)
    try:
        yield
    finally:
        if (unused := take_ahead()) is not None:
            unused.kill()
            unused.communicate()


def take_ahead() -> subprocess.Popen[bytes] | None:
    """Hands over the process that was started ahead, once; None where there is none, or no longer."""
    with _LOCK:
        return _ahead.pop() if _ahead else None
