"""What the Qt binding must not do on this machine, whatever version is installed."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject, Signal


class Bell(QObject):
    rung = Signal(int)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="True and False are immortal from Python 3.12 on")
def test_emitting_a_signal_gives_back_no_reference_that_it_does_not_own() -> None:
    bell = Bell()
    before = sys.getrefcount(True)
    for _ in range(200):
        bell.rung.emit(1)
    assert before - sys.getrefcount(True) < 100, "this PySide6 aborts the process after a few hundred signals"
