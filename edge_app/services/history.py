"""The history for the window: a thread owns the file, and results come as signals."""

from __future__ import annotations

import itertools
import logging
import queue
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from edge_app.records.history_db import HistoryDatabase, HistoryError
from edge_app.records.history_records import HistoryEntry, HistoryPage, HistoryQuery, HistoryState
from edge_app.records.worklist import Review
from edge_app.system.messages import Message

_LOG = logging.getLogger(__name__)

_MOST_IN_ONE_TRANSACTION = 100
_PURGE_EVERY_S = 24 * 3600.0
"""A kiosk runs for weeks and must delete old records meanwhile."""


@dataclass(frozen=True, slots=True)
class _Save:
    token: int
    entry: HistoryEntry


@dataclass(frozen=True, slots=True)
class _Ask:
    token: int
    run: Callable[[HistoryDatabase], object]
    kind: str


_Task = _Save | _Ask


class History(QObject):
    """Stores analyses. Calls return at once; results come as signals.

    Signals:
        state_changed(HistoryState): The new state.
        saved(int, int): Token of `save` and id of the record, which is on the disk.
        reviewed(int): Token of `review`; the review is on the disk.
        found(int, HistoryPage): Token of `find` and the result.
        deleted(int, int): Token of `delete` or `wipe`, and the number of deleted records.
        failed(int, Message): Token of a failed call, and the reason.
        purged(float): Start of the retention period, seconds since the epoch; older records were deleted.
    """

    state_changed = Signal(object)
    saved = Signal(int, int)
    reviewed = Signal(int)
    found = Signal(int, object)
    deleted = Signal(int, int)
    failed = Signal(int, object)
    purged = Signal(float)

    def __init__(self, file: Path, *, retention_days: int = 0, parent: QObject | None = None) -> None:
        """Creates a closed history; `open` opens the file.

        Args:
            file: The SQLite file.
            retention_days: Maximum age of records, days; 0 keeps all.
            parent: Owner.
        """
        super().__init__(parent)
        self._file = file
        self._retention_days = retention_days
        self._tokens = itertools.count(1)
        self._thread: _HistoryThread | None = None
        self._state = HistoryState("off")

    @property
    def state(self) -> HistoryState:
        """The current state."""
        return self._state

    @property
    def is_on(self) -> bool:
        """Whether the history is opening or open."""
        return self._thread is not None and self._state.phase != "unavailable"

    def open(self) -> None:
        """Opens the file and deletes records that are too old."""
        if self._thread is None:
            self._thread = _HistoryThread(self._file, self._retention_days)
            queued = Qt.ConnectionType.QueuedConnection
            self._thread.opened.connect(self._set_state, queued)
            self._thread.saved.connect(self.saved, queued)
            self._thread.answered.connect(self._on_answered, queued)
            self._thread.failed.connect(self.failed, queued)
            self._thread.purged.connect(self.purged, queued)
            self._set_state(HistoryState("opening"))
            self._thread.start()

    def close(self) -> None:
        """Finishes all tasks, ends the thread and waits for it. `open` opens the file again."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        thread.tasks.put(None)
        thread.wait()
        thread.deleteLater()
        self._set_state(HistoryState("off"))

    def set_retention(self, days: int) -> None:
        """Changes the retention and deletes older records; `deleted` reports their number."""
        self._retention_days = days
        if self._thread is not None:
            self._thread.retention_days = days
        self._ask(lambda database: database.purge(days), "deleted")

    def save(self, entry: HistoryEntry) -> int:
        """Saves an entry. Returns the token for `saved` or `failed`."""
        token = next(self._tokens)
        self._put(_Save(token, entry))
        return token

    def review(self, record_id: int, review: Review) -> int:
        """Saves a verdict and comment. Returns the token for `reviewed` or `failed`."""
        return self._ask(lambda database: database.review(record_id, review), "reviewed")

    def find(self, query: HistoryQuery | None = None) -> int:
        """Searches. Returns the token for `found` or `failed`."""
        wanted = query or HistoryQuery()
        return self._ask(lambda database: database.find(wanted), "found")

    def delete(self, record_ids: Sequence[int]) -> int:
        """Deletes records permanently. Returns the token for `deleted` or `failed`."""
        ids = tuple(record_ids)
        return self._ask(lambda database: database.delete(ids), "deleted")

    def wipe(self) -> int:
        """Deletes all records permanently. Returns the token for `deleted` or `failed`."""
        return self._ask(lambda database: database.wipe(), "deleted")

    def _ask(self, run: Callable[[HistoryDatabase], object], kind: str) -> int:
        token = next(self._tokens)
        self._put(_Ask(token, run, kind))
        return token

    def _put(self, task: _Task) -> None:
        if self._thread is not None:
            self._thread.tasks.put(task)
        else:
            QTimer.singleShot(0, self, lambda: self.failed.emit(task.token, Message("history.off")))

    @Slot(object)
    def _set_state(self, state: HistoryState) -> None:
        self._state = state
        self.state_changed.emit(state)

    @Slot(int, str, object)
    def _on_answered(self, token: int, kind: str, value: object) -> None:
        if kind == "found" and isinstance(value, HistoryPage):
            self.found.emit(token, value)
        elif kind == "reviewed":
            self.reviewed.emit(token)
        elif isinstance(value, int):
            self.deleted.emit(token, value)


class _HistoryThread(QThread):
    """Owns the SQLite connection, which only this thread may use."""

    opened = Signal(object)
    saved = Signal(int, int)
    answered = Signal(int, str, object)
    failed = Signal(int, object)
    purged = Signal(float)

    def __init__(self, file: Path, retention_days: int) -> None:
        super().__init__()
        self.setObjectName("history")
        self.tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._file = file
        self.retention_days = retention_days
        self._purged_s = 0.0
        self._held: list[_Task | None] = []

    def run(self) -> None:
        """Runs tasks until None comes. Every task gets an answer, also after an error."""
        database, message = self._open()
        while (task := self._held.pop() if self._held else self.tasks.get()) is not None:
            if database is None:
                self.failed.emit(task.token, message)
                continue
            try:
                self._do(database, task)
            except Exception:  # if this thread ended, later saves would get no answer
                _LOG.exception("The history failed")
                message = Message("history.failed")
                self.failed.emit(task.token, message)
                self.opened.emit(HistoryState("unavailable", message))
                database.close()
                database = None
        if database is not None:
            database.close()

    def _do(self, database: HistoryDatabase, task: _Task) -> None:
        if isinstance(task, _Save):
            self._save(database, task)
            if time.monotonic() - self._purged_s > _PURGE_EVERY_S:
                self._purge(database)
        else:
            self._answer(database, task)

    def _open(self) -> tuple[HistoryDatabase | None, Message | None]:
        try:
            database = HistoryDatabase(self._file)
        except HistoryError as error:
            _LOG.warning("The history is not available: %s", error.detail)
            self.opened.emit(HistoryState("unavailable", error.reason))
            return None, error.reason
        self._purge(database)
        self.opened.emit(HistoryState("open", database.notice))
        return database, None

    def _purge(self, database: HistoryDatabase) -> None:
        self._purged_s = time.monotonic()
        try:
            database.purge(self.retention_days)
            if database.oldest_kept_s is not None:
                self.purged.emit(database.oldest_kept_s)
        except HistoryError as error:
            _LOG.warning("Old records could not be deleted: %s", error.detail)

    def _save(self, database: HistoryDatabase, first: _Save) -> None:
        """Saves all waiting entries in one transaction, so that the disk syncs only once."""
        batch = [first]
        while len(batch) < _MOST_IN_ONE_TRANSACTION and not self.tasks.empty():
            task = self.tasks.get()  # only this thread takes tasks
            if not isinstance(task, _Save):
                self._held.append(task)
                break
            batch.append(task)
        try:
            ids = database.save([task.entry for task in batch])
        except Exception as error:  # each save of the batch gets its answer
            for each in batch:
                self.failed.emit(each.token, _reason(error))
        else:
            for each, record_id in zip(batch, ids, strict=True):
                self.saved.emit(each.token, record_id)

    def _answer(self, database: HistoryDatabase, task: _Ask) -> None:
        try:
            value = task.run(database)
        except Exception as error:
            self.failed.emit(task.token, _reason(error))
        else:
            self.answered.emit(task.token, task.kind, value)


def _reason(error: Exception) -> Message:
    """Logs an error and returns the message for the user."""
    if isinstance(error, HistoryError):
        _LOG.warning("The history could not do what was asked: %s", error.detail)
        return error.reason
    _LOG.exception("The history failed")
    return Message("history.failed")
