"""The items of the scene: the film, and the heat map over it. The unit of the scene is the film pixel."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from edge_app.display.heatmap import colourise, enlarge
from edge_app.ui.viewer.document import FilmDocument
from edge_app.ui.viewer.film_renderer import rgba_image

_HEAT_SIDE_PX = 448
_NEAREST_ABOVE_ZOOM = 6.0


class _FilmSizedItem(QGraphicsItem):
    """An item of the size of the film."""

    def __init__(self, document: FilmDocument) -> None:
        super().__init__()
        self._document = document
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def reset(self) -> None:
        """Takes the size of another film and repaints."""
        self.prepareGeometryChange()
        self.update()

    def boundingRect(self) -> QRectF:
        film = self._document.film
        return QRectF() if film is None else QRectF(0, 0, film.columns, film.rows)


class FilmItem(_FilmSizedItem):
    """The film without the heat map."""

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        document = self._document
        if document.renderer is None or document.view is None:
            return
        transform = painter.worldTransform()
        ratio = painter.device().devicePixelRatio()
        zoom = max(abs(transform.m11()), abs(transform.m12())) * ratio
        # At this zoom and above single pixels are shown, without smoothing.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom < _NEAREST_ABOVE_ZOOM)
        exposed = option.exposedRect.intersected(self.boundingRect())
        if exposed.isEmpty():
            return
        place, image = document.renderer.render(document.view, zoom, exposed)
        # The last row of a coarse pyramid level can cover less than a full row: clip it to the film.
        painter.setClipRect(self.boundingRect(), Qt.ClipOperation.IntersectClip)
        painter.drawImage(place, image)


class HeatItem(_FilmSizedItem):
    """The heat map, on the scale of the model. Its opacity follows the evidence: none leaves the film bare."""

    def __init__(self, document: FilmDocument) -> None:
        super().__init__(document)
        self._image: QImage | None = None
        self._colour_map = ""

    def reset(self) -> None:
        """Drops the image of the previous film or result."""
        self._image = None
        super().reset()

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
