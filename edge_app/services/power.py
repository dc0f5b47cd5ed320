"""Warnings of the Raspberry Pi firmware about power supply and temperature."""

from __future__ import annotations

import re
import shutil
from typing import Literal

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

PowerNotice = Literal["under_voltage", "hot", "was_under_voltage"]

_INTERVAL_MS = 60_000
_LIMIT_MS = 5_000
# https://www.raspberrypi.com/documentation/computers/os.html#get_throttled
_UNDER_VOLTAGE_NOW = 1 << 0
_SLOWED_NOW = 1 << 1 | 1 << 2 | 1 << 3  # frequency capped, throttled, soft temperature limit
_UNDER_VOLTAGE_BEFORE = 1 << 16

_ANSWER = re.compile(r"throttled=0x([0-9a-fA-F]{1,8})\s*")


def notices(answer: str) -> tuple[PowerNotice, ...]:
    """Parses an answer of `vcgencmd get_throttled`, such as `throttled=0x50005`.

    Returns:
        The warnings, most urgent first; empty for an unknown answer.
    """
    match = _ANSWER.fullmatch(answer)
    if match is None:
        return ()
    bits = int(match[1], 16)
    if bits & _UNDER_VOLTAGE_NOW:
        # A weak power supply also slows the board down: one warning is enough.
        return ("under_voltage",)
    found: list[PowerNotice] = ["hot"] if bits & _SLOWED_NOW else []
    if bits & _UNDER_VOLTAGE_BEFORE:
        found.append("was_under_voltage")
    return tuple(found)


class PowerWatch(QObject):
    """Asks the firmware once a minute. It does nothing if there is no `vcgencmd`.

    Signals:
        changed(tuple[PowerNotice, ...]): The current warnings; emitted when they change.
    """

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.notices: tuple[PowerNotice, ...] = ()
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self._ask)
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.setInterval(_LIMIT_MS)
        self._process = QProcess(self)
        self._limit.timeout.connect(self._process.kill)
        self._process.finished.connect(self._on_answer)
        self._process.errorOccurred.connect(lambda _: self._limit.stop())

    def start(self) -> None:
        """Starts asking."""
        program = shutil.which("vcgencmd")
        if program is not None:
            self._process.setProgram(program)
            self._process.setArguments(["get_throttled"])
            self._timer.start()
            self._ask()

    def close(self) -> None:
        """Stops asking."""
        self._timer.stop()
        self._limit.stop()
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.kill()
            self._process.waitForFinished(_LIMIT_MS)

    def _ask(self) -> None:
        if self._process.state() == QProcess.ProcessState.NotRunning:
            self._limit.start()
            self._process.start()

    def _on_answer(self) -> None:
        self._limit.stop()
        answer = bytes(self._process.readAllStandardOutput().data()).decode("ascii", "replace")
        found = notices(answer)
        if found != self.notices:
            self.notices = found
            self.changed.emit(found)
