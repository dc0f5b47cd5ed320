"""Shows a probability on a scale from 0 to 100 %, with the operating point and the uncertain band."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from edge_app.ui.theme import theme

_BAR_PX = 12
_SIDE_PX = 2.0


@dataclass(frozen=True, slots=True)
class ScaleValues:
    """Values on the scale, all 0..1.

    Attributes:
        probability: Probability of this film.
        threshold: Threshold of the operating point.
        low: Lower limit of the uncertain band.
        high: Upper limit of the uncertain band.
    """

    probability: float
    threshold: float
    low: float
    high: float


class ProbabilityScale(QWidget):
    """Paints `ScaleValues`. The positions are enough to read it without the colours."""

    def __init__(self) -> None:
        super().__init__()
        self._values: ScaleValues | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.updateGeometry)

    def show_values(self, values: ScaleValues | None) -> None:
        """Shows values; None for an empty scale."""
        self._values = values
        if values is not None:
            text = self.tr(
                "Probability {probability} percent. Operating point {threshold} percent. "
                "Uncertain from {low} to {high} percent."
            ).format(
                probability=round(values.probability * 100),
                threshold=round(values.threshold * 100),
                low=round(values.low * 100),
                high=round(values.high * 100),
            )
            self.setAccessibleName(text)
            self.setToolTip(text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 18 + _BAR_PX + 8 + round(theme().metrics.small * 1.45))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        values = self._values
        if values is None:
            return
        colours = theme().tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(_SIDE_PX, 18, self.width() - 2 * _SIDE_PX, _BAR_PX)

        def x(unit: float) -> float:
            return bar.left() + unit * bar.width()

        outline = QPainterPath()
        outline.addRoundedRect(bar, 4, 4)
        painter.save()
        painter.setClipPath(outline)
        for start, end, colour in (
            (0.0, values.threshold, colours.negative),
            (values.threshold, 1.0, colours.positive),
        ):
            ground = QRectF(x(start), bar.top(), x(end) - x(start), bar.height())
            painter.fillRect(ground, _translucent(colour, 80))
        band = QRectF(x(values.low), bar.top(), x(values.high) - x(values.low), bar.height())
        painter.fillRect(band, QColor(colours.panel))
        painter.fillRect(band, _translucent(colours.uncertain, 110))
        painter.fillRect(band, QBrush(QColor(colours.uncertain), Qt.BrushStyle.BDiagPattern))
        painter.restore()
        painter.setPen(QPen(QColor(colours.strong_border), 1))
        painter.drawPath(outline)

        mark = x(values.threshold)
        painter.setPen(QPen(QColor(colours.text), 2))
        painter.drawLine(QPointF(mark, bar.top() - 4), QPointF(mark, bar.bottom() + 5))

        tip = QPointF(min(max(x(values.probability), bar.left() + 5), bar.right() - 5), bar.top() - 1)
        painter.setPen(QPen(QColor(colours.panel), 1.5))
        painter.setBrush(QColor(colours.text))
        painter.drawPolygon(QPolygonF([tip, tip + QPointF(-7, -12), tip + QPointF(7, -12)]))
        painter.setPen(QPen(QColor(colours.text), 2))
        painter.drawLine(tip, QPointF(tip.x(), bar.bottom()))

        font = self.font()
        font.setPixelSize(theme().metrics.small)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        painter.setPen(QColor(colours.muted))
        words = QRectF(bar.left(), bar.bottom() + 6, bar.width(), metrics.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft, "0")
        painter.drawText(words, Qt.AlignmentFlag.AlignRight, "100 %")
        text = self.tr("operating point {threshold} %").format(threshold=round(values.threshold * 100))
        width = metrics.horizontalAdvance(text)
        left = bar.left() + metrics.horizontalAdvance("0") + 8
        right = bar.right() - metrics.horizontalAdvance("100 %") - 8
        at = min(max(mark - width / 2, left), max(left, right - width))
        painter.drawText(QPointF(at, words.top() + metrics.ascent()), text)


def _translucent(colour: str, alpha: int) -> QColor:
    made = QColor(colour)
    made.setAlpha(alpha)
    return made
