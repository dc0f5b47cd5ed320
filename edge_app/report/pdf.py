"""Draws reports into a PDF: one page for each film, more for a long comment."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QDateTime, QFile, QIODevice, QLocale, QMarginsF, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter, QPolygonF

from edge_app import __version__
from edge_app.bundle.manifest import Estimate
from edge_app.report.film_report import FilmReport, render_images
from edge_app.report.flow import FAINT, INK, RULE, Flow, make_font
from edge_app.report.wording import decimal, details, heading_without_score, point_words, words, words_of
from edge_app.system.errors import PneumoscopeError
from edge_app.system.messages import Message

_DOTS_PER_INCH = 300
_MARGIN_MM = 15.0
_GAP_MM = 6.0
_IMAGE_HEIGHT_MM = 92.0
_BAND = QColor("#8d98a5")
_MARKS = {"positive": "▲", "uncertain": "◆", "negative": "●"}
"""A shape for each band, readable without colours."""


class PdfReport:
    """Writes a PDF, film by film. Use it in one thread, which may be another than the GUI thread."""

    def __init__(self, path: Path) -> None:
        """Starts the PDF.

        Args:
            path: Path of the file, which is overwritten. Give a temporary name and rename the file after `finish`.

        Raises:
            PneumoscopeError: The file cannot be written.
        """
        # Qt's writer tells nobody that the disk is full; its file does.
        self._file = QFile(str(path))
        if not self._file.open(QIODevice.OpenModeFlag.WriteOnly):
            raise PneumoscopeError("pdf.not_begun")
        self._writer = QPdfWriter(self._file)
        self._writer.setResolution(_DOTS_PER_INCH)
        self._writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
        self._writer.setPageMargins(margins, QPageLayout.Unit.Millimeter)
        self._writer.setTitle(QCoreApplication.translate("Report", "Pneumoscope report"))
        self._writer.setCreator(f"Pneumoscope {__version__}")
        self._painter = QPainter()
        if not self._painter.begin(self._writer):
            raise PneumoscopeError("pdf.not_begun")
        self._flow = Flow(self._writer, self._painter)

    @property
    def pages(self) -> int:
        """Number of pages written."""
        return self._flow.page

    def add(self, report: FilmReport) -> None:
        """Draws the report of a film on a new page."""
        # Each page names its film, in case the pages are separated.
        self._flow.footer = f"{words('research_use')}   {report.name}   {report.analysis.sha256[:16]}"
        self._flow.new_page()
        _draw_head(self._flow, report)
        _draw_images(self._flow, report)
        _draw_result(self._flow, report)
        _draw_flags(self._flow, report)
        _draw_model(self._flow, report)
        _draw_reader(self._flow, report)

    def finish(self) -> None:
        """Completes the file.

        Raises:
            PneumoscopeError: The file could not be written.
            OSError: The disk took not all of it.
        """
        ended, flushed = self._painter.end(), self._file.flush()
        self._file.close()
        if self._file.error() != QFile.FileError.NoError or not flushed:
            raise OSError(errno.EIO, self._file.errorString())
        if not ended:
            raise PneumoscopeError("pdf.not_written")

    def abandon(self) -> None:
        """Ends the PDF without the promise of a complete file."""
        self._painter.end()
        self._file.close()


def _draw_head(flow: Flow, report: FilmReport) -> None:
    flow.text(QCoreApplication.translate("Report", "Chest X-ray: result of a model"), size_pt=15, bold=True)
    made = QLocale().toString(
        QDateTime.fromSecsSinceEpoch(int(report.made_at.timestamp())), QLocale.FormatType.ShortFormat
    )
    flow.text(f"{report.name}   {made}", size_pt=10, colour=FAINT)
    flow.rule()


def _draw_images(flow: Flow, report: FilmReport) -> None:
    shown = render_images(report)
    if shown is None:
        note = report.film_note or Message("report.no_film")
        flow.text(words_of(note).text, colour=FAINT)
        flow.space(3)
        return
    width_mm = (flow.width_mm - _GAP_MM) / 2
    top = flow.y_mm
    used = _draw_image(flow, shown.film, 0.0, top, width_mm)
    if shown.overlay is not None:
        used = max(used, _draw_image(flow, shown.overlay, width_mm + _GAP_MM, top, width_mm))
    flow.y_mm = top + used + 1
    left = QCoreApplication.translate("Report", "The film as displayed; the model read the file itself")
    caption = words("heat_map.caption" if shown.any_evidence else "heat_map.empty")
    right = caption if shown.overlay is not None else ""
    left_mm = flow.text(left, size_pt=8, colour=FAINT, width_mm=width_mm, advance=False)
    right_mm = flow.text(right, size_pt=8, colour=FAINT, x_mm=width_mm + _GAP_MM, width_mm=width_mm, advance=False)
    flow.space(max(left_mm, right_mm) + 3)


def _draw_image(flow: Flow, pixels: NDArray[np.uint8], x_mm: float, y_mm: float, width_mm: float) -> float:
    """Draws `(rows, columns)` grey or `(rows, columns, 3)` RGB uint8; returns its height, mm."""
    rows, columns = pixels.shape[:2]
    height_mm = width_mm * rows / columns
    if height_mm > _IMAGE_HEIGHT_MM:
        width_mm, height_mm = _IMAGE_HEIGHT_MM * columns / rows, _IMAGE_HEIGHT_MM
    flow.painter.drawImage(flow.rect(x_mm, y_mm, width_mm, height_mm), to_image(pixels))
    return height_mm


def _draw_result(flow: Flow, report: FilmReport) -> None:
    decision = report.analysis.decision
    if decision is None:
        flow.text(f"■ {words(heading_without_score(report.analysis))}", size_pt=13, bold=True)
        if report.analysis.reason is not None:
            flow.text(str(words_of(report.analysis.reason)))
        flow.space(2)
        return
    if report.analysis.is_outside_population:
        _draw_warning(flow)
    flow.text(f"{_MARKS[decision.band]} {words(f'band.{decision.band}')}", size_pt=13, bold=True)
    probability = QCoreApplication.translate("Report", "Probability of pneumonia: {0}").format(
        decimal(decision.probability, 2)
    )
    flow.text(probability, size_pt=11)
    _draw_scale(flow, report)
    point = report.operating_point
    if point is None:
        threshold = QCoreApplication.translate("Report", "Threshold: {0}").format(decimal(decision.threshold, 3))
        flow.text(threshold)
    else:
        flow.text(
            QCoreApplication.translate("Report", "Operating point: {0}, threshold {1} ({2})").format(
                point_words(point.name), decimal(point.threshold, 3), point.rule
            )
        )
        flow.text(
            QCoreApplication.translate(
                "Report", "Expected there: sensitivity {0}, specificity {1}, measured on {2}"
            ).format(_estimate(point.sensitivity), _estimate(point.specificity), point.measured_on)
        )
    flow.space(2)


def _draw_warning(flow: Flow) -> None:
    """Draws a dark bar above the score: a warning below the number would be read too late."""
    flow.need(12)
    flow.painter.fillRect(flow.rect(0, flow.y_mm, flow.width_mm, 8), INK)
    flow.space(1.4)
    flow.text(f"! {words('outside.loud')}", size_pt=11, bold=True, colour=QColor("#ffffff"), x_mm=3)
    flow.y_mm += 2.6


def _draw_scale(flow: Flow, report: FilmReport) -> None:
    """Draws a scale from 0 to 1 with the uncertain band, the threshold and the probability."""
    decision = report.analysis.decision
    if decision is None:
        return
    painter, width_mm = flow.painter, 110.0
    flow.need(13)
    y_mm = flow.y_mm + 5
    painter.fillRect(flow.rect(0, y_mm, width_mm, 1.2), RULE)
    if (band := report.uncertain_band) is not None:
        low, high = band
        painter.fillRect(flow.rect(low * width_mm, y_mm, (high - low) * width_mm, 1.2), _BAND)
    painter.fillRect(flow.rect(decision.threshold * width_mm - 0.2, y_mm - 1.6, 0.4, 4.4), INK)
    x, y = flow.dots(decision.probability * width_mm), flow.dots(y_mm - 0.6)
    tip = flow.dots(1.6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(INK)
    painter.drawPolygon(QPolygonF([QPointF(x, y), QPointF(x - tip, y - 2 * tip), QPointF(x + tip, y - 2 * tip)]))
    painter.setPen(FAINT)
    painter.setFont(make_font(8))
    below = flow.rect(0, y_mm + 2.2, width_mm, 4)
    painter.drawText(below, Qt.AlignmentFlag.AlignLeft, "0")
    painter.drawText(below, Qt.AlignmentFlag.AlignRight, "1")
    # Keep the word clear of the ends of the scale.
    centre_mm = min(width_mm - 14, max(14.0, decision.threshold * width_mm))
    at = flow.rect(centre_mm - 20, y_mm + 2.8, 40, 4)
    painter.drawText(at, Qt.AlignmentFlag.AlignHCenter, QCoreApplication.translate("Report", "threshold"))
    flow.y_mm = y_mm + 8


def _draw_flags(flow: Flow, report: FilmReport) -> None:
    notices = report.analysis.quality
    if notices:
        flow.text(words("heading.warnings"), bold=True)
        for notice in notices:
            flow.text(f"! {words_of(notice).text}")
        flow.space(2)


def _draw_model(flow: Flow, report: FilmReport) -> None:
    lines = [
        *details(report.record),
        (QCoreApplication.translate("Report", "Bundle, SHA-256"), report.model.manifest_sha256 if report.model else ""),
        (QCoreApplication.translate("Report", "Heat map"), _heat_map(report)),
        (QCoreApplication.translate("Report", "Intended use"), _intended_use(report)),
    ]
    for label, value in lines:
        if value:
            flow.need(5)
            flow.text(label, size_pt=8, colour=FAINT, width_mm=38, advance=False)
            flow.text(value, size_pt=8, x_mm=40)
    flow.rule()


def _heat_map(report: FilmReport) -> str:
    if report.film is None or report.analysis.decision is None:
        return ""
    return QCoreApplication.translate("Report", "{0}, opacity {1} %, on the model's fixed scale").format(
        report.colours, decimal(report.opacity * 100, 0)
    )


def _intended_use(report: FilmReport) -> str:
    if report.model is None:
        return ""
    use = report.model.manifest.intended_use
    return " ".join((use.statement, *use.limits))


def _draw_reader(flow: Flow, report: FilmReport) -> None:
    verdicts = {
        "agree": QCoreApplication.translate("Report", "The reader agrees"),
        "disagree": QCoreApplication.translate("Report", "The reader disagrees"),
        None: QCoreApplication.translate("Report", "The reader has given no verdict"),
    }
    flow.need(10)
    flow.text(verdicts[report.review.verdict], bold=True)
    if report.review.comment:
        flow.text(report.review.comment)


def to_image(pixels: NDArray[np.uint8]) -> QImage:
    """Makes an image with its own copy of the pixels.

    Args:
        pixels: `(rows, columns)` grey or `(rows, columns, 3)` RGB, uint8.
    """
    rows, columns = pixels.shape[:2]
    grey = pixels.ndim == 2
    form = QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB888
    contiguous = np.ascontiguousarray(pixels)
    return QImage(contiguous.data, columns, rows, contiguous.strides[0], form).copy()


def _estimate(estimate: Estimate) -> str:
    return f"{decimal(estimate.value, 2)} ({decimal(estimate.low, 2)}–{decimal(estimate.high, 2)})"
