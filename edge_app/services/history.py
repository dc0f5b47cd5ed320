"""The history as the window sees it: asks and answers through signals, with the file in a thread of its own."""

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
"""A kiosk runs for weeks; what gets too old meanwhile is deleted too."""


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
    """Keeps analyses. Every call returns at once; what it did comes as a signal.

    Signals:
        state_changed(HistoryState): Opened, damaged, unavailable.
        saved(int, int): Token of `save` and id of the record. Emitted when the record is on the disk, not before.
        reviewed(int): A verdict or comment is on the disk; token of `review`.
        found(int, HistoryPage): Token of `find` and what was found.
        deleted(int, int): Token of `delete` or `wipe`, and how many records there were.
        failed(int, Message): Token of a call that could not be done, and why.
    """

    state_changed = Signal(object)
    saved = Signal(int, int)
    reviewed = Signal(int)
    found = Signal(int, object)
    deleted = Signal(int, int)
    failed = Signal(int, object)

    def __init__(self, file: Path, *, retention_days: int = 0, parent: QObject | None = None) -> None:
        """Makes a history; the file is opened by `open`.

        Args:
            file: The SQLite file.
            retention_days: Older records are deleted at opening; 0 keeps all.
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
        """Whether it works."""
        return self._state

    @property
    def is_on(self) -> bool:
        """Whether `save` will be tried: it is opening or open."""
        return self._thread is not None and self._state.phase != "unavailable"

    def open(self) -> None:
        """Opens the file and deletes what is older than the retention."""
        if self._thread is None:
            self._thread = _HistoryThread(self._file, self._retention_days)
            queued = Qt.ConnectionType.QueuedConnection
            self._thread.opened.connect(self._set_state, queued)
            self._thread.saved.connect(self.saved, queued)
            self._thread.answered.connect(self._on_answered, queued)
            self._thread.failed.connect(self.failed, queued)
            self._set_state(HistoryState("opening"))
            self._thread.start()

    def close(self) -> None:
        """Ends the thread after everything that was asked is done, and waits for it. `open` opens again."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        thread.tasks.put(None)
        thread.wait()
        thread.deleteLater()
        self._set_state(HistoryState("off"))

    def set_retention(self, days: int) -> None:
        """Changes the retention, and deletes now what is older; `deleted` says how much."""
        self._retention_days = days
        if self._thread is not None:
            self._thread.retention_days = days
        self._ask(lambda database: database.purge(days), "deleted")

    def save(self, entry: HistoryEntry) -> int:
        """Saves an entry. Returns the token that `saved` or `failed` will name."""
        token = next(self._tokens)
        self._put(_Save(token, entry))
        return token

    def review(self, record_id: int, review: Review) -> int:
        """Saves a verdict and comment. Returns the token that `reviewed` or `failed` will name."""
        return self._ask(lambda database: database.review(record_id, review), "reviewed")

    def find(self, query: HistoryQuery | None = None) -> int:
        """Searches. Returns the token that `found` or `failed` will name."""
        wanted = query or HistoryQuery()
        return self._ask(lambda database: database.find(wanted), "found")

    def delete(self, record_ids: Sequence[int]) -> int:
        """Deletes records for good. Returns the token that `deleted` or `failed` will name."""
        ids = tuple(record_ids)
        return self._ask(lambda database: database.delete(ids), "deleted")

    def wipe(self) -> int:
        """Deletes everything for good. Returns the token that `deleted` or `failed` will name."""
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
    """Owns the connection: SQLite's objects never leave this thread."""

    opened = Signal(object)
    saved = Signal(int, int)
    answered = Signal(int, str, object)
    failed = Signal(int, object)

    def __init__(self, file: Path, retention_days: int) -> None:
        super().__init__()
        self.setObjectName("history")
        self.tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._file = file
        self.retention_days = retention_days
        self._purged_s = 0.0
        self._held: list[_Task | None] = []

    def run(self) -> None:
        """Does what is asked until None comes."""
        database, message = self._open()
        while (task := self._next()) is not None:
            if database is None:
                self.failed.emit(task.token, message)
            elif isinstance(task, _Save):
                self._save(database, task)
                if time.monotonic() - self._purged_s > _PURGE_EVERY_S:
                    self._purge(database)
            else:
                self._answer(database, task)
        if database is not None:
            database.close()

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
        except HistoryError as error:
            _LOG.warning("What is older than the retention could not be deleted: %s", error.detail)

    def _next(self) -> _Task | None:
        return self._held.pop() if self._held else self.tasks.get()

    def _save(self, database: HistoryDatabase, first: _Save) -> None:
        """Saves all that waits in one transaction: one sync of the disk for many."""
        batch = [first]
        while len(batch) < _MOST_IN_ONE_TRANSACTION and not self.tasks.empty():
            task = self.tasks.get()  # this thread is the only one that takes
            if not isinstance(task, _Save):
                self._held.append(task)
                break
            batch.append(task)
        try:
            ids = database.save([task.entry for task in batch])
        except HistoryError as error:
            _LOG.warning("The history could not be written: %s", error.detail)
            for each in batch:
                self.failed.emit(each.token, error.reason)
        else:
            for each, record_id in zip(batch, ids, strict=True):
                self.saved.emit(each.token, record_id)

    def _answer(self, database: HistoryDatabase, task: _Ask) -> None:
        try:
            value = task.run(database)
        except HistoryError as error:
            _LOG.warning("The history could not do what was asked: %s", error.detail)
            self.failed.emit(task.token, error.reason)
        else:
            self.answered.emit(task.token, task.kind, value)
