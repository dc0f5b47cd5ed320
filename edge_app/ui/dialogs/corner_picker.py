"""An image with four handles: drag them, or choose one with the keys 1 to 4 and move it with the arrow keys."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from edge_app.display.perspective import Corners, CornersError
from edge_app.ui.theme.tokens import FILM_GROUND
from edge_app.ui.viewer.film_renderer import grey_image
from edge_app.ui.widgets import ARROWS

_HANDLE_PX = 14.0
_GRAB_PX = 44.0
_STEP_PX = 4.0
_LINE = QColor("#ffd966")


class CornerPicker(QWidget):
    """Shows an image and the four corners of the film on it."""

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self._points: list[QPointF] = []
        self._chosen = 0
        self._dragged: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self.setAccessibleName(self.tr("Picture of the film with its four corners"))
        self.setAccessibleDescription(self.tr("Keys 1 to 4 choose a corner, the arrow keys move it."))

    def sizeHint(self) -> QSize:
        return QSize(640, 300)

    def show_pixels(self, pixels: NDArray[np.uint8]) -> None:
        """Shows an image, `(rows, columns)` uint8."""
        self._image = grey_image(pixels)
        self.update()

    def set_corners(self, corners: Corners | None) -> None:
        """Shows handles at the corners; None hides the handles."""
        self._points = [] if corners is None else [QPointF(*point) for point in corners.points]
        self._chosen = 0
        self.update()

    def corners(self) -> Corners | None:
        """Returns the corners in image pixels; None without handles, or if they span no quadrilateral."""
        if len(self._points) != 4:
            return None
        first, second, third, fourth = ((point.x(), point.y()) for point in self._points)
        try:
            return Corners.ordered((first, second, third, fourth))
        except CornersError:
            return None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(FILM_GROUND))
        if self._image is None:
            return
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        painter.drawImage(self._area(), self._image)
        if not self._points:
            return
        shown = [self._to_widget(point) for point in self._points]
        painter.setPen(QPen(_LINE, 2))
        painter.drawPolygon(QPolygonF(shown))
        for index, point in enumerate(shown):
            painter.setBrush(_LINE if index == self._chosen else QColor(FILM_GROUND))
            painter.drawEllipse(point, _HANDLE_PX / 2, _HANDLE_PX / 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        near = [
            ((self._to_widget(point) - event.position()).manhattanLength(), index)
            for index, point in enumerate(self._points)
        ]
        if near and min(near)[0] <= _GRAB_PX:
            self._dragged = self._chosen = min(near)[1]
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged is not None:
            self._move(self._dragged, self._to_image(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        direction = ARROWS.get(Qt.Key(event.key()))
        if self._points and direction is not None:
            self._move(self._chosen, self._points[self._chosen] + direction * _STEP_PX)
        elif self._points and event.text() in ("1", "2", "3", "4"):
            self._chosen = int(event.text()) - 1
            self.update()
        else:
            super().keyPressEvent(event)

    def _move(self, index: int, point: QPointF) -> None:
        if self._image is not None:
            x = min(max(point.x(), 0.0), float(self._image.width()))
            y = min(max(point.y(), 0.0), float(self._image.height()))
            self._points[index] = QPointF(x, y)
            self.update()

    def _area(self) -> QRectF:
        # The whole image, centred.
        if self._image is None:
            return QRectF(self.rect())
        size = QSize(self._image.width(), self._image.height()).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        area = QRectF(0, 0, size.width(), size.height())
        area.moveCenter(QRectF(self.rect()).center())
        return area

    def _scale(self) -> float:
        """Widget pixels per image pixel."""
        return max(1.0, self._area().width()) / max(1, self._image.width() if self._image else 1)

    def _to_widget(self, point: QPointF) -> QPointF:
        return self._area().topLeft() + point * self._scale()

    def _to_image(self, position: QPointF) -> QPointF:
        return (position - self._area().topLeft()) / self._scale()
