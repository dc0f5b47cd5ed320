"""Signals of processes that tests start."""

from __future__ import annotations

import signal


def heed_ctrl_c() -> None:
    """Tests that a shell runs in the background inherit that Ctrl-C is ignored, and so would their children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def heed_signals() -> None:
    """The same for all signals that end a program: under nohup a closed terminal is ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
