"""What was analysed before: search, reopen, delete."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMessageBox,
    QScroller,
    QTableView,
    QWidget,
)

from edge_app.analysis.record import Record
from edge_app.records.history_records import HistoryEntry, HistoryPage, HistoryQuery
from edge_app.records.worklist import Outcome
from edge_app.report.wording import words_of
from edge_app.services.history import History
from edge_app.system.messages import Message
from edge_app.ui.dialogs.base import Dialog
from edge_app.ui.messages import BAND_ICONS, outcome_words
from edge_app.ui.plain_label import label
from edge_app.ui.theme import theme

_PAGE = 200
_SEARCH_DELAY_MS = 200
_Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractTableModel):
    """The records that were found."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.records: tuple[HistoryEntry, ...] = ()

    def show_records(self, records: tuple[HistoryEntry, ...]) -> None:
        """Shows other records."""
        self.beginResetModel()
        self.records = records
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's default
        return 0 if parent.isValid() else len(self.records)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's default
        return 0 if parent.isValid() else 5

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (self.tr("When"), self.tr("Film"), self.tr("Result"), "%", self.tr("Your reading"))[section]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.records[index.row()]
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
            # Day and month in one order for everybody.
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
    """The record in one word."""
    return record.band or ("refused" if record.status == "refused" else "failed")


class HistoryDialog(Dialog):
    """Searches the history.

    Attributes:
        reopen_requested: Path of a film to open again.
    """

    reopen_requested = Signal(object)

    def __init__(self, history: History, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("History"), parent)
        self._history = history
        self._token = 0
        self._search = QLineEdit()
        self._search.setPlaceholderText(self.tr("Search file, comment or hash"))
        self._search.setAccessibleName(self.tr("Search the history"))
        self._search.setClearButtonEnabled(True)
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
        # While someone types, one search a pause is enough.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_SEARCH_DELAY_MS)
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
        """Asks for the newest records that fit."""
        query = HistoryQuery(text=self._search.text().strip(), bands=self._band.currentData(), limit=_PAGE)
        self._token = self._history.find(query)

    def _selected(self) -> list[HistoryEntry]:
        return [self.model.records[index.row()] for index in self.table.selectionModel().selectedRows()]

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
    """Asks before something cannot be undone."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, title, question, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    confirm = box.addButton(yes, QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.exec()
    return box.clickedButton() is confirm


def _table(model: HistoryModel) -> QTableView:
    table = QTableView()
    table.setModel(model)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(theme().metrics.control + 4)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    for column, width in enumerate((135, 190, 125, 45)):
        header.resizeSection(column, width)
    header.setStretchLastSection(True)
    QScroller.grabGesture(table.viewport(), QScroller.ScrollerGestureType.TouchGesture)
    return table
