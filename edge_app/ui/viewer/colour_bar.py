"""The colour scale of the heat map: evidence on the scale of the model, not probability."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from edge_app.display.heatmap import ColourMap, colour_table
from edge_app.ui.theme import theme
from edge_app.ui.viewer.film_renderer import rgba_image

_LEAST_TEXT_PX = 9


class ColourBar(QWidget):
    """A bar from no evidence to the maximum of the scale, with a label."""

    def __init__(self) -> None:
        super().__init__()
        self._colour_map: ColourMap = "cividis"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Colours of the heat map: evidence, not probability"))
        self.setToolTip(self.tr("The scale is the model's own and the same for every film."))
        theme().changed.connect(self.updateGeometry)

    def set_colour_map(self, name: ColourMap) -> None:
        self._colour_map = name
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 12 + round(theme().metrics.small * 1.5))

    def minimumSizeHint(self) -> QSize:
        words = self.fontMetrics().horizontalAdvance(self._label())
        return QSize(words + 8, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # As over a film: the map is transparent at the low end, so the bar is dark there.
        shade = np.minimum(255, np.arange(256, dtype=np.uint16) * 2 + 20)[:, None]
        rgb = (colour_table(self._colour_map) * shade // 255).astype(np.uint8)
        rgba = np.dstack([rgb[None], np.full((1, 256, 1), 255, np.uint8)])
        bar = QRectF(0.5, 2.5, self.width() - 1, 9)
        painter.drawImage(bar, rgba_image(rgba))
        painter.setPen(QColor(theme().tokens.strong_border))
        painter.drawRect(bar)
        font = self.font()
        font.setPixelSize(theme().metrics.small)
        painter.setFont(font)
        words = QRectF(0, 14, self.width(), self.height() - 14)
        painter.setPen(QColor(theme().tokens.muted))
        metrics = painter.fontMetrics()
        # A clipped label could say the opposite, so reduce the font size instead.
        while metrics.horizontalAdvance(self._label()) > self.width() and font.pixelSize() > _LEAST_TEXT_PX:
            font.setPixelSize(font.pixelSize() - 1)
            painter.setFont(font)
            metrics = painter.fontMetrics()
        top = Qt.AlignmentFlag.AlignTop
        ends = (self.tr("none"), self.tr("strong"))
        needed = metrics.horizontalAdvance(self._label()) + 2 * max(map(metrics.horizontalAdvance, ends)) + 24
        painter.drawText(words, Qt.AlignmentFlag.AlignHCenter | top, self._label())
        if needed <= self.width():
            painter.drawText(words, Qt.AlignmentFlag.AlignLeft | top, ends[0])
            painter.drawText(words, Qt.AlignmentFlag.AlignRight | top, ends[1])

    def _label(self) -> str:
        return self.tr("evidence, not probability")
