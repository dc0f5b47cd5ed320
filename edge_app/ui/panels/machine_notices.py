"""Bars over everything else that say what is wrong with the machine itself."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from edge_app.services.power import PowerNotice
from edge_app.system.filesystem_kind import Keeping
from edge_app.ui.panels.warning_bar import WarningBar


class MachineNotices(QWidget):
    """Shows one bar for each notice; takes no room without one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeping: Keeping = "lasting"
        self._power: tuple[PowerNotice, ...] = ()
        self._bars: list[WarningBar] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(1)
        self.hide()

    def set_keeping(self, keeping: Keeping) -> None:
        """Says what becomes of the history."""
        self._keeping = keeping
        self._show()

    def set_power(self, notices: tuple[PowerNotice, ...]) -> None:
        """Says how the machine is supplied and cooled."""
        self._power = notices
        self._show()

    def _show(self) -> None:
        for bar in self._bars:
            self._layout.removeWidget(bar)
            bar.hide()
            bar.deleteLater()
        said = [_keeping_words(self._keeping), *(_power_words(notice) for notice in self._power)]
        self._bars = [WarningBar(words) for words in said if words]
        for bar in self._bars:
            self._layout.addWidget(bar)
        self.setVisible(bool(self._bars))


def _keeping_words(keeping: Keeping) -> str:
    words = {
        "volatile": QCoreApplication.translate(
            "MachineNotices",
            "This disk forgets everything when the machine is switched off: readings and history will be gone.",
        ),
        "read-only": QCoreApplication.translate(
            "MachineNotices", "This disk cannot be written to: readings and settings are not kept."
        ),
    }
    return words.get(keeping, "")


def _power_words(notice: PowerNotice) -> str:
    words = {
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
    return words[notice]
