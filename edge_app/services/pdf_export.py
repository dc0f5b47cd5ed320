"""Writes the PDF of several films in a thread, one film at a time."""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from edge_app.process.jobs import FilmResult, Priority
from edge_app.report.film_report import FilmReport
from edge_app.report.pdf import PdfReport
from edge_app.services.analysis_queue import AnalysisQueue
from edge_app.system.errors import PneumoscopeError
from edge_app.system.files import partial_file
from edge_app.system.messages import Message

_LOG = logging.getLogger(__name__)


class PdfExport(QObject):
    """Writes one PDF.

    Signals:
        progress(int, int): Finished and total films.
        finished(Path): The complete PDF is on the disk.
        failed(Message): Reason why the PDF could not be written.
    """

    progress = Signal(int, int)
    finished = Signal(object)
    failed = Signal(object)

    def __init__(self, films: AnalysisQueue, parent: QObject | None = None) -> None:
        """Creates an idle export.

        Args:
            films: Queue that reads films that are not in memory.
            parent: Owner.
        """
        super().__init__(parent)
        self._films = films
        self._reports: list[tuple[Path, Callable[[], FilmReport]]] = []
        self._next = 0
        self._reading: int | None = None
        self._pending: FilmReport | None = None
        self._thread: _PdfThread | None = None
        films.film_read.connect(self._on_film_read)

    @property
    def is_busy(self) -> bool:
        """Whether a PDF is in progress."""
        return self._thread is not None

    def start(self, target: Path, reports: Sequence[tuple[Path, Callable[[], FilmReport]]]) -> None:
        """Starts a PDF; cancels the current one.

        Args:
            target: The PDF; an existing file is replaced when the new one is complete.
            reports: File of each film, and a function that creates its report. A report without a film gets the film
                from the file, if the file still has the hash of the analysis.
        """
        self.cancel()
        self._reports = list(reports)
        self._next = 0
        thread = _PdfThread(target)
        queued = Qt.ConnectionType.QueuedConnection
        thread.drawn.connect(self._on_drawn, queued)
        thread.done.connect(self._on_done, queued)
        thread.failed.connect(self._on_failed, queued)
        self._thread = thread
        thread.start()
        self._send_next()

    def cancel(self) -> None:
        """Cancels the PDF without leaving a file, and waits for the thread."""
        self._end(None)

    close = cancel

    def _send_next(self) -> None:
        if self._thread is None:
            return
        if self._next == len(self._reports):
            self._thread.tasks.put("finish")
            return
        path, make = self._reports[self._next]
        self._next += 1
        report = make()
        if report.film is None and report.analysis.sha256 and not report.film_note:
            self._pending = report
            self._reading = self._films.read_film(path, report.analysis.sha256, priority=Priority.NEXT)
        else:
            self._thread.tasks.put(report)

    @Slot(object)
    def _on_film_read(self, result: FilmResult) -> None:
        if result.job_id != self._reading or self._pending is None or self._thread is None:
            return
        report, self._pending, self._reading = self._pending, None, None
        self._thread.tasks.put(replace(report, film=result.film, film_note=result.reason))

    @Slot(int)
    def _on_drawn(self, count: int) -> None:
        if self._thread is not None and self.sender() is self._thread:
            self.progress.emit(count, len(self._reports))
            self._send_next()

    @Slot(object)
    def _on_done(self, target: Path) -> None:
        if self._thread is not None and self.sender() is self._thread:
            self._end("finish")
            self.finished.emit(target)

    @Slot(object)
    def _on_failed(self, message: Message) -> None:
        if self._thread is not None and self.sender() is self._thread:
            self._end(None)
            self.failed.emit(message)

    def _end(self, last: str | None) -> None:
        thread, self._thread = self._thread, None
        if self._reading is not None:
            self._films.cancel(self._reading)
        self._pending = self._reading = None
        if thread is not None:
            if last is None:
                thread.tasks.put(None)
            thread.wait()
            thread.deleteLater()


class _PdfThread(QThread):
    drawn = Signal(int)
    done = Signal(object)
    failed = Signal(object)

    def __init__(self, target: Path) -> None:
        super().__init__()
        self.setObjectName("pdf")
        self.tasks: queue.SimpleQueue[FilmReport | str | None] = queue.SimpleQueue()
        self._target = target

    def run(self) -> None:
        """Draws reports; "finish" completes the file, None cancels it."""
        try:
            with partial_file(self._target) as partial:
                self._draw(PdfReport(partial))
        except _CancelledError:
            return
        except PneumoscopeError as error:
            _LOG.warning("A PDF could not be written: %s", error.detail)
            self.failed.emit(error.reason)
        except Exception as error:
            # An exception in a thread would be lost, and the user waits for an answer.
            _LOG.exception("A PDF could not be drawn: %s", type(error).__name__)
            self.failed.emit(Message("pdf.internal"))
        else:
            self.done.emit(self._target)

    def _draw(self, pdf: PdfReport) -> None:
        count = 0
        try:
            while isinstance(task := self.tasks.get(), FilmReport):
                pdf.add(task)
                count += 1
                self.drawn.emit(count)
        except BaseException:
            pdf.abandon()
            raise
        if task is None:
            pdf.abandon()
            raise _CancelledError
        pdf.finish()


class _CancelledError(Exception):
    """The PDF was cancelled."""
