"""A view of the film that zooms, moves and turns, with texts in its corners.

It paints without a graphics driver: drivers on a Raspberry Pi cannot break it, and tests see what users see.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QResizeEvent, QTransform
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QSizePolicy

from edge_app.display.geometry import clamp_zoom, fit_zoom
from edge_app.ui.theme.tokens import FILM_GROUND
from edge_app.ui.viewer.corners import corner_texts, paint_corners
from edge_app.ui.viewer.document import FilmDocument
from edge_app.ui.viewer.items import FilmItem, HeatItem

_ROOM_PX = 200_000.0
"""Half the side of the scene, film pixels: more than the largest film plus the largest screen at the smallest zoom."""


class FilmCanvas(QGraphicsView):
    """Shows a document's film, with or without the heat map.

    Attributes:
        zoom_changed: Zoom or position changed; screen pixels per film pixel.
        zoom: Screen pixels per film pixel.
        is_fitted: Whether the view shows the whole film, also after a resize.
    """

    zoom_changed = Signal(float)

    def __init__(self, document: FilmDocument, *, with_heat: bool = True) -> None:
        super().__init__()
        self._document = document
        self._with_heat = with_heat
        self.zoom = 1.0
        self.is_fitted = True
        self._probe: tuple[int, int] | None = None
        self._scene = QGraphicsScene(self)
        self._scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        # Always larger than the view, so the scroll bars store the position of the film.
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
        # A partial update would leave parts of old corner texts behind.
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 160)
        document.film_changed.connect(self._on_film)
        document.analysis_changed.connect(self._on_analysis)
        document.view_changed.connect(self._on_view)
        document.heat_changed.connect(self.viewport().update)

    def fit(self) -> None:
        """Shows the whole film."""
        film, view = self._document.film, self._document.view
        self.is_fitted = True
        if film is None or view is None:
            return
        area = self.viewport().rect()
        self.zoom = fit_zoom(film.columns, film.rows, area.width(), area.height(), view.orientation)
        self._place(QPointF(film.columns / 2, film.rows / 2), QPointF(area.center()) + QPointF(0.5, 0.5))

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Zooms around a point, which keeps its position on the screen.

        Args:
            zoom: Screen pixels per film pixel.
            at: The point, viewport pixels; None for the centre.
        """
        if self._document.film is None:
            return
        at = at if at is not None else self._centre()
        point = self.to_film(at)
        self.is_fitted = False
        self.zoom = clamp_zoom(zoom)
        self._place(point, at)

    def toggle_fit(self, at: QPointF | None = None) -> None:
        """Switches between 1:1 and the whole film."""
        if self.is_fitted:
            self.zoom_to(1.0, at)
        else:
            self.fit()

    def follow(self, other: FilmCanvas) -> None:
        """Copies zoom and position of another view of the same film."""
        if self._document.film is None:
            return
        self.is_fitted = other.is_fitted
        self.zoom = other.zoom
        self._place(other.to_film(other._centre()), self._centre(), announce=False)

    def pan(self, moved: QPointF) -> None:
        """Moves the film by screen pixels."""
        if not moved.isNull():
            self.is_fitted = False
            self._place(self.to_film(self._centre() - moved), self._centre())

    def to_film(self, viewport_px: QPointF) -> QPointF:
        """Converts viewport pixels to film pixels."""
        inverse, invertible = self.viewportTransform().inverted()
        return inverse.map(viewport_px) if invertible else QPointF()

    def placed(self) -> None:
        """Called when zoom or position changed; a subclass may override it."""

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        if self._document.film is None:
            return
        painter.save()
        painter.resetTransform()
        self.paint_tools(painter)
        corners = corner_texts(self._document, self.zoom, self._probe, with_heat=self._with_heat)
        paint_corners(painter, QRectF(self.viewport().rect()), corners)
        painter.restore()

    def paint_tools(self, painter: QPainter) -> None:
        """Paints tools over the film, in viewport pixels; a subclass may override it."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        # A fitted film stays fitted; otherwise the centre of the view stays where it is on the film.
        old = event.oldSize()
        centre = self.to_film(QPointF(old.width() / 2, old.height() / 2)) if old.isValid() else None
        super().resizeEvent(event)
        if self.is_fitted or centre is None:
            self.fit()
        else:
            self._place(centre, self._centre())

    def _centre(self) -> QPointF:
        return QPointF(self.viewport().rect().center())

    def _place(self, film_point: QPointF, viewport_point: QPointF, *, announce: bool = True) -> None:
        """Applies `zoom` and puts a point of the film at a point of the viewport."""
        film, view = self._document.film, self._document.view
        if film is None or view is None:
            return
        m11, m12, m21, m22 = view.orientation.matrix()
        linear = QTransform(m11 * self.zoom, m12 * self.zoom, m21 * self.zoom, m22 * self.zoom, 0, 0)
        area = QRectF(self.viewport().rect())
        shown = linear.mapRect(QRectF(0, 0, film.columns, film.rows))
        corner = viewport_point - linear.map(film_point) + shown.topLeft()
        corner.setX(_clamped(corner.x(), shown.width(), area.width()))
        corner.setY(_clamped(corner.y(), shown.height(), area.height()))
        offset = corner - shown.topLeft()
        self.setTransform(linear)
        self.horizontalScrollBar().setValue(-round(offset.x()))
        self.verticalScrollBar().setValue(-round(offset.y()))
        self.viewport().update()
        self.placed()
        if announce:
            self.zoom_changed.emit(self.zoom)

    def _on_film(self) -> None:
        self._probe = None
        self._film_item.reset()
        self._heat_item.reset()
        self.fit()
        self.viewport().update()

    def _on_analysis(self) -> None:
        self._heat_item.reset()
        self.viewport().update()

    def _on_view(self) -> None:
        if self.is_fitted:
            self.fit()
        else:
            self._place(self.to_film(self._centre()), self._centre())


def _clamped(corner: float, length: float, room: float) -> float:
    """Keeps at least a third of the film visible, or a third of the view if the film is larger."""
    kept = min(length, room) / 3
    return min(room - kept, max(kept - length, corner))
