"""Arranges the window: list, viewer and result side by side; on a small screen viewer, one column, big buttons."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QSplitter, QTabWidget, QToolButton, QWidget

from edge_app.report.wording import words
from edge_app.ui.actions import Actions
from edge_app.ui.bar_button import BarButton
from edge_app.ui.panels.machine_notices import MachineNotices
from edge_app.ui.theme import theme
from edge_app.ui.widgets import column, label, row

COMPACT_BELOW = QSize(1000, 620)
"""A window narrower or lower than this gets the arrangement for a 7-inch touch screen."""
_COMPACT_COLUMN_PX = 300
_HOLD_MS = 2000


class Frame(QWidget):
    """Arranges list, viewer and result; `is_compact` on a small screen."""

    def __init__(self, worklist: QWidget, viewer: QWidget, result: QWidget, actions: Actions) -> None:
        super().__init__()
        self._worklist, self._result = worklist, result
        self.is_compact = False
        self._list_wanted = False
        self.splitter = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self._tabs = QTabWidget(documentMode=True)
        self._tabs.tabBar().setExpanding(True)
        self._tabs.tabBar().setDrawBase(False)
        self._tabs.tabBar().setUsesScrollButtons(False)
        theme().changed.connect(self._fit_column)
        self._fit_column()
        self._tabs.hide()
        for widget in (worklist, viewer, result):
            self.splitter.addWidget(widget)
        for index, stretch in enumerate((0, 1, 0)):
            self.splitter.setStretchFactor(index, stretch)
        self.splitter.setSizes([340, 610, 340])
        self.buttons = _BigButtons(actions)
        self.buttons.hide()
        middle = row(spacing_px=0)
        middle.addWidget(self.splitter, 1)
        middle.addWidget(self._tabs)
        self.notices = MachineNotices()
        layout = column(self)
        layout.addWidget(self.notices)
        layout.addLayout(middle, 1)
        layout.addWidget(_research_line())
        layout.addWidget(self.buttons)
        worklist.hide()

    def set_compact(self, compact: bool) -> None:
        """Switches the arrangement; the widgets are moved, not rebuilt."""
        if compact == self.is_compact:
            return
        self.is_compact = compact
        if compact:
            self._tabs.addTab(self._result, self.tr("Result"))
            self._tabs.addTab(self._worklist, self.tr("List"))
        else:
            self.splitter.insertWidget(0, self._worklist)
            self.splitter.addWidget(self._result)
            self._result.show()
            self.splitter.setSizes([340, 610, 340])
        self._tabs.setVisible(compact)
        self.buttons.setVisible(compact)
        self._place_list()

    def show_list(self, wanted: bool) -> None:
        """Shows or hides the list; on a small screen it is a tab beside the result."""
        self._list_wanted = wanted
        self._place_list()

    def _fit_column(self) -> None:
        self._tabs.setFixedWidth(theme().scaled_width(_COMPACT_COLUMN_PX))

    def _place_list(self) -> None:
        if self.is_compact:
            self._tabs.setCurrentWidget(self._worklist if self._list_wanted else self._result)
        else:
            self._worklist.setVisible(self._list_wanted)


class _BigButtons(QFrame):
    """Touch buttons for the most frequent actions; a menu holds all others.

    Attributes:
        quit_held: The quit button of a kiosk was held long enough.
    """

    quit_held = Signal()

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("BottomBar")
        self.setFixedHeight(60)
        layout = row(self, spacing_px=4, margins=(8, 2, 8, 2))
        labels = {
            "open": self.tr("Open"),
            "show_list": self.tr("List"),
            "heat": self.tr("Heat map"),
            "window_tool": self.tr("Window"),
            "fit": self.tr("Fit"),
            "next": self.tr("Next"),
        }
        for key, text in labels.items():
            layout.addWidget(BarButton(actions, key, label=text), 1)
        self.more = _button(self.tr("More"), self.tr("More commands"), "menu")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        layout.addWidget(self.more, 1)
        self._quit = _button(self.tr("Hold to quit"), self.tr("Hold for two seconds to quit"), "close")
        self._quit.hide()
        layout.addWidget(self._quit, 1)
        # A tap must not end a kiosk in the middle of a reading.
        self._hold = QTimer(self, singleShot=True, interval=_HOLD_MS)
        self._hold.timeout.connect(self.quit_held)
        self._quit.pressed.connect(self._hold.start)
        self._quit.released.connect(self._hold.stop)
        for button in self.findChildren(QToolButton):
            button.setIconSize(QSize(24, 24))
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_kiosk(self, kiosk: bool) -> None:
        self._quit.setVisible(kiosk)


def _button(text: str, name: str, icon: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setAccessibleName(name)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
    theme().bind_icon(button, icon)
    return button


def _research_line() -> QFrame:
    frame = QFrame()
    frame.setObjectName("ResearchLine")
    line = label(words("research_use"))
    line.setObjectName("ResearchWords")
    row(frame, margins=(12, 2, 12, 2)).addWidget(line, 0, Qt.AlignmentFlag.AlignCenter)
    return frame
