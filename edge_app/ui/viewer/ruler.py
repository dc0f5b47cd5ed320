"""Paints the ruler: a line between two points of the film, and its length."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from edge_app.display.geometry import Length
from edge_app.ui.theme.tokens import FILM_GROUND

_LINE = QColor("#ffd966")
_TICK_PX = 7.0


def length_text(length: Length) -> str:
    """Formats a length. A length at the detector says so: the body is smaller than its projection."""
    if length.unit == "px":
        return QCoreApplication.translate("Ruler", "{value} px").format(value=f"{length.value:.0f}")
    text = QCoreApplication.translate("Ruler", "{value} mm").format(value=f"{length.value:.1f}")
    return text + " " + QCoreApplication.translate("Ruler", "(at the detector)") if length.at_detector else text


def paint_ruler(painter: QPainter, start: QPointF, end: QPointF, text: str) -> None:
    """Paints the line and the text.

    Args:
        painter: Painter in viewport pixels.
        start: Start of the line, viewport pixels.
        end: End of the line, viewport pixels.
        text: The length as text.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, width_px in ((QColor(0, 0, 0, 170), 4.0), (_LINE, 1.6)):
        painter.setPen(QPen(colour, width_px, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(start, end)
        for point in (start, end):
            painter.drawEllipse(point, _TICK_PX / 2, _TICK_PX / 2)
    metrics = painter.fontMetrics()
    box = QRectF(0, 0, metrics.horizontalAdvance(text) + 12, metrics.height() + 6)
    box.moveTopLeft(end + QPointF(10, 8))
    ground = QColor(FILM_GROUND)
    ground.setAlpha(210)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 4, 4)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_LINE)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
