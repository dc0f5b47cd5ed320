"""Shows the current row of the session. A result is shown only beside the film it was computed from."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QPlainTextEdit

from edge_app.records.worklist import Review, WorklistItem
from edge_app.report.wording import words_of
from edge_app.services.session import Session
from edge_app.system.messages import Message
from edge_app.ui.panels.result_panel import ResultPanel
from edge_app.ui.panels.worklist_panel import WorklistPanel
from edge_app.ui.viewer.document import FilmDocument
from edge_app.ui.viewer.viewer_panel import ViewerPanel

_LOG = logging.getLogger(__name__)


class FilmController(QObject):
    """Updates viewer and result panel when the session changes."""

    def __init__(
        self,
        session: Session,
        document: FilmDocument,
        viewer: ViewerPanel,
        result: ResultPanel,
        worklist: WorklistPanel,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._document = document
        self._viewer = viewer
        self._result = result
        self._worklist = worklist
        session.current_changed.connect(self._on_current)
        session.item_changed.connect(self._on_item)
        session.film_ready.connect(self._on_film)
        session.film_failed.connect(self._on_film_failed)
        result.reviewed.connect(self._on_review)
        result.retry_requested.connect(self.analyse_again)

    @Slot()
    def analyse_again(self) -> None:
        if self._session.current_id is not None:
            self._session.reanalyse([self._session.current_id])

    @Slot(object)
    def _on_current(self, item_id: int | None) -> None:
        # An unfinished comment belongs to the previous row.
        self._result.commit_review()
        item = self._session.current
        self._document.show_film(None)
        self._result.show_item(item)
        self._show_reading(item)

    def _show_reading(self, item: WorklistItem | None) -> None:
        self._viewer.show_message(self.tr("Reading {name} ...").format(name=item.name) if item else "")

    @Slot(int)
    def _on_item(self, item_id: int) -> None:
        if item_id != self._session.current_id:
            return
        item = self._session.item(item_id)
        self._result.show_item(item)
        analysis = item.analysis if item.state == "done" else None
        if self._document.film is None:
            return
        if not self._document.show_analysis(analysis):
            # The file changed after it was shown: do not show the old image beside the new result.
            self._document.show_film(None)
            self._show_reading(item)

    @Slot(int)
    def _on_film(self, item_id: int) -> None:
        if item_id != self._session.current_id:
            return
        item, film = self._session.item(item_id), self._session.film(item_id)
        if film is None or item.analysis is None or film.sha256 != item.analysis.sha256:
            return
        if self._document.film is not film:
            self._document.show_film(film, item.name)
        self._document.show_analysis(item.analysis if item.state == "done" else None)
        focus = QApplication.focusWidget()
        writing = isinstance(focus, QPlainTextEdit) or (isinstance(focus, QLineEdit) and focus.text())
        if not writing and not isinstance(focus, QAbstractItemView):
            self._viewer.view.setFocus()
        neighbour = self._worklist.neighbour_id()
        if neighbour is not None:
            self._session.prefetch(neighbour)

    @Slot(int, object)
    def _on_film_failed(self, item_id: int, reason: Message) -> None:
        if item_id == self._session.current_id:
            self._document.show_film(None)
            self._viewer.show_message("\n".join(text for text in words_of(reason) if text), failed=True)

    @Slot(object)
    def _on_review(self, review: Review) -> None:
        item_id = self._result.item_id
        if item_id is None:
            return
        try:
            self._session.review(item_id, review)
        except KeyError:
            _LOG.debug("The review is for a row that was just removed")
