"""Lays out plain text over the pages of a PDF, with a footer on each page."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPdfWriter, QTextLayout, QTextLine, QTextOption

INK = QColor("#1b1f24")
FAINT = QColor("#5b6470")
RULE = QColor("#c4cad2")


class Flow:
    """A cursor on the pages of a PDF. Positions are millimetres from the top left corner inside the margins."""

    def __init__(self, writer: QPdfWriter, painter: QPainter) -> None:
        """Makes a cursor before the first page; `new_page` starts the page.

        Args:
            writer: The PDF.
            painter: An active painter on `writer`.
        """
        self.painter = painter
        self._writer = writer
        self._dots_per_mm = writer.resolution() / 25.4
        area = writer.pageLayout().paintRectPixels(writer.resolution())
        self.width_mm = area.width() / self._dots_per_mm
        self._footer_mm = 8.0
        self.height_mm = area.height() / self._dots_per_mm - self._footer_mm
        self.y_mm = 0.0
        self.page = 0
        self.footer = ""

    def dots(self, mm: float) -> float:
        """Converts millimetres to device dots."""
        return mm * self._dots_per_mm

    def rect(self, x_mm: float, y_mm: float, width_mm: float, height_mm: float) -> QRectF:
        """Returns a rectangle in device dots."""
        return QRectF(self.dots(x_mm), self.dots(y_mm), self.dots(width_mm), self.dots(height_mm))

    def new_page(self) -> None:
        """Starts the next page and draws `footer` on it."""
        if self.page:
            self._writer.newPage()
        self.page += 1
        self.y_mm = 0.0
        self._draw_footer()

    def need(self, height_mm: float) -> None:
        """Starts the next page unless this one has `height_mm` left."""
        if self.y_mm + height_mm > self.height_mm and self.y_mm > 0:
            self.new_page()

    def space(self, height_mm: float) -> None:
        """Leaves a gap."""
        self.y_mm += height_mm

    def rule(self) -> None:
        """Draws a line across the page."""
        self.space(1.5)
        self.painter.fillRect(self.rect(0, self.y_mm, self.width_mm, 0.2), RULE)
        self.space(2.5)

    def text(
        self,
        text: str,
        *,
        size_pt: float = 9.5,
        bold: bool = False,
        colour: QColor = INK,
        x_mm: float = 0.0,
        width_mm: float | None = None,
        advance: bool = True,
    ) -> float:
        """Draws text, broken into lines; it continues on the next page if `advance` is set.

        Args:
            text: Plain text; keeps line feeds and replaces other control characters.
            size_pt: Size of the font.
            bold: Whether the font is bold.
            colour: Colour of the text.
            x_mm: Left edge.
            width_mm: Width; None for the rest of the line.
            advance: Whether the cursor moves below the text.

        Returns:
            Height of the text on the last page, mm.
        """
        font = make_font(size_pt, bold)
        width = self.dots(width_mm if width_mm is not None else self.width_mm - x_mm)
        line_mm = QFontMetricsF(font, self._writer).lineSpacing() / self._dots_per_mm
        y_mm = self.y_mm
        self.painter.setPen(colour)
        for paragraph in printable(text).split("\n"):
            layout = QTextLayout(paragraph, font, self._writer)
            layout.setTextOption(_WRAP)
            layout.beginLayout()
            lines: list[QTextLine | None] = []
            while (line := layout.createLine()).isValid():
                line.setLineWidth(width)
                line.setPosition(QPointF(0, 0))
                lines.append(line)
            layout.endLayout()
            for drawn in lines or _NO_LINE:
                if advance and y_mm + line_mm > self.height_mm:
                    self.new_page()
                    self.painter.setPen(colour)
                    y_mm = self.y_mm
                if drawn is not None:
                    drawn.draw(self.painter, QPointF(self.dots(x_mm), self.dots(y_mm)))
                y_mm += line_mm
        height_mm = y_mm - self.y_mm
        if advance:
            self.y_mm = y_mm
        return height_mm

    def _elided(self, text: str) -> str:
        metrics = QFontMetricsF(self.painter.font(), self._writer)
        return metrics.elidedText(printable(text), Qt.TextElideMode.ElideRight, self.dots(self.width_mm - 12))

    def _draw_footer(self) -> None:
        painter = self.painter
        painter.setFont(make_font(8))
        painter.setPen(FAINT)
        box = self.rect(0, self.height_mm + self._footer_mm - 5, self.width_mm, 5)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, self._elided(self.footer))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, str(self.page))


_NO_LINE: tuple[QTextLine | None, ...] = (None,)
_WRAP = QTextOption()
_WRAP.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)


def make_font(size_pt: float, bold: bool = False) -> QFont:
    """Returns the font family of the application at a size for print."""
    font = QFont()
    font.setPointSizeF(size_pt)
    font.setBold(bold)
    return font


def printable(text: str) -> str:
    """Replaces control characters and direction overrides, but keeps line feeds."""
    return "".join(c if c == "\n" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
