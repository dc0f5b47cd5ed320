"""The history of analyses: search, open again, delete."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QMessageBox, QTableView, QWidget

from edge_app.analysis.record import Record
from edge_app.records.history_records import HistoryEntry, HistoryPage, HistoryQuery
from edge_app.records.worklist import Outcome
from edge_app.report.wording import words_of
from edge_app.services.history import History
from edge_app.system.messages import Message
from edge_app.ui.dialogs.base import Dialog
from edge_app.ui.messages import BAND_ICONS, outcome_words
from edge_app.ui.tables import Index, TableModel, set_up_table
from edge_app.ui.theme import theme
from edge_app.ui.widgets import label

_PAGE = 200
_SEARCH_DELAY_MS = 200


class HistoryModel(TableModel):
    """The records that a search found; `rows` holds the `HistoryEntry` objects."""

    def __init__(self, parent: QObject | None = None) -> None:
        headings = (self.tr("When"), self.tr("Film"), self.tr("Result"), "%", self.tr("Your reading"))
        super().__init__(headings, parent)

    def show_records(self, records: tuple[HistoryEntry, ...]) -> None:
        self.beginResetModel()
        self.rows = records
        self.endResetModel()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry: HistoryEntry = self.rows[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(entry, column)
        if role == Qt.ItemDataRole.DecorationRole and column == 2:
            outcome = outcome_of(entry.record)
            colour = getattr(theme().tokens, outcome, theme().tokens.refused)
            return theme().pixmap(BAND_ICONS[outcome], colour, 18)
        if role == Qt.ItemDataRole.ToolTipRole:
            record = entry.record
            texts = (record.path, record.sha256, record.model, record.reason, entry.review.comment)
            return "\n".join(text for text in texts if text)
        return None

    def _text(self, entry: HistoryEntry, column: int) -> str:
        record = entry.record
        if column == 0:
            if entry.saved_at is None:
                return ""
            # ISO 8601: the order of day and month is clear in every country.
            return f"{entry.saved_at.astimezone():%Y-%m-%d %H:%M}"
        if column == 1:
            return entry.file_name or (record.sha256 or "")[:12] or "-"
        if column == 2:
            return outcome_words(outcome_of(record))
        if column == 3:
            return "" if record.probability is None else str(round(record.probability * 100))
        verdicts = {"agree": self.tr("agrees"), "disagree": self.tr("disagrees")}
        words = verdicts.get(entry.review.verdict or "", "")
        comment = entry.review.comment.replace("\n", " ")
        return ": ".join(text for text in (words, comment) if text)


def outcome_of(record: Record) -> Outcome:
    """Returns the outcome of a record."""
    return record.band or ("refused" if record.status == "refused" else "failed")


class HistoryDialog(Dialog):
    """Searches the history, opens films again and deletes records.

    Attributes:
        reopen_requested: Path of the film that the user wants to open.
    """

    reopen_requested = Signal(object)

    def __init__(self, history: History, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("History"), parent)
        self._history = history
        self._token = 0
        self._search = QLineEdit(placeholderText=self.tr("Search file, comment or hash"), clearButtonEnabled=True)
        self._search.setAccessibleName(self.tr("Search the history"))
        self._band = QComboBox()
        self._band.setAccessibleName(self.tr("Show only"))
        self._band.addItem(self.tr("All results"), ())
        for band in ("positive", "uncertain", "negative"):
            self._band.addItem(outcome_words(band).capitalize(), (band,))
        self.model = HistoryModel(self)
        self.table = _table(self.model)
        self.table.setAccessibleName(self.tr("Analyses"))
        self.table.doubleClicked.connect(lambda _: self._reopen())
        self._count = label(role="muted")
        head = QHBoxLayout()
        head.addWidget(self._search, 1)
        head.addWidget(self._band)
        self.body.addLayout(head)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._count)
        self._open = self.add_button(self.tr("Open film"), primary=True)
        self._open.clicked.connect(self._reopen)
        self._delete = self.add_button(self.tr("Delete"))
        self._delete.clicked.connect(self._delete_selected)
        self.add_close()
        # Search once the user pauses, not at every letter.
        self._later = QTimer(self, singleShot=True, interval=_SEARCH_DELAY_MS)
        self._later.timeout.connect(self.search)
        self._search.textChanged.connect(lambda _: self._later.start())
        self._band.currentIndexChanged.connect(lambda _: self.search())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_buttons())
        history.found.connect(self._on_found)
        history.deleted.connect(self._on_deleted)
        history.failed.connect(self._on_failed)
        self._show_buttons()
        self.search()

    def search(self) -> None:
        """Searches for the newest records that match."""
        query = HistoryQuery(text=self._search.text().strip(), bands=self._band.currentData(), limit=_PAGE)
        self._token = self._history.find(query)

    def _selected(self) -> list[HistoryEntry]:
        return [self.model.rows[index.row()] for index in self.table.selectionModel().selectedRows()]

    def _show_buttons(self) -> None:
        chosen = self._selected()
        self._open.setEnabled(len(chosen) == 1 and bool(chosen[0].record.path))
        self._delete.setEnabled(bool(chosen))

    def _reopen(self) -> None:
        chosen = self._selected()
        if len(chosen) == 1 and chosen[0].record.path:
            self.reopen_requested.emit(Path(chosen[0].record.path))
            self.accept()

    def _delete_selected(self) -> None:
        ids = [entry.record_id for entry in self._selected()]
        question = self.tr("Delete {count} records for good? The films themselves are not touched.")
        if ask(self, self.tr("Delete from the history"), question.format(count=len(ids)), self.tr("Delete")):
            self._history.delete(ids)

    def _on_found(self, token: int, page: HistoryPage) -> None:
        if token != self._token:
            return
        self.model.show_records(page.records)
        text = self.tr("{shown} of {total} analyses").format(shown=len(page.records), total=page.total)
        self._count.setText(text)
        self._show_buttons()

    def _on_deleted(self, _token: int, _count: int) -> None:
        self.search()

    def _on_failed(self, token: int, message: Message) -> None:
        if token == self._token:
            self._count.setText(str(words_of(message)))


def ask(parent: QWidget, title: str, question: str, yes: str) -> bool:
    """Asks the user to confirm an action that cannot be undone; `yes` is the text of that button."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, title, question, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    confirm = box.addButton(yes, QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.exec()
    return box.clickedButton() is confirm


def _table(model: HistoryModel) -> QTableView:
    table = QTableView()
    set_up_table(table, model)
    table.verticalHeader().setDefaultSectionSize(theme().metrics.control + 4)
    header = table.horizontalHeader()
    for column, width in enumerate((135, 190, 125, 45)):
        header.resizeSection(column, width)
    header.setStretchLastSection(True)
    return table
