"""One view of the film: zoom at the pointer, pan, window/level by the right button, and what is painted over it.

Plain raster painting: on a Raspberry Pi no graphics driver can then get in the way, and tests see what users see.
"""

from __future__ import annotations

import itertools
from typing import Literal

from PySide6.QtCore import QEvent, QLineF, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGestureEvent,
    QGraphicsScene,
    QGraphicsView,
    QPinchGesture,
    QSizePolicy,
    QWidget,
)

from edge_app.imaging.geometry import clamp_zoom, distance, fit_zoom, pixel_at, wheel_factor
from edge_app.imaging.window_level import WindowLevel
from edge_app.ui.theme.tokens import FILM_GROUND
from edge_app.ui.viewer.corners import corner_texts, paint_corners
from edge_app.ui.viewer.document import FilmDocument
from edge_app.ui.viewer.items import FilmItem, HeatItem
from edge_app.ui.viewer.magnifier import paint_magnifier
from edge_app.ui.viewer.ruler import length_text, paint_ruler

Tool = Literal["pan", "window", "ruler"]

_WINDOW_SPAN_PX = 600.0
_ROOM_PX = 200_000.0
"""More than the largest film plus the largest screen at the least zoom, in film pixels."""
_KEY_PAN_PX = 48.0
_KEY_WINDOW_PX = 12.0
_drags = itertools.count(1)


class FilmView(QGraphicsView):
    """Shows a document's film, with or without the heat map.

    Attributes:
        zoom_changed: Screen pixels per film pixel, after any change of zoom or place.
        probed: `(column, row)` under the pointer, or None.
    """

    zoom_changed = Signal(float)
    probed = Signal(object)

    def __init__(self, document: FilmDocument, *, with_heat: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._with_heat = with_heat
        self._zoom = 1.0
        self._fitted = True
        self._tool: Tool = "pan"
        self._press: QPointF | None = None
        self._drag_number = 0
        self._drag_window: WindowLevel | None = None
        self._drag_mode: Tool | None = None
        self._ruler: QLineF | None = None
        self._magnifying = False
        self._pointer: QPointF | None = None
        self._probe: tuple[int, int] | None = None
        self._scene = QGraphicsScene(self)
        self._scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        # So large that there is always room to scroll to; the scroll bars then hold the film's place exactly.
        self._scene.setSceneRect(-_ROOM_PX, -_ROOM_PX, 2 * _ROOM_PX, 2 * _ROOM_PX)
        self._film_item = FilmItem(document)
        self._heat_item = HeatItem(document)
        self._heat_item.setVisible(with_heat)
        self._scene.addItem(self._film_item)
        self._scene.addItem(self._heat_item)
        self.setScene(self._scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setBackgroundBrush(QColor(FILM_GROUND))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        # The corner texts lie over everything, so a partial update would leave pieces of old ones behind.
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 160)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)
        self.setAccessibleName(self.tr("Film"))
        self.setAccessibleDescription(
            self.tr(
                "The film. The wheel zooms, dragging moves it, dragging with the right button sets window and level."
            )
        )
        document.film_changed.connect(self._on_film)
        document.analysis_changed.connect(self._on_analysis)
        document.view_changed.connect(self._on_view)
        document.heat_changed.connect(self._heat_item.update)
        document.heat_changed.connect(self.viewport().update)

    @property
    def zoom(self) -> float:
        """Screen pixels per film pixel."""
        return self._zoom

    @property
    def is_fitted(self) -> bool:
        """Whether the whole film is kept in sight when the view changes its size."""
        return self._fitted

    @property
    def ruler(self) -> QLineF | None:
        """The measured line, film pixels."""
        return self._ruler

    def set_tool(self, tool: Tool) -> None:
        """Chooses what a drag with the left button does; leaving the ruler takes its line away."""
        self._tool = tool
        if tool != "ruler":
            self._ruler = None
        shapes = {"pan": Qt.CursorShape.OpenHandCursor, "window": Qt.CursorShape.SizeAllCursor}
        self.viewport().setCursor(shapes.get(tool, Qt.CursorShape.CrossCursor))
        self.viewport().update()

    def fit(self) -> None:
        """Shows the whole film."""
        film, view = self._document.film, self._document.view
        self._fitted = True
        if film is None or view is None:
            return
        area = self.viewport().rect()
        self._zoom = fit_zoom(film.columns, film.rows, area.width(), area.height(), view.orientation)
        self._place(QPointF(film.columns / 2, film.rows / 2), QPointF(area.center()) + QPointF(0.5, 0.5))

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Zooms, and keeps the point of the film under `at` where it is.

        Args:
            zoom: Screen pixels per film pixel.
            at: Viewport pixels; None for the middle.
        """
        if self._document.film is None:
            return
        at = at if at is not None else QPointF(self.viewport().rect().center())
        point = self._to_film(at)
        self._fitted = False
        self._zoom = clamp_zoom(zoom)
        self._place(point, at)

    def toggle_fit(self, at: QPointF | None = None) -> None:
        """Goes to 1:1, or back to the whole film."""
        if self._fitted:
            self.zoom_to(1.0, at)
        else:
            self.fit()

    def follow(self, other: FilmView) -> None:
        """Takes over zoom and place of another view of the same film."""
        if self._document.film is None:
            return
        self._fitted = other._fitted
        self._zoom = other._zoom
        centre = other._to_film(QPointF(other.viewport().rect().center()))
        self._place(centre, QPointF(self.viewport().rect().center()), announce=False)

    def set_magnifying(self, magnifying: bool) -> None:
        """Shows or takes away the magnifying glass at the pointer."""
        self._magnifying = magnifying
        self.viewport().update()

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:  # noqa: N802 -- Qt's name
        """Paints what does not zoom: ruler, magnifier, corner texts."""
        document = self._document
        if document.film is None:
            return
        to_view = self.viewportTransform()
        painter.save()
        painter.resetTransform()
        if self._magnifying and self._pointer is not None:
            items = [self._film_item, *([self._heat_item] if self._with_heat else [])]
            paint_magnifier(painter, items, to_view, self._pointer)
        if self._ruler is not None:
            start, end = self._ruler.p1(), self._ruler.p2()
            length = distance(start.toTuple(), end.toTuple(), document.film.spacing)
            paint_ruler(painter, to_view.map(start), to_view.map(end), length_text(length))
        corners = corner_texts(document, self._zoom, self._probe, with_heat=self._with_heat)
        paint_corners(painter, QRectF(self.viewport().rect()), corners)
        painter.restore()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        """Keeps a fitted film fitted, and the middle of any other in the middle."""
        old = event.oldSize()
        centre = self._to_film(QPointF(old.width() / 2, old.height() / 2)) if old.isValid() else None
        super().resizeEvent(event)
        if self._fitted or centre is None:
            self.fit()
        else:
            self._place(centre, QPointF(self.viewport().rect().center()))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 -- Qt's name
        """Zooms at the pointer."""
        delta = event.angleDelta().y() or event.angleDelta().x()
        if delta:
            self.zoom_to(self._zoom * wheel_factor(delta), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 -- Qt's name
        """Begins a drag."""
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
            point = self._to_film(event.position())
            self._ruler = QLineF(point, point)
        elif self._drag_mode == "pan":
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 -- Qt's name
        """Pans, measures or sets the window, and reads the pixel under the pointer."""
        position = event.position()
        self._point_at(position)
        if self._press is None:
            return
        if self._drag_mode == "pan":
            moved = position - self._press
            self._press = position
            self._pan(moved)
        elif self._drag_mode == "ruler" and self._ruler is not None:
            self._ruler.setP2(self._to_film(position))
            self.viewport().update()
        elif self._drag_mode == "window" and self._drag_window is not None and self._document.film is not None:
            moved = position - self._press
            window = self._drag_window.dragged(moved.x(), moved.y(), self._document.film.white, _WINDOW_SPAN_PX)
            self._document.set_window(window, drag=self._drag_number)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 -- Qt's name
        """Ends a drag."""
        self._press = None
        self._drag_mode = None
        if self._ruler is not None and self._ruler.isNull():
            self._ruler = None
        if self._tool == "pan":
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        self.viewport().update()
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 -- Qt's name
        """Switches between the whole film and 1:1."""
        if event.button() == Qt.MouseButton.LeftButton and self._tool != "ruler":
            self.toggle_fit(event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        """Moves the film with the arrow keys; with Shift they set window and level, as dragging does."""
        directions = {
            Qt.Key.Key_Left: QPointF(-1, 0),
            Qt.Key.Key_Right: QPointF(1, 0),
            Qt.Key.Key_Up: QPointF(0, -1),
            Qt.Key.Key_Down: QPointF(0, 1),
        }
        direction = directions.get(Qt.Key(event.key()))
        view, film = self._document.view, self._document.film
        if direction is None or view is None or film is None:
            event.ignore()  # never to the scroll bars: they could take the film out of sight
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            step = direction * _KEY_WINDOW_PX
            window = view.window.dragged(step.x(), step.y(), film.white, _WINDOW_SPAN_PX)
            self._document.set_window(window, drag=0)
        else:
            self._pan(direction * -_KEY_PAN_PX)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 -- Qt's name
        """No menu: the right button sets window and level."""
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 -- Qt's name
        """Looks at the pixel under the pointer."""
        self._point_at(event.position())

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 -- Qt's name
        """Forgets the pointer."""
        self._pointer = None
        self._set_probe(None)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        """Zooms by a pinch."""
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self._press = None
                centre = QPointF(self.viewport().mapFromGlobal(pinch.centerPoint().toPoint()))
                self.zoom_to(self._zoom * pinch.scaleFactor(), centre)
                return True
        return super().viewportEvent(event)

    def _pan(self, moved: QPointF) -> None:
        """Moves the film by screen pixels."""
        if not moved.isNull():
            self._fitted = False
            middle = QPointF(self.viewport().rect().center())
            self._place(self._to_film(middle - moved), middle)

    def _to_film(self, viewport_px: QPointF) -> QPointF:
        inverse, invertible = self.viewportTransform().inverted()
        return inverse.map(viewport_px) if invertible else QPointF()

    def _place(self, film_point: QPointF, viewport_point: QPointF, *, announce: bool = True) -> None:
        """Zooms to `_zoom` with a point of the film at a point of the viewport."""
        film, view = self._document.film, self._document.view
        if film is None or view is None:
            return
        m11, m12, m21, m22 = view.orientation.matrix()
        linear = QTransform(m11 * self._zoom, m12 * self._zoom, m21 * self._zoom, m22 * self._zoom, 0, 0)
        area = QRectF(self.viewport().rect())
        shown = linear.mapRect(QRectF(0, 0, film.columns, film.rows))
        corner = viewport_point - linear.map(film_point) + shown.topLeft()
        corner.setX(_held(corner.x(), shown.width(), area.width()))
        corner.setY(_held(corner.y(), shown.height(), area.height()))
        offset = corner - shown.topLeft()
        self.setTransform(linear)
        self.horizontalScrollBar().setValue(-round(offset.x()))
        self.verticalScrollBar().setValue(-round(offset.y()))
        self.viewport().update()
        if self._pointer is not None:
            self._point_at(self._pointer)
        if announce:
            self.zoom_changed.emit(self._zoom)

    def _point_at(self, position: QPointF) -> None:
        self._pointer = position
        film = self._document.film
        if film is None:
            self._set_probe(None)
            return
        point = self._to_film(position)
        self._set_probe(pixel_at(point.x(), point.y(), film.columns, film.rows))
        if self._magnifying:
            self.viewport().update()

    def _set_probe(self, probe: tuple[int, int] | None) -> None:
        if probe != self._probe:
            self._probe = probe
            self.probed.emit(probe)
            self.viewport().update()

    def _on_film(self) -> None:
        self._ruler = None
        self._probe = None
        self._press = None
        self._film_item.film_changed()
        self._heat_item.film_changed()
        self.fit()
        self.viewport().update()

    def _on_analysis(self) -> None:
        self._heat_item.analysis_changed()
        self.viewport().update()

    def _on_view(self) -> None:
        if self._fitted:
            self.fit()
        else:
            middle = QPointF(self.viewport().rect().center())
            self._place(self._to_film(middle), middle)
        self._film_item.update()

    def pointer_for_tests(self, position: QPoint) -> None:
        """Puts the pointer somewhere, as a mouse would; offscreen has none."""
        QGuiApplication.processEvents()
        self._point_at(QPointF(position))


def _held(corner: float, length: float, room: float) -> float:
    """Keeps a third of the film, or of the view where the film is larger, in sight, and moves it no further."""
    kept = min(length, room) / 3
    return min(room - kept, max(kept - length, corner))
