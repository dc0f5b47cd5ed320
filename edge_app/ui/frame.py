"""How the parts stand: list, film and result side by side; on a small screen film, one column, big buttons."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QSplitter, QTabWidget, QToolButton, QVBoxLayout, QWidget

from edge_app.report.wording import words
from edge_app.ui.actions import Actions
from edge_app.ui.bar_button import BarButton
from edge_app.ui.panels.machine_notices import MachineNotices
from edge_app.ui.plain_label import label
from edge_app.ui.theme import theme

COMPACT_BELOW = QSize(1000, 620)
"""A window narrower or lower than this gets the arrangement for a 7-inch touch screen."""
_COMPACT_COLUMN_PX = 300
_MOST_GROWTH = 1.3
"""With larger text the column takes room from the film, up to here."""
_HOLD_MS = 2000


class Frame(QWidget):
    """Arranges list, viewer and result."""

    def __init__(
        self, worklist: QWidget, viewer: QWidget, result: QWidget, actions: Actions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._worklist, self._viewer, self._result = worklist, viewer, result
        self._compact = False
        self._list_wanted = False
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
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
        self._middle = QHBoxLayout()
        self._middle.setSpacing(0)
        self._middle.addWidget(self.splitter, 1)
        self._middle.addWidget(self._tabs)
        self._research = research_line()
        self.notices = MachineNotices()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.notices)
        layout.addLayout(self._middle, 1)
        layout.addWidget(self._research)
        layout.addWidget(self.buttons)
        worklist.hide()

    @property
    def is_compact(self) -> bool:
        """Whether the arrangement for small screens is in force."""
        return self._compact

    def set_compact(self, compact: bool) -> None:
        """Changes the arrangement; the parts themselves stay."""
        if compact == self._compact:
            return
        self._compact = compact
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
        """Shows or hides the list; on a small screen it is a page beside the result."""
        self._list_wanted = wanted
        self._place_list()

    def _fit_column(self) -> None:
        self._tabs.setFixedWidth(round(_COMPACT_COLUMN_PX * min(_MOST_GROWTH, max(1.0, theme().text_scale))))

    def _place_list(self) -> None:
        if self._compact:
            self._tabs.setCurrentWidget(self._worklist if self._list_wanted else self._result)
        else:
            self._worklist.setVisible(self._list_wanted)


class _BigButtons(QFrame):
    """Buttons of 56 pixels for fingers; everything else is behind the last.

    Attributes:
        quit_held: In a kiosk: the way out was held long enough.
    """

    quit_held = Signal()

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("BottomBar")
        self.setFixedHeight(60)
        self.more = QToolButton()
        self.more.setText(self.tr("More"))
        self.more.setAccessibleName(self.tr("More commands"))
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        theme().bind_icon(self.more, "menu")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.setSpacing(4)
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
        layout.addWidget(self.more, 1)
        self._quit = QToolButton()
        self._quit.setText(self.tr("Hold to quit"))
        self._quit.setAccessibleName(self.tr("Hold for two seconds to quit"))
        self._quit.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        theme().bind_icon(self._quit, "close")
        self._quit.hide()
        layout.addWidget(self._quit, 1)
        # A tap must not end a kiosk in the middle of a reading.
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.setInterval(_HOLD_MS)
        self._hold.timeout.connect(self.quit_held)
        self._quit.pressed.connect(self._hold.start)
        self._quit.released.connect(self._hold.stop)
        for button in self.findChildren(QToolButton):
            button.setIconSize(QSize(24, 24))
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_kiosk(self, kiosk: bool) -> None:
        """Shows the way out of a kiosk."""
        self._quit.setVisible(kiosk)


def research_line() -> QFrame:
    """The line that never goes away."""
    frame = QFrame()
    frame.setObjectName("ResearchLine")
    layout = QHBoxLayout(frame)
    layout.setContentsMargins(12, 2, 12, 2)
    layout.addStretch(1)
    line = label(words("research_use"))
    line.setObjectName("ResearchWords")
    layout.addWidget(line)
    layout.addStretch(1)
    return frame
