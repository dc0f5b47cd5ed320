"""The list of open films with search, filter and progress."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHeaderView, QLineEdit, QProgressBar, QPushButton, QTableView, QWidget

from edge_app.records.worklist import WorklistFilter
from edge_app.services.session import Session
from edge_app.ui.actions import Actions
from edge_app.ui.panels.film_delegate import FilmDelegate
from edge_app.ui.panels.worklist_model import FILM, FLAGS, PROBABILITY, RESULT, WorklistModel
from edge_app.ui.tables import set_up_table
from edge_app.ui.theme import theme
from edge_app.ui.widgets import column, label, row


class WorklistPanel(QWidget):
    """Shows the films of the session; the selected row becomes the current film."""

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self.model = WorklistModel(session, self)
        self._search = QLineEdit(placeholderText=self.tr("Search"), clearButtonEnabled=True)
        self._search.setAccessibleName(self.tr("Search the list"))
        self._filter = QComboBox()
        self._filter.setAccessibleName(self.tr("Show only"))
        for text, shown in self._filters():
            self._filter.addItem(text, shown)
        self.table = _table(self.model)
        self.table.setAccessibleName(self.tr("Films"))
        self._progress_text = label(role="muted")
        self._progress = QProgressBar(textVisible=False)
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.clicked.connect(actions["cancel"].trigger)
        self._running = QWidget()
        self._arrange()
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
        """Returns the ids of the selected films, from top to bottom."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [item.item_id for row in rows if (item := self.model.item_at(row)) is not None]

    def step(self, rows: int) -> None:
        """Makes another film current: `rows` further down, or up if negative."""
        here = self.model.row_of(self._session.current_id)
        there = 0 if here is None else min(self.model.rowCount() - 1, max(0, here + rows))
        if (item := self.model.item_at(there)) is not None:
            self._session.set_current(item.item_id)

    def neighbour_id(self) -> int | None:
        """Returns the id of the film below the current one; None if there is none."""
        here = self.model.row_of(self._session.current_id)
        item = None if here is None else self.model.item_at(here + 1)
        return item.item_id if item else None

    def show_progress(self, done: int, total: int) -> None:
        """Shows the progress of a list; nothing for a single film."""
        self._running.setVisible(total > 1 and done < total)
        self._progress.setRange(0, max(1, total))
        self._progress.setValue(done)
        self._progress_text.setText(self.tr("{done} of {total}").format(done=done, total=total))

    def select_current(self, *_: object) -> None:
        current = self.model.row_of(self._session.current_id)
        if current is None:
            return
        index, selection = self.model.index(current, FILM), self.table.selectionModel()
        if selection.currentIndex().row() != current or not selection.isRowSelected(current, QModelIndex()):
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

    def _arrange(self) -> None:
        progress = row(self._running)
        progress.addWidget(self._progress, 1)
        progress.addWidget(self._progress_text)
        progress.addWidget(self._cancel)
        head = row(spacing_px=6)
        head.addWidget(self._search, 1)
        head.addWidget(self._filter)
        top = column(spacing_px=8, margins=(10, 10, 10, 8))
        top.addLayout(head)
        top.addWidget(self._running)
        layout = column(self)
        layout.addLayout(top)
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
    """A table that leaves letter keys to the shortcuts of the window."""

    def keyboardSearch(self, search: str) -> None:
        """Does nothing: letters are shortcuts."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().isalpha() and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            event.ignore()
            return
        super().keyPressEvent(event)


def _table(model: WorklistModel) -> QTableView:
    table = _Table()
    set_up_table(table, model)
    table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    table.setItemDelegateForColumn(FILM, FilmDelegate(table))
    table.setIconSize(QSize(18, 18))
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    header.setSectionResizeMode(FILM, QHeaderView.ResizeMode.Stretch)
    header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    header.setSortIndicatorClearable(True)
    table.setSortingEnabled(True)
    model.sort(-1)
    return table
