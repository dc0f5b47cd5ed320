"""The films that are open: search, filter, table, progress."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScroller,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from edge_app.records.worklist import WorklistFilter
from edge_app.services.session import Session
from edge_app.ui.actions import Actions
from edge_app.ui.panels.film_delegate import FilmDelegate
from edge_app.ui.panels.worklist_model import FILM, FLAGS, PROBABILITY, RESULT, WorklistModel
from edge_app.ui.plain_label import label
from edge_app.ui.theme import theme


class WorklistPanel(QWidget):
    """Shows the session's rows, and chooses the one that is looked at.

    Attributes:
        remove_requested: Ids of rows to take out of the list.
    """

    remove_requested = Signal(object)

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self.model = WorklistModel(session, self)
        self._search = QLineEdit()
        self._search.setPlaceholderText(self.tr("Search"))
        self._search.setAccessibleName(self.tr("Search the list"))
        self._search.setClearButtonEnabled(True)
        self._filter = QComboBox()
        self._filter.setAccessibleName(self.tr("Show only"))
        for text, shown in self._filters():
            self._filter.addItem(text, shown)
        self.table = _table(self.model)
        self.table.setAccessibleName(self.tr("Films"))
        self._progress_text = label(role="muted")
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.clicked.connect(actions["cancel"].trigger)
        self._running = QWidget()
        self._arrange(self._running)
        self._running.hide()

        self._search.textChanged.connect(self._apply_filter)
        self._filter.currentIndexChanged.connect(self._apply_filter)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.model.modelReset.connect(self.select_current)
        self.model.layoutChanged.connect(self.select_current)
        session.current_changed.connect(self.select_current)
        theme().changed.connect(self._fit)
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(340, 400)

    def minimumSizeHint(self) -> QSize:
        return QSize(260, 160)

    def selected_ids(self) -> list[int]:
        """The rows that are selected, in the order of the table."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [item.item_id for row in rows if (item := self.model.item_at(row)) is not None]

    def step(self, rows: int) -> None:
        """Goes down (`rows` > 0) or up the table."""
        count = self.model.rowCount()
        if count == 0:
            return
        here = self.model.row_of(self._session.current_id)
        row = 0 if here is None else min(count - 1, max(0, here + rows))
        if (item := self.model.item_at(row)) is not None:
            self._session.set_current(item.item_id)

    def neighbour_id(self) -> int | None:
        """The row below the one that is looked at."""
        here = self.model.row_of(self._session.current_id)
        item = None if here is None else self.model.item_at(here + 1)
        return item.item_id if item else None

    def show_progress(self, done: int, total: int) -> None:
        """Shows how far a list is; nothing for a single film."""
        self._running.setVisible(total > 1 and done < total)
        self._progress.setRange(0, max(1, total))
        self._progress.setValue(done)
        self._progress_text.setText(self.tr("{done} of {total}").format(done=done, total=total))

    def select_current(self, *_: object) -> None:
        """Selects the row that is looked at."""
        row = self.model.row_of(self._session.current_id)
        selection = self.table.selectionModel()
        if row is None:
            return
        index = self.model.index(row, FILM)
        if selection.currentIndex().row() != row or not selection.isRowSelected(row, QModelIndex()):
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            selection.setCurrentIndex(index, flags)
        self.table.scrollTo(index)

    def _filters(self) -> list[tuple[str, WorklistFilter]]:
        return [
            (self.tr("All films"), WorklistFilter()),
            (self.tr("Positive"), WorklistFilter(outcomes=frozenset({"positive"}))),
            (self.tr("Uncertain"), WorklistFilter(outcomes=frozenset({"uncertain"}))),
            (self.tr("Negative"), WorklistFilter(outcomes=frozenset({"negative"}))),
            (self.tr("Without a score"), WorklistFilter(outcomes=frozenset({"refused", "failed", "cancelled"}))),
            (self.tr("With flags"), WorklistFilter(flagged_only=True)),
            (self.tr("Not yet read by you"), WorklistFilter(unread_only=True)),
        ]

    def _apply_filter(self) -> None:
        chosen: WorklistFilter = self._filter.currentData()
        self.model.set_filter(
            WorklistFilter(self._search.text(), chosen.outcomes, chosen.flagged_only, chosen.unread_only)
        )

    def _on_row(self, current: QModelIndex, _previous: QModelIndex) -> None:
        item = self.model.item_at(current.row()) if current.isValid() else None
        if item is not None and item.item_id != self._session.current_id:
            self._session.set_current(item.item_id)

    def _arrange(self, running: QWidget) -> None:
        row = QHBoxLayout(running)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._progress, 1)
        row.addWidget(self._progress_text)
        row.addWidget(self._cancel)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._search, 1)
        head.addWidget(self._filter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        top = QWidget()
        top_layout = QVBoxLayout(top)
        top_layout.setContentsMargins(10, 10, 10, 8)
        top_layout.setSpacing(8)
        top_layout.addLayout(head)
        top_layout.addWidget(running)
        layout.addWidget(top)
        layout.addWidget(self.table, 1)

    def _fit(self) -> None:
        self.table.verticalHeader().setDefaultSectionSize(theme().metrics.row)
        metrics = self.table.fontMetrics()
        header = self.table.horizontalHeader()
        header.resizeSection(RESULT, metrics.horizontalAdvance(self.tr("Result")) + 18)
        header.resizeSection(PROBABILITY, metrics.horizontalAdvance("100") + 26)
        header.resizeSection(FLAGS, metrics.horizontalAdvance(self.tr("Flags")) + 18)
        self._filter.setMaximumWidth(metrics.horizontalAdvance("M" * 12))


class _Table(QTableView):
    """A table whose letter keys stay free for the window's shortcuts, and whose Enter goes to the film."""

    def keyboardSearch(self, search: str) -> None:
        """Letters are shortcuts; there is a search field."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().isalpha() and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            event.ignore()
            return
        super().keyPressEvent(event)


def _table(model: WorklistModel) -> QTableView:
    table = _Table()
    table.setModel(model)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    table.setItemDelegateForColumn(FILM, FilmDelegate(table))
    table.setIconSize(QSize(18, 18))
    table.setTabKeyNavigation(False)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.verticalHeader().hide()
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    header.setSectionResizeMode(FILM, QHeaderView.ResizeMode.Stretch)
    header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    header.setSortIndicatorClearable(True)
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.setSortingEnabled(True)
    model.sort(-1)
    QScroller.grabGesture(table.viewport(), QScroller.ScrollerGestureType.TouchGesture)
    return table
