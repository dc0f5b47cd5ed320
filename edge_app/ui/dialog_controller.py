"""Opens the dialogs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow

from edge_app.services.assembly import Services


class DialogController(QObject):
    """Opens the dialogs.

    Attributes:
        said: A sentence for the status line.
    """

    said = Signal(str)

    def __init__(self, services: Services, window: QMainWindow) -> None:
        super().__init__(window)

    def handlers(self) -> dict[str, Callable[..., object]]:
        """What each action does."""
        return {}

    def greet(self) -> None:
        """First start."""
