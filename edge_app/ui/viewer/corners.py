"""Texts in the corners of the view: the film, its display settings, and the pixel under the pointer."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from edge_app.report.wording import words
from edge_app.ui.theme import theme
from edge_app.ui.theme.tokens import FILM_MUTED, FILM_TEXT
from edge_app.ui.viewer.document import FilmDocument

_MARGIN_PX = 10.0
_SHADOW = QColor(0, 0, 0, 220)


@dataclass(frozen=True, slots=True)
class CornerTexts:
    """The lines of each corner, from top to bottom, and the caption of the heat map."""

    top_left: tuple[str, ...] = ()
    top_right: tuple[str, ...] = ()
    bottom_left: tuple[str, ...] = ()
    bottom_right: tuple[str, ...] = ()
    caption: str = ""


def corner_texts(document: FilmDocument, zoom: float, probe: tuple[int, int] | None, *, with_heat: bool) -> CornerTexts:
    """Writes the texts.

    Args:
        document: The film and its display settings.
        zoom: Screen pixels per film pixel.
        probe: `(column, row)` of the pixel under the pointer; None outside the film.
        with_heat: Whether this view may show the heat map.
    """
    film, view = document.film, document.view
    if film is None or view is None:
        return CornerTexts()
    depth = 8 if film.white == 255 else 16
    size = QCoreApplication.translate("Corners", "{columns} × {rows}, {depth} bit").format(
        columns=film.columns, rows=film.rows, depth=depth
    )
    changed = []
    if view.orientation.mirrored:
        changed.append(QCoreApplication.translate("Corners", "MIRRORED"))
    if view.orientation.quarter_turns:
        changed.append(
            QCoreApplication.translate("Corners", "turned {degrees} degrees").format(
                degrees=view.orientation.quarter_turns * 90
            )
        )
    if view.inverted:
        changed.append(QCoreApplication.translate("Corners", "inverted"))
    if document.is_view_changed():
        changed.append(QCoreApplication.translate("Corners", "display only:"))
        changed.append(QCoreApplication.translate("Corners", "the model's input is unchanged"))
    window = QCoreApplication.translate("Corners", "W {width}  C {centre}").format(
        width=round(view.window.width), centre=round(view.window.centre)
    )
    pixel: tuple[str, ...] = ()
    if probe is not None:
        column, row = probe
        text = QCoreApplication.translate("Corners", "x {column}  y {row}  value {value}")
        pixel = (text.format(column=column, row=row, value=int(film.pixels[row, column])),)
    return CornerTexts(
        top_left=(document.name, size),
        top_right=tuple(changed),
        bottom_left=(window, QCoreApplication.translate("Corners", "{percent} %").format(percent=round(zoom * 100))),
        bottom_right=pixel,
        caption=heat_caption(document) if with_heat else "",
    )


def heat_caption(document: FilmDocument) -> str:
    """Explains the heat map on the screen; empty if there is none."""
    if document.analysis is None or document.analysis.evidence is None or not document.heat.visible:
        return ""
    if not document.has_evidence():
        return words("heat_map.empty")
    if document.peeking:
        return QCoreApplication.translate("Corners", "Bare film while the key is held")
    caption = words("heat_map.caption")
    if document.keras is None:
        return caption
    agreement = document.keras.correlation
    shown = "-" if agreement is None else f"{agreement:.2f}"
    own = QCoreApplication.translate("Corners", "Keras Grad-CAM, correlation with the fast map {value}")
    return f"{caption} ({own.format(value=shown)})"


def paint_corners(painter: QPainter, area: QRectF, corners: CornerTexts) -> None:
    """Paints the texts with a dark shadow, so that they are readable on black and on white.

    Args:
        painter: Painter in view pixels.
        area: Area of the view.
        corners: The texts.
    """
    font = QFont(painter.font())
    font.setPixelSize(theme().metrics.small)
    if hasattr(QFont.Tag, "fromString"):  # PySide6 6.8 cannot name a feature
        # Digits of equal width: the numbers keep their place while they change.
        font.setFeature(QFont.Tag.fromString("tnum"), 1)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    step = metrics.height() + 1
    inner = area.adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
    half = inner.width() / 2 - _MARGIN_PX
    taken = max((metrics.horizontalAdvance(text) for text in corners.bottom_left), default=0.0) + _MARGIN_PX
    for lines, right, room in ((corners.top_left, False, half), (corners.top_right, True, half)):
        for index, text in enumerate(lines):
            _line(painter, inner, inner.top() + index * step, text, room, index > 0, right=right)
    bottom = inner.bottom() - metrics.height()
    for lines, right, room in ((corners.bottom_left, False, half), (corners.bottom_right, True, inner.width() - taken)):
        for index, text in enumerate(reversed(lines)):
            _line(painter, inner, bottom - index * step, text, room, False, right=right)
    if corners.caption:
        width = min(metrics.horizontalAdvance(corners.caption) + 20, inner.width())
        wrap = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        height = metrics.boundingRect(QRectF(0, 0, width - 16, 1000), wrap, corners.caption).height() + 6
        box = QRectF(inner.center().x() - width / 2, inner.bottom() - height + 3, width, height)
        if box.left() < inner.left() + taken:  # a narrow view: move the caption beside the numbers, or above them
            box.moveLeft(inner.left() + taken)
            if box.right() > inner.right():
                box.moveLeft(inner.center().x() - width / 2)
                box.moveBottom(inner.bottom() - len(corners.bottom_left) * step - 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 170))
        painter.drawRoundedRect(box, 5, 5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(FILM_TEXT))
        painter.drawText(box.adjusted(8, 0, -8, 0), wrap, corners.caption)


def _line(painter: QPainter, area: QRectF, y: float, text: str, room: float, muted: bool, *, right: bool) -> None:
    metrics = QFontMetricsF(painter.font())
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room)
    left = area.right() - metrics.horizontalAdvance(shown) if right else area.left()
    baseline = QPointF(left, y + metrics.ascent())
    painter.setPen(_SHADOW)
    for offset in (QPointF(1, 1), QPointF(-1, 1), QPointF(0, -1)):
        painter.drawText(baseline + offset, shown)
    painter.setPen(QColor(FILM_MUTED if muted else FILM_TEXT))
    painter.drawText(baseline, shown)
