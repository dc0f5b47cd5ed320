"""The picture of a film that zooms, moves and turns, with its words in the corners.

Plain raster painting: on a Raspberry Pi no graphics driver can then get in the way, and tests see what users see.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QResizeEvent, QTransform
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QSizePolicy, QWidget

from edge_app.display.geometry import clamp_zoom, fit_zoom
from edge_app.ui.theme.tokens import FILM_GROUND
from edge_app.ui.viewer.corners import corner_texts, paint_corners
from edge_app.ui.viewer.document import FilmDocument
from edge_app.ui.viewer.items import FilmItem, HeatItem

_ROOM_PX = 200_000.0
"""More than the largest film plus the largest screen at the least zoom, in film pixels."""


class FilmCanvas(QGraphicsView):
    """Shows a document's film, with or without the heat map.

    Attributes:
        zoom_changed: Screen pixels per film pixel, after any change of zoom or place.
    """

    zoom_changed = Signal(float)

    def __init__(self, document: FilmDocument, *, with_heat: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._with_heat = with_heat
        self._zoom = 1.0
        self._fitted = True
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
        point = self.to_film(at)
        self._fitted = False
        self._zoom = clamp_zoom(zoom)
        self._place(point, at)

    def toggle_fit(self, at: QPointF | None = None) -> None:
        """Goes to 1:1, or back to the whole film."""
        if self._fitted:
            self.zoom_to(1.0, at)
        else:
            self.fit()

    def follow(self, other: FilmCanvas) -> None:
        """Takes over zoom and place of another view of the same film."""
        if self._document.film is None:
            return
        self._fitted = other._fitted
        self._zoom = other._zoom
        centre = other.to_film(QPointF(other.viewport().rect().center()))
        self._place(centre, QPointF(self.viewport().rect().center()), announce=False)

    def pan(self, moved: QPointF) -> None:
        """Moves the film by screen pixels."""
        if not moved.isNull():
            self._fitted = False
            middle = QPointF(self.viewport().rect().center())
            self._place(self.to_film(middle - moved), middle)

    def to_film(self, viewport_px: QPointF) -> QPointF:
        """The point of the film under a point of the viewport."""
        inverse, invertible = self.viewportTransform().inverted()
        return inverse.map(viewport_px) if invertible else QPointF()

    def placed(self) -> None:
        """Called when the film lies elsewhere; here nobody needs to know."""

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        if self._document.film is None:
            return
        painter.save()
        painter.resetTransform()
        self.paint_tools(painter)
        corners = corner_texts(self._document, self._zoom, self._probe, with_heat=self._with_heat)
        paint_corners(painter, QRectF(self.viewport().rect()), corners)
        painter.restore()

    def paint_tools(self, painter: QPainter) -> None:
        """Paints tools over the film, in viewport pixels; here there are none."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps a fitted film fitted, and the middle of any other in the middle."""
        old = event.oldSize()
        centre = self.to_film(QPointF(old.width() / 2, old.height() / 2)) if old.isValid() else None
        super().resizeEvent(event)
        if self._fitted or centre is None:
            self.fit()
        else:
            self._place(centre, QPointF(self.viewport().rect().center()))

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
        self.placed()
        if announce:
            self.zoom_changed.emit(self._zoom)

    def _on_film(self) -> None:
        self._probe = None
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
            self._place(self.to_film(middle), middle)
        self._film_item.update()


def _held(corner: float, length: float, room: float) -> float:
    """Keeps a third of the film, or of the view where the film is larger, in sight, and moves it no further."""
    kept = min(length, room) / 3
    return min(room - kept, max(kept - length, corner))
