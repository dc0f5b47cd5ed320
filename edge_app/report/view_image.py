"""Saves an image of the view with the research-use line as part of the pixels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from edge_app.report.flow import make_font, printable
from edge_app.report.wording import words
from edge_app.system.errors import PneumoscopeError
from edge_app.system.files import replace_file

_GROUND = QColor("#0b0d10")
_TEXT = QColor("#f2f4f7")


def with_caption(view: QImage, lines: Sequence[str] = ()) -> QImage:
    """Adds lines of text below an image; the last is always the research-use line.

    Args:
        view: Image of the view.
        lines: Plain text, each elided to one line.

    Returns:
        An image of the same width.
    """
    image = view.convertToFormat(QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(1.0)
    height_px = max(18, image.width() // 42)
    texts = [*(printable(line).replace("\n", " ") for line in lines), words("research_use")]
    canvas = QImage(image.width(), image.height() + height_px * len(texts) + 8, QImage.Format.Format_RGB32)
    canvas.fill(_GROUND)
    painter = QPainter(canvas)
    painter.drawImage(0, 0, image)
    font = make_font(10)
    font.setPixelSize(int(height_px * 0.7))
    painter.setFont(font)
    painter.setPen(_TEXT)
    for index, text in enumerate(texts):
        box = QRectF(8, image.height() + 4 + index * height_px, image.width() - 16, height_px)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
    painter.end()
    return canvas


def save_png(image: QImage, path: Path) -> None:
    """Writes a PNG; replaces the file only when it is complete.

    Raises:
        PneumoscopeError: The image is empty, or the file could not be written.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise PneumoscopeError("picture.none")
    with replace_file(path) as stream:
        stream.write(buffer.data().data())
