"""The viewer: tool bar, one view or two side by side, and the heat-map strip."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QSplitter, QStackedWidget, QWidget

from edge_app.ui.actions import Actions
from edge_app.ui.bar_button import BarButton
from edge_app.ui.theme.tokens import FILM_MUTED, FILM_TEXT
from edge_app.ui.viewer.document import FilmDocument
from edge_app.ui.viewer.film_view import FilmView, Tool
from edge_app.ui.viewer.heat_strip import HeatStrip
from edge_app.ui.widgets import column, label, row

_BAR: tuple[tuple[str, ...], ...] = (
    ("fit", "actual", "zoom_in", "zoom_out"),
    ("window_tool", "invert", "rotate_left", "rotate_right", "mirror", "ruler"),
    ("undo", "redo", "reset_view"),
    ("heat", "compare"),
)


class ViewerPanel(QWidget):
    """Shows the film of a document, a message, or the page for an empty list."""

    def __init__(self, document: FilmDocument, actions: Actions, empty: QWidget) -> None:
        """Builds the viewer.

        Args:
            document: The film and its display settings.
            actions: Actions of the window.
            empty: The page that is shown without a film.
        """
        super().__init__()
        self._document = document
        self.view = FilmView(document)
        self.bare_view = FilmView(document, with_heat=False)
        self.bare_view.setAccessibleName(self.tr("Film without heat map"))
        self.bare_view.hide()
        self._halves = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self._halves.addWidget(self.bare_view)
        self._halves.addWidget(self.view)
        self._bar = _tool_bar(actions)
        self._strip = HeatStrip(document)
        self._empty = empty
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(self._halves)
        self._message = label(wrap=True)
        self._message.setObjectName("Ground")
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._stack.addWidget(self._message)
        layout = column(self)
        layout.addWidget(self._bar)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self._strip)
        self.view.zoom_changed.connect(lambda: self._follow(self.bare_view, self.view))
        self.bare_view.zoom_changed.connect(lambda: self._follow(self.view, self.bare_view))
        document.film_changed.connect(self._show)
        self._compact = False
        self._show()

    def set_compact(self, compact: bool) -> None:
        """Hides the tool bar on a small screen, where the window has big buttons."""
        self._compact = compact
        self._bar.setVisible(not compact)
        self._strip.set_compact(compact)
        self._show()

    def set_comparing(self, comparing: bool) -> None:
        """Shows the bare film beside the heat map."""
        self.bare_view.setVisible(comparing)
        if comparing:
            width = self._halves.width() // 2
            self._halves.setSizes([width, width])
            self.bare_view.fit()
        self.view.fit()

    def set_tool(self, tool: Tool) -> None:
        self.view.set_tool(tool)
        self.bare_view.set_tool(tool)

    def set_magnifying(self, magnifying: bool) -> None:
        self.view.set_magnifying(magnifying)
        self.bare_view.set_magnifying(magnifying)

    def show_message(self, text: str, *, failed: bool = False) -> None:
        """Shows a message in place of the film; an empty text shows the page for an empty list."""
        self._message.setText(text)
        self._message.setStyleSheet(f"color: {FILM_TEXT if failed else FILM_MUTED}; padding: 24px;")
        self._show()

    def focus_start(self) -> None:
        """Gives the keyboard focus to the page for an empty list."""
        self._empty.setFocus()

    def grab_image(self) -> QImage:
        """Returns the views as they are on the screen, with their texts."""
        return self._halves.grab().toImage()

    def _follow(self, follower: FilmView, leader: FilmView) -> None:
        if self.bare_view.isVisible():
            follower.follow(leader)

    def _show(self) -> None:
        has_film = self._document.film is not None
        waiting = self._message if self._message.text() else self._empty
        self._stack.setCurrentWidget(self._halves if has_film else waiting)
        self._strip.setVisible(has_film)
        self._bar.setVisible(has_film and not self._compact)


def _tool_bar(actions: Actions) -> QFrame:
    bar = QFrame()
    bar.setObjectName("ViewerBar")
    layout = row(bar, spacing_px=2, margins=(8, 4, 8, 4))
    for index, group in enumerate(_BAR):
        if index:
            line = QFrame()
            line.setObjectName("Line")
            line.setFixedSize(1, 22)
            layout.addSpacing(5)
            layout.addWidget(line)
            layout.addSpacing(5)
        for key in group:
            layout.addWidget(BarButton(actions, key))
    layout.addStretch(1)
    return bar
