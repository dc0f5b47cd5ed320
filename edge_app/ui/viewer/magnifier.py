"""Paints a round magnifier at the pointer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem

from edge_app.ui.theme.tokens import FILM_GROUND

FACTOR = 2.5
RADIUS_PX = 110.0


def paint_magnifier(painter: QPainter, items: Sequence[QGraphicsItem], to_view: QTransform, pointer: QPointF) -> None:
    """Paints the area around the pointer, enlarged.

    Args:
        painter: Painter in viewport pixels.
        items: Items of the scene, the lowest first.
        to_view: Transform from film pixels to viewport pixels.
        pointer: Position of the pointer, viewport pixels.
    """
    glass = QPainterPath()
    glass.addEllipse(pointer, RADIUS_PX, RADIUS_PX)
    enlarge = QTransform.fromTranslate(-pointer.x(), -pointer.y())
    enlarge *= QTransform.fromScale(FACTOR, FACTOR)
    enlarge *= QTransform.fromTranslate(pointer.x(), pointer.y())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipPath(glass)
    painter.fillPath(glass, QColor(FILM_GROUND))
    enlarged = to_view * enlarge
    back, _ = enlarged.inverted()
    option = QStyleOptionGraphicsItem()
    option.exposedRect = back.mapRect(glass.boundingRect())
    for item in items:
        painter.save()
        painter.setTransform(enlarged)
        item.paint(painter, option)
        painter.restore()
    painter.setClipping(False)
    painter.strokePath(glass, QPen(QColor(220, 230, 236, 220), 2))
    painter.restore()
