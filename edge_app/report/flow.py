"""Text that flows over pages, with a footer on each. Everything is drawn plain: no markup is ever read."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPdfWriter, QTextLayout, QTextLine, QTextOption

INK = QColor("#1b1f24")
FAINT = QColor("#5b6470")
RULE = QColor("#c4cad2")


class Flow:
    """A cursor that goes down the pages of a PDF. Lengths are millimetres from the corner inside the margins."""

    def __init__(self, writer: QPdfWriter, painter: QPainter) -> None:
        """Makes a cursor before the first page; `new_page` begins it.

        Args:
            writer: The PDF.
            painter: Active on it.
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
        """Millimetres in dots of the device."""
        return mm * self._dots_per_mm

    def rect(self, x_mm: float, y_mm: float, width_mm: float, height_mm: float) -> QRectF:
        """A rectangle in dots."""
        return QRectF(self.dots(x_mm), self.dots(y_mm), self.dots(width_mm), self.dots(height_mm))

    def new_page(self) -> None:
        """Goes to the top of the next page, and draws `footer` at its end."""
        if self.page:
            self._writer.newPage()
        self.page += 1
        self.y_mm = 0.0
        self._draw_footer()

    def need(self, height_mm: float) -> None:
        """Goes to the next page unless so much is left on this one."""
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
        """Draws a paragraph, broken into lines, and over the page's end where it must.

        Args:
            text: Plain; line feeds are kept, other control characters are not.
            size_pt: Of the font.
            bold: Whether it is bold.
            colour: Of the ink.
            x_mm: Left edge.
            width_mm: None for up to the right edge.
            advance: Whether the cursor moves below it; it must when the page can end.

        Returns:
            Its height on the last page, mm.
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
    """The report's font: the application's family at a size of its own."""
    font = QFont()
    font.setPointSizeF(size_pt)
    font.setBold(bold)
    return font


def printable(text: str) -> str:
    """Text without control characters and direction overrides, line feeds excepted."""
    return "".join(c if c == "\n" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
