"""The systemd watchdog, by the protocol of sd_notify(3): systemd restarts a hanging kiosk."""

from __future__ import annotations

import logging
import os
import socket

from PySide6.QtCore import QObject, QTimer

_LOG = logging.getLogger(__name__)


class SystemdWatchdog(QObject):
    """Notifies systemd from the event loop of the window. If the window hangs, the notifications stop."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Reads the socket address from the environment. Without an address this object does nothing."""
        super().__init__(parent)
        address = os.environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._timer = QTimer(self)
        self._timer.timeout.connect(lambda: self._say("WATCHDOG=1"))

    def start(self) -> None:
        """Reports that the window is ready, and then reports three times per watchdog timeout."""
        if not self._address:
            return
        self._say("READY=1")
        limit_us = os.environ.get("WATCHDOG_USEC", "")
        if limit_us.isascii() and limit_us.isdigit() and int(limit_us) > 0:
            self._timer.start(max(1, int(limit_us) // 3000))

    def close(self) -> None:
        """Reports an intended end."""
        self._timer.stop()
        if self._address:
            self._say("STOPPING=1")

    def _say(self, word: str) -> None:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.setblocking(False)
                line.connect(self._address)
                line.send(word.encode("ascii"))
        except OSError as error:
            _LOG.warning("The service manager could not be told %s (%s)", word, type(error).__name__)
