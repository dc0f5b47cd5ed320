"""Starts child processes, each at the other end of a socket.

Light on purpose: `predict` starts its child before it imports anything else, so what is imported here delays it.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from edge_app.system.blas import blas_environment

WORKER_MODULE = "edge_app.process.worker"
EXPLAINER_MODULE = "edge_app.process.explain_worker"
_END_S = 5.0


def child_command(module: str = WORKER_MODULE) -> tuple[str, ...]:
    """The command line that runs a module of ours in this interpreter.

    `-P` keeps the current folder off the import path: films are opened from folders that others can write to.
    """
    return (sys.executable, "-P", "-m", module)


@dataclass(frozen=True, slots=True)
class Launched:
    """A process that was started and has not been spoken to. As a context it is killed at the end, whoever used it.

    Attributes:
        process: The process. It loads its modules and waits for its first message.
        line: Our end of the socket to it, blocking.
    """

    process: subprocess.Popen[bytes]
    line: socket.socket

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.line.close()
        with suppress(subprocess.TimeoutExpired):  # the system keeps a process that waits for a dead disk
            self.process.wait(_END_S)


def launch(command: Sequence[str]) -> Launched:
    """Starts a process that has a socket as its standard input.

    The process does not get INT, TERM and HUP: whoever ends the program ends it, and a terminal sends them to both.

    Args:
        command: Its command line.

    Raises:
        OSError: It could not be started.
    """
    root = str(Path(__file__).resolve().parents[2])
    inherited = os.environ.get("PYTHONPATH")
    environment = {
        **blas_environment(),
        **os.environ,
        # Threads that run before the child locks itself up would not be locked up.
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join([root, inherited] if inherited else [root]),
    }
    ours, theirs = socket.socketpair()
    try:
        with theirs, _signals_blocked():
            if sys.platform == "win32":  # a socket cannot be a standard stream there
                process = subprocess.Popen(
                    tuple(command), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment
                )
                assert process.stdin is not None
                with process.stdin as stream:
                    stream.write(theirs.share(process.pid))
            else:
                process = subprocess.Popen(
                    tuple(command), stdin=theirs.fileno(), stdout=subprocess.DEVNULL, env=environment
                )
    except BaseException:
        ours.close()
        raise
    return Launched(process, ours)


@contextmanager
def _signals_blocked() -> Iterator[None]:
    """A child inherits which signals its parent's thread has blocked, and never unblocks them."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
