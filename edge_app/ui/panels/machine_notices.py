"""Warning bars at the top of the window about the machine: its disk, power supply and temperature."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from edge_app.services.power import PowerNotice
from edge_app.system.filesystem_kind import StorageKind
from edge_app.ui.panels.warning_bar import WarningBar
from edge_app.ui.widgets import column


class MachineNotices(QWidget):
    """Shows one bar for each notice; hidden without notices."""

    def __init__(self) -> None:
        super().__init__()
        self._storage: StorageKind = "lasting"
        self._power: tuple[PowerNotice, ...] = ()
        self._bars: list[WarningBar] = []
        self._layout = column(self, spacing_px=1)
        self.hide()

    def set_storage(self, storage: StorageKind) -> None:
        self._storage = storage
        self._show()

    def set_power(self, notices: tuple[PowerNotice, ...]) -> None:
        self._power = notices
        self._show()

    def _show(self) -> None:
        for bar in self._bars:
            bar.hide()
            bar.deleteLater()
        words = _words()
        self._bars = [WarningBar(words[code]) for code in (self._storage, *self._power) if code in words]
        for bar in self._bars:
            self._layout.addWidget(bar)
        self.setVisible(bool(self._bars))


def _words() -> dict[str, str]:
    return {
        "volatile": QCoreApplication.translate(
            "MachineNotices",
            "This disk forgets everything when the machine is switched off: readings and history will be gone.",
        ),
        "read-only": QCoreApplication.translate(
            "MachineNotices", "This disk cannot be written to: readings and settings are not kept."
        ),
        "under_voltage": QCoreApplication.translate(
            "MachineNotices",
            "The power supply is too weak: the machine is slowed down and may stop. Use the official one.",
        ),
        "hot": QCoreApplication.translate(
            "MachineNotices", "The machine is hot and slowed down. Results stay the same."
        ),
        "was_under_voltage": QCoreApplication.translate(
            "MachineNotices", "The power supply was too weak since the machine was started. Use the official one."
        ),
    }
