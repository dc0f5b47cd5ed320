"""A view of the film with its tools: zoom, pan, window and level, ruler and magnifier."""

from __future__ import annotations

import itertools
from typing import Literal

from PySide6.QtCore import QEvent, QLineF, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QGestureEvent, QPinchGesture

from edge_app.display.geometry import distance, pixel_at, wheel_factor
from edge_app.display.window_level import WindowLevel
from edge_app.ui.viewer.document import FilmDocument
from edge_app.ui.viewer.film_canvas import FilmCanvas
from edge_app.ui.viewer.magnifier import paint_magnifier
from edge_app.ui.viewer.ruler import length_text, paint_ruler
from edge_app.ui.widgets import ARROWS

Tool = Literal["pan", "window", "ruler"]

_WINDOW_SPAN_PX = 600.0
_KEY_PAN_PX = 48.0
_KEY_WINDOW_PX = 12.0
_drags = itertools.count(1)


class FilmView(FilmCanvas):
    """Handles pointer, touch and keys.

    Attributes:
        probed: `(column, row)` of the pixel under the pointer, or None.
        ruler: The line of the ruler, film pixels; None without one.
    """

    probed = Signal(object)

    def __init__(self, document: FilmDocument, *, with_heat: bool = True) -> None:
        super().__init__(document, with_heat=with_heat)
        self._tool: Tool = "pan"
        self._press: QPointF | None = None
        self._drag_number = 0
        self._drag_window: WindowLevel | None = None
        self._drag_mode: Tool | None = None
        self.ruler: QLineF | None = None
        self._magnifying = False
        self._pointer: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)
        self.setAccessibleName(self.tr("Film"))
        self.setAccessibleDescription(
            self.tr(
                "The film. The wheel zooms, dragging moves it, dragging with the right button sets window and level."
            )
        )
        document.film_changed.connect(self._drop_tools)

    def set_tool(self, tool: Tool) -> None:
        """Sets the tool of the left button; another tool than the ruler removes the line of the ruler."""
        self._tool = tool
        if tool != "ruler":
            self.ruler = None
        shapes = {"pan": Qt.CursorShape.OpenHandCursor, "window": Qt.CursorShape.SizeAllCursor}
        self.viewport().setCursor(shapes.get(tool, Qt.CursorShape.CrossCursor))
        self.viewport().update()

    def set_magnifying(self, magnifying: bool) -> None:
        self._magnifying = magnifying
        self.viewport().update()

    def paint_tools(self, painter: QPainter) -> None:
        film, to_view = self._document.film, self.viewportTransform()
        if self._magnifying and self._pointer is not None:
            items = [self._film_item, *([self._heat_item] if self._with_heat else [])]
            paint_magnifier(painter, items, to_view, self._pointer)
        if self.ruler is not None and film is not None:
            start, end = self.ruler.p1(), self.ruler.p2()
            length = distance(start.toTuple(), end.toTuple(), film.spacing)
            paint_ruler(painter, to_view.map(start), to_view.map(end), length_text(length))

    def placed(self) -> None:
        # The pixel under the pointer has changed.
        if self._pointer is not None:
            self._point_at(self._pointer)

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta().y() or event.angleDelta().x()
        if delta:
            self.zoom_to(self.zoom * wheel_factor(delta), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        modes: dict[Qt.MouseButton, Tool] = {
            Qt.MouseButton.LeftButton: self._tool,
            Qt.MouseButton.MiddleButton: "pan",
            Qt.MouseButton.RightButton: "window",
        }
        self._drag_mode = modes.get(event.button())
        if self._document.view is None or self._drag_mode is None:
            return
        self._press = event.position()
        self._drag_number = next(_drags)
        self._drag_window = self._document.view.window
        if self._drag_mode == "ruler":
            point = self.to_film(event.position())
            self.ruler = QLineF(point, point)
        elif self._drag_mode == "pan":
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position()
        self._point_at(position)
        if self._press is None:
            return
        if self._drag_mode == "pan":
            moved = position - self._press
            self._press = position
            self.pan(moved)
        elif self._drag_mode == "ruler" and self.ruler is not None:
            self.ruler.setP2(self.to_film(position))
            self.viewport().update()
        elif self._drag_mode == "window" and self._drag_window is not None and self._document.film is not None:
            moved = position - self._press
            window = self._drag_window.dragged(moved.x(), moved.y(), self._document.film.white, _WINDOW_SPAN_PX)
            self._document.set_window(window, drag=self._drag_number)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._press = None
        self._drag_mode = None
        if self.ruler is not None and self.ruler.isNull():
            self.ruler = None
        if self._tool == "pan":
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        self.viewport().update()
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._tool != "ruler":
            self.toggle_fit(event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Arrow keys move the film; with Shift they set window and level.
        direction = ARROWS.get(Qt.Key(event.key()))
        view, film = self._document.view, self._document.film
        if direction is None or view is None or film is None:
            event.ignore()  # the scroll bars must not get the key: they could move the film out of the view
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            step = direction * _KEY_WINDOW_PX
            window = view.window.dragged(step.x(), step.y(), film.white, _WINDOW_SPAN_PX)
            self._document.set_window(window, drag=0)
        else:
            self.pan(direction * -_KEY_PAN_PX)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.accept()  # no menu: the right button sets window and level

    def enterEvent(self, event: QEnterEvent) -> None:
        self._point_at(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self._set_probe(None)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self._press = None
                centre = QPointF(self.viewport().mapFromGlobal(pinch.centerPoint().toPoint()))
                self.zoom_to(self.zoom * pinch.scaleFactor(), centre)
                return True
        return super().viewportEvent(event)

    def _point_at(self, position: QPointF) -> None:
        self._pointer = position
        film = self._document.film
        if film is None:
            self._set_probe(None)
            return
        point = self.to_film(position)
        self._set_probe(pixel_at(point.x(), point.y(), film.columns, film.rows))
        if self._magnifying:
            self.viewport().update()

    def _set_probe(self, probe: tuple[int, int] | None) -> None:
        if probe != self._probe:
            self._probe = probe
            self.probed.emit(probe)
            self.viewport().update()

    def _drop_tools(self) -> None:
        self.ruler = None
        self._press = None
