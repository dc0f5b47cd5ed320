"""Table model of the worklist: the rows of the session, sorted and filtered by `records.worklist.arrange`."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from PySide6.QtCore import QObject, QSize, Qt, QTimer
from PySide6.QtGui import QIcon, QPixmap

from edge_app.records.worklist import SortKey, WorklistFilter, WorklistItem, arrange
from edge_app.report.wording import words_of
from edge_app.services.session import Session
from edge_app.ui.messages import BAND_ICONS, item_words
from edge_app.ui.panels.film_delegate import SECOND_LINE_COLOUR_ROLE, SECOND_LINE_ROLE, THUMBNAIL_PX
from edge_app.ui.tables import Index, TableModel
from edge_app.ui.theme import theme
from edge_app.ui.viewer.film_renderer import grey_image

FILM, RESULT, PROBABILITY, FLAGS = range(4)
_SORT_KEYS: tuple[SortKey, ...] = ("name", "outcome", "probability", "flags")
_KEPT_THUMBNAILS = 300
_REARRANGE_MS = 250


class WorklistModel(TableModel):
    """The rows of the session, sorted and filtered; `rows` holds their ids."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__((self.tr("Film"), self.tr("Result"), "%", self.tr("Flags")), parent)
        self._session = session
        self._filter = WorklistFilter()
        self._sort: SortKey = "added"
        self._descending = False
        self._row_of: dict[int, int] = {}
        self._thumbnails: OrderedDict[int, tuple[int, QPixmap]] = OrderedDict()
        # Many results arrive each second; the rows would jump if each one sorted the table.
        self._rearrange_later = QTimer(self, singleShot=True, interval=_REARRANGE_MS)
        self._rearrange_later.timeout.connect(self._rearrange)
        session.items_added.connect(self._reset)
        session.items_removed.connect(self._reset)
        session.item_changed.connect(self._on_changed)
        theme().changed.connect(self._repaint)
        self._reset()

    def item_at(self, row: int) -> WorklistItem | None:
        """Returns the film in a row of the table; None if there is no such row."""
        return self._session.item(self.rows[row]) if 0 <= row < len(self.rows) else None

    def row_of(self, item_id: int | None) -> int | None:
        """Returns the row of a film; None if the filter hides it."""
        return None if item_id is None else self._row_of.get(item_id)

    def set_filter(self, shown: WorklistFilter) -> None:
        """Shows only the films that pass the filter."""
        if shown != self._filter:
            self._filter = shown
            self._reset()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        item = self.item_at(index.row())
        if item is None:
            return None
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(item, column)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._decoration(item, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (PROBABILITY, FLAGS):
            return Qt.AlignmentFlag.AlignCenter
        if role == SECOND_LINE_ROLE:
            return item_words(item)
        if role == SECOND_LINE_COLOUR_ROLE:
            return _colour(item)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._tip(item)
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(0, theme().metrics.row)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        # Column -1 is the order in which the films were opened.
        self._sort = _SORT_KEYS[column] if 0 <= column < len(_SORT_KEYS) else "added"
        self._descending = order == Qt.SortOrder.DescendingOrder
        self._rearrange()

    def _text(self, item: WorklistItem, column: int) -> str:
        if column == FILM:
            return item.name
        if column == PROBABILITY and item.probability is not None and item.state == "done":
            return str(round(item.probability * 100))
        return str(len(item.flags)) if column == FLAGS and item.flags else ""

    def _decoration(self, item: WorklistItem, column: int) -> QIcon | QPixmap | None:
        if column == FILM:
            return self._thumbnail(item)
        if column == RESULT:
            return theme().pixmap(BAND_ICONS[item.outcome], _colour(item), 18)
        if column == FLAGS and item.flags:
            return theme().pixmap("flag", theme().tokens.refused, 16)
        return None

    def _tip(self, item: WorklistItem) -> str:
        lines = [item.name, item_words(item)]
        analysis = item.analysis
        if analysis is not None and item.state == "done":
            if analysis.reason is not None:
                lines += [text for text in words_of(analysis.reason) if text]
            if analysis.decision is not None:
                lines.append(self.tr("{percent} %").format(percent=round(analysis.decision.probability * 100)))
            lines += [words_of(notice).text for notice in analysis.quality]
        return "\n".join(lines)

    def _thumbnail(self, item: WorklistItem) -> QPixmap | None:
        if item.thumbnail is None:
            return None
        known = self._thumbnails.get(item.item_id)
        if known is not None and known[0] == id(item.thumbnail):
            self._thumbnails.move_to_end(item.item_id)
            return known[1]
        image = grey_image(item.thumbnail).scaled(
            THUMBNAIL_PX,
            THUMBNAIL_PX,
            Qt.AspectRatioMode.KeepAspectRatioByExpanding,
            Qt.TransformationMode.SmoothTransformation,
        )
        left, top = (image.width() - THUMBNAIL_PX) // 2, (image.height() - THUMBNAIL_PX) // 2
        thumbnail = QPixmap.fromImage(image.copy(left, top, THUMBNAIL_PX, THUMBNAIL_PX))
        self._thumbnails[item.item_id] = (id(item.thumbnail), thumbnail)
        while len(self._thumbnails) > _KEPT_THUMBNAILS:
            self._thumbnails.popitem(last=False)
        return thumbnail

    def _arranged(self) -> list[int]:
        return list(arrange(self._session.items, self._sort, descending=self._descending, shown=self._filter))

    def _reset(self, *_: object) -> None:
        self._rearrange_later.stop()
        self.beginResetModel()
        self._take(self._arranged())
        self.endResetModel()

    def _rearrange(self) -> None:
        ids = self._arranged()
        if ids == self.rows:
            return
        if len(ids) != len(self.rows):
            self._reset()
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        moved = [self.rows[index.row()] for index in before]
        self._take(ids)
        after = [self.index(self._row_of[i], old.column()) for i, old in zip(moved, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _take(self, ids: list[int]) -> None:
        self.rows = ids
        self._row_of = {item_id: row for row, item_id in enumerate(ids)}

    def _on_changed(self, item_id: int) -> None:
        row = self._row_of.get(item_id)
        if row is not None:
            self.dataChanged.emit(self.index(row, 0), self.index(row, FLAGS))
        if (self._sort != "added" or self._filter != WorklistFilter()) and not self._rearrange_later.isActive():
            self._rearrange_later.start()

    def _repaint(self) -> None:
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, FLAGS))


def _colour(item: WorklistItem) -> str:
    colours = theme().tokens
    if item.is_outside_population:
        return colours.refused
    if item.outcome in ("positive", "uncertain", "negative"):
        return str(getattr(colours, item.outcome))
    return colours.refused if item.outcome in ("refused", "failed") else colours.muted
