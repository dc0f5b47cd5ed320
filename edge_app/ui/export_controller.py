"""Saves the report (PDF), the view (PNG) and the list (CSV)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from edge_app.records.worklist import WorklistItem
from edge_app.report.wording import words, words_of
from edge_app.services.service_container import Services
from edge_app.system.errors import PneumoscopeError
from edge_app.ui.panels.worklist_panel import WorklistPanel
from edge_app.ui.viewer.document import FilmDocument
from edge_app.ui.viewer.viewer_panel import ViewerPanel

if TYPE_CHECKING:
    from edge_app.report.film_report import FilmReport
    from edge_app.services.pdf_export import PdfExport


class ExportController(QObject):
    """Asks for a file name and writes the file."""

    def __init__(
        self,
        services: Services,
        document: FilmDocument,
        viewer: ViewerPanel,
        worklist: WorklistPanel,
        say: Callable[[str], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._services = services
        self._document = document
        self._viewer = viewer
        self._worklist = worklist
        self._say = say
        self._window = window
        self._pdf: PdfExport | None = None

    def show_report(self) -> None:
        """Opens the report dialog."""
        from edge_app.services.pdf_export import PdfExport
        from edge_app.ui.dialogs.report_dialog import ReportDialog

        if self._pdf is None:
            self._pdf = PdfExport(self._services.queue, self)
        session = self._services.session
        selected = tuple(session.item(item_id) for item_id in self._worklist.selected_ids())
        done = [item for item in session.items if item.state == "done"]
        current = session.current if session.current in done else None
        chosen = tuple(item for item in selected if item in done)
        dialog = ReportDialog(current, chosen, tuple(done), self._window)
        dialog.write_requested.connect(lambda items: self._write_report(dialog, items))
        dialog.cancel_requested.connect(self._pdf.cancel)
        self._pdf.progress.connect(dialog.show_progress)
        self._pdf.finished.connect(dialog.show_finished)
        self._pdf.failed.connect(dialog.show_failed)
        dialog.open()

    def save_view(self) -> None:
        """Saves the view as PNG, with the research-use line burnt in."""
        target = self._ask(self.tr("Save view as picture"), "view.png", self.tr("Pictures") + " (*.png)")
        if target is None:
            return
        from edge_app.report.view_image import save_png, with_caption

        lines = [self._document.name]
        analysis = self._document.analysis
        if analysis is not None and analysis.decision is not None:
            decision = analysis.decision
            line = self.tr("{band}: {percent} %, operating point {threshold} %").format(
                band=words(f"band.{decision.band}"),
                percent=round(decision.probability * 100),
                threshold=round(decision.threshold * 100),
            )
            lines += [line, f"{analysis.model.name} {analysis.model.sha256[:12]}"]
        with self._saying_errors():
            save_png(with_caption(self._viewer.grab_image(), lines), target)
            self._say(self.tr("Saved: {path}").format(path=target))

    def save_csv(self) -> None:
        """Saves the results of the list as CSV."""
        target = self._ask(self.tr("Save list as CSV"), "films.csv", "CSV (*.csv)")
        if target is None:
            return
        from edge_app.report.csv_export import write_list

        films = (
            (item.analysis, item.review)
            for item in self._services.session.items
            if item.analysis is not None and item.state == "done"
        )
        with self._saying_errors():
            count = write_list(target, films)
            self._say(self.tr("{count} films were written to the list.").format(count=count))

    def close(self) -> None:
        """Cancels a report that is being written."""
        if self._pdf is not None:
            self._pdf.close()

    @contextmanager
    def _saying_errors(self) -> Iterator[None]:
        try:
            yield
        except PneumoscopeError as error:
            self._say(str(words_of(error.reason)))

    def _write_report(self, dialog: QWidget, items: tuple[WorklistItem, ...]) -> None:
        name = f"{items[0].path.stem}.pdf" if len(items) == 1 else "films.pdf"
        target = self._ask(self.tr("Save report"), name, "PDF (*.pdf)", dialog)
        if target is not None and self._pdf is not None:
            self._pdf.start(target, [(item.path, partial(self._report, item)) for item in items])

    def _report(self, item: WorklistItem) -> FilmReport:
        analysis = item.analysis
        if analysis is None:
            raise ValueError("A report needs a finished analysis.")
        from edge_app.report.film_report import FilmReport

        model = self._services.queue.model
        if model is not None and model.model.sha256 != analysis.model.sha256:
            model = None
        shown = self._document.film is not None and self._document.film.sha256 == analysis.sha256
        heat = self._document.heat
        return FilmReport(
            name=item.name,
            analysis=analysis,
            made_at=datetime.now().astimezone(),
            film=self._services.session.film(item.item_id),
            model=model,
            review=self._services.session.item(item.item_id).review,
            window=self._document.view.window if shown and self._document.view else None,
            colours=heat.colour_map,
            opacity=heat.opacity,
        )

    def _ask(self, title: str, name: str, pattern: str, parent: QWidget | None = None) -> Path | None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        chosen, _ = QFileDialog.getSaveFileName(parent or self._window, title, str(Path(folder) / name), pattern)
        if not chosen:
            return None
        target = Path(chosen)
        return target if target.suffix else target.with_suffix(Path(name).suffix)
