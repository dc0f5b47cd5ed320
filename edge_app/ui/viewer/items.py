"""What lies in the scene: the film, and the heat map over it. The scene's unit is the film's pixel."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from edge_app.display.heatmap import colourise, enlarge
from edge_app.ui.viewer.document import FilmDocument
from edge_app.ui.viewer.film_picture import rgba_image

_HEAT_SIDE_PX = 448
_NEAREST_ABOVE_ZOOM = 6.0


class FilmItem(QGraphicsItem):
    """The bare film."""

    def __init__(self, document: FilmDocument) -> None:
        super().__init__()
        self._document = document
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def film_changed(self) -> None:
        """Takes the size of the new film."""
        self.prepareGeometryChange()
        self.update()

    def boundingRect(self) -> QRectF:
        film = self._document.film
        return QRectF() if film is None else QRectF(0, 0, film.columns, film.rows)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        document = self._document
        if document.picture is None or document.view is None:
            return
        transform = painter.worldTransform()
        ratio = painter.device().devicePixelRatio()
        zoom = max(abs(transform.m11()), abs(transform.m12())) * ratio
        # From here up the reader wants to see pixels, not a blur of them.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom < _NEAREST_ABOVE_ZOOM)
        exposed = option.exposedRect.intersected(self.boundingRect())
        if exposed.isEmpty():
            return
        place, picture = document.picture.picture(document.view, zoom, exposed)
        # At a coarser level the last row may stand for less than a whole one: it must not paint beyond the film.
        painter.setClipRect(self.boundingRect(), Qt.ClipOperation.IntersectClip)
        painter.drawImage(place, picture)


class HeatItem(QGraphicsItem):
    """The heat map, on the model's own scale."""

    def __init__(self, document: FilmDocument) -> None:
        super().__init__()
        self._document = document
        self._image: QImage | None = None
        self._colour_map = ""

    def film_changed(self) -> None:
        """Forgets the map of the film before."""
        self.prepareGeometryChange()
        self._image = None
        self.update()

    def analysis_changed(self) -> None:
        """Forgets the map of the result before."""
        self._image = None
        self.update()

    def boundingRect(self) -> QRectF:
        film = self._document.film
        return QRectF() if film is None else QRectF(0, 0, film.columns, film.rows)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        document = self._document
        if not document.shows_heat():
            return
        if self._image is None or self._colour_map != document.heat.colour_map:
            unit = document.unit_evidence()
            if unit is None:
                return
            self._colour_map = document.heat.colour_map
            self._image = rgba_image(colourise(enlarge(unit, _HEAT_SIDE_PX, _HEAT_SIDE_PX), self._colour_map))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setOpacity(document.heat.opacity)
        painter.drawImage(self.boundingRect(), self._image)
