"""Icons from `assets/icons`, SVG lines in `currentColor`, rendered in the colours of the scheme."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from edge_app.ui.resources import ICONS

_SIDES_PX = (20, 24, 48)


@lru_cache(maxsize=256)
def _svg(name: str) -> str:
    return (ICONS / f"{name}.svg").read_text("utf-8")


@lru_cache(maxsize=512)
def pixmap(name: str, colour: str, side_px: int, ratio: float = 1.0) -> QPixmap:
    """Renders an icon.

    Args:
        name: File name in `assets/icons`, without suffix.
        colour: `#rrggbb`.
        side_px: Side, device-independent pixels.
        ratio: Device pixels per device-independent pixel.
    """
    image = QPixmap(QSize(round(side_px * ratio), round(side_px * ratio)))
    image.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(_svg(name).replace("currentColor", colour).encode()))
    painter = QPainter(image)
    renderer.render(painter, QRectF(image.rect()))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


@lru_cache(maxsize=512)
def icon(name: str, colour: str, disabled: str, checked: str) -> QIcon:
    """Returns an icon in its normal, disabled and checked colours, each `#rrggbb`."""
    made = QIcon()
    for side_px in _SIDES_PX:
        made.addPixmap(pixmap(name, colour, side_px))
        made.addPixmap(pixmap(name, disabled, side_px), QIcon.Mode.Disabled)
        made.addPixmap(pixmap(name, checked, side_px), QIcon.Mode.Normal, QIcon.State.On)
    return made
