"""The session: the films that are open, which one is looked at, and what is known of each.

It ties the worklist to the queue and the history, and keeps the promise that no result is shown with another film: a
film is only ever found by the hash of the result beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from edge_app.imaging.radiograph import Radiograph
from edge_app.process.jobs import AnalysisResult, FilmResult, Origin, Priority
from edge_app.records.history_records import entry_of
from edge_app.records.worklist import NO_REVIEW, Review, WorklistItem
from edge_app.services.analysis_queue import AnalysisQueue
from edge_app.services.film_store import FilmStore
from edge_app.services.history import History
from edge_app.services.settings import HISTORY_KEPT, HISTORY_PATHS, Settings
from edge_app.system.messages import Message


@dataclass(frozen=True, slots=True)
class Removed:
    """Rows that were taken out, with where they stood: enough to put them back."""

    rows: tuple[tuple[int, WorklistItem], ...]


class Session(QObject):
    """The films that are open.

    Signals:
        items_added(tuple[int, ...]): Ids of new rows, in order.
        items_removed(tuple[int, ...]): Ids of rows that are gone.
        item_changed(int): A row has another value; read it with `item`.
        current_changed(object): Id of the row that is looked at; None for none.
        film_ready(int): The film of the row that is looked at can be shown: `film(item_id)`.
        film_failed(int, Message): It cannot be shown.
    """

    items_added = Signal(object)
    items_removed = Signal(object)
    item_changed = Signal(int)
    current_changed = Signal(object)
    film_ready = Signal(int)
    film_failed = Signal(int, object)

    def __init__(
        self,
        queue: AnalysisQueue,
        settings: Settings,
        history: History | None = None,
        *,
        store: FilmStore | None = None,
        captures: Path | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Makes an empty session.

        Args:
            queue: Analyses the films.
            settings: Whether and what the history keeps.
            history: Keeps the analyses; None for none.
            store: Keeps the few films that are shown.
            captures: Folder of photographs: what lies there has the origin `camera`, however it is opened.
            parent: Owner.
        """
        super().__init__(parent)
        self._queue = queue
        self._settings = settings
        self._history = history
        self._store = store or FilmStore()
        self._captures = captures.absolute() if captures else None
        self._items: dict[int, WorklistItem] = {}
        self._by_path: dict[Path, int] = {}
        self._job_of: dict[int, int] = {}
        self._item_of: dict[int, int] = {}
        self._reading: dict[int, int] = {}
        self._saving: dict[int, int] = {}
        self._current: int | None = None
        self._next_id = 1
        queue.started.connect(self._on_started)
        queue.finished.connect(self._on_finished)
        queue.film_read.connect(self._on_film_read)
        if history is not None:
            history.saved.connect(self._on_saved)
            history.failed.connect(self._on_save_failed)

    def __len__(self) -> int:
        return len(self._items)

    @property
    def items(self) -> tuple[WorklistItem, ...]:
        """Every row, in the order of adding."""
        return tuple(self._items.values())

    @property
    def current_id(self) -> int | None:
        """The row that is looked at."""
        return self._current

    @property
    def current(self) -> WorklistItem | None:
        """The row that is looked at, as it is now."""
        return None if self._current is None else self._items[self._current]

    def item(self, item_id: int) -> WorklistItem:
        """A row as it is now.

        Raises:
            KeyError: It is not, or no longer, in the list.
        """
        return self._items[item_id]

    def film(self, item_id: int) -> Radiograph | None:
        """The film of a row, if it is kept and is the one the row's result belongs to."""
        item = self._items.get(item_id)
        if item is None or item.analysis is None or not item.analysis.sha256:
            return None
        return self._store.get(item.analysis.sha256)

    def add(self, paths: Iterable[Path], *, view: bool = False) -> tuple[int, ...]:
        """Adds films and asks for their analysis. A file that is in the list is analysed again, not added twice.

        Args:
            paths: Files; for folders see `FolderScan`.
            view: Whether the first of them is looked at: its pixels then come with its result, from one reading.

        Returns:
            The ids of their rows, new or not, in order and each once.
        """
        ids: list[int] = []
        added: list[int] = []
        again: list[int] = []
        for path in paths:
            absolute = path.absolute()
            known = self._by_path.get(absolute)
            if known is not None:
                if known not in ids:
                    again.append(known)
                    ids.append(known)
                continue
            origin: Origin = "camera" if absolute.parent == self._captures else "file"
            item = WorklistItem(self._next_id, absolute, origin)
            self._next_id += 1
            self._items[item.item_id] = item
            self._by_path[absolute] = item.item_id
            added.append(item.item_id)
            ids.append(item.item_id)
        if added:
            self.items_added.emit(tuple(added))
        if view and ids:
            self._choose(ids[0])
        for item_id in added:
            if item_id in self._items:
                self._submit(item_id)
        self.reanalyse(again)
        if view and ids and ids[0] == self._current:
            self._want_film(ids[0], Priority.VIEWED)
        return tuple(ids)

    def set_current(self, item_id: int | None) -> None:
        """Chooses the row that is looked at: its film goes first and comes with its pixels."""
        if item_id is not None and item_id not in self._items:
            item_id = None
        if item_id == self._current:
            return
        self._choose(item_id)
        if item_id is not None and item_id == self._current:
            self._want_film(item_id, Priority.VIEWED)

    def _choose(self, item_id: int | None) -> None:
        if item_id == self._current:
            return
        for job_id in [job for job, reader in self._reading.items() if reader != item_id]:
            self._queue.cancel(job_id)
            del self._reading[job_id]
        if self._current is not None and (job := self._job_of.get(self._current)) is not None:
            self._queue.promote(job, Priority.BATCH)
        self._current = item_id
        self.current_changed.emit(item_id)

    def prefetch(self, item_id: int) -> None:
        """Has the film of a row read in advance: the neighbour of the one that is looked at."""
        if item_id in self._items and item_id != self._current:
            self._want_film(item_id, Priority.NEXT)

    def review(self, item_id: int, review: Review) -> None:
        """Sets the reader's verdict and comment, here and in the history."""
        item = self._items[item_id]
        if item.review == review:
            return
        self._change(replace(item, review=review))
        if item.history_id is not None and self._history is not None and self._history.is_on:
            self._history.review(item.history_id, review)

    def reanalyse(self, item_ids: Iterable[int] | None = None) -> None:
        """Analyses rows again, all of them for None: after another model or operating point was chosen."""
        for item_id in tuple(self._items if item_ids is None else item_ids):
            if self._items[item_id].state not in ("waiting", "running"):
                # What the reader thinks of the old answer stays with its record in the history.
                self._change(replace(self._items[item_id], state="waiting", history_id=None))
                self._submit(item_id)

    def cancel(self) -> None:
        """Cancels all analyses that are not done."""
        self._queue.cancel_all()
        self._reading.clear()
        for item_id in tuple(self._job_of):
            self._forget_job(item_id)
            self._change(replace(self._items[item_id], state="cancelled"))

    def remove(self, item_ids: Iterable[int]) -> Removed:
        """Takes rows out of the list; no file is touched.

        Returns:
            What `restore` needs to put them back.
        """
        wanted = set(item_ids)
        rows = tuple((index, item) for index, item in enumerate(self._items.values()) if item.item_id in wanted)
        for _, item in rows:
            if (job := self._forget_job(item.item_id)) is not None:
                self._queue.cancel(job)
            for reading in [job for job, reader in self._reading.items() if reader == item.item_id]:
                self._queue.cancel(reading)
                del self._reading[reading]
            del self._items[item.item_id]
            del self._by_path[item.path]
        if rows:
            if self._current not in self._items:
                self._current = None
                self.current_changed.emit(None)
            self.items_removed.emit(tuple(item.item_id for _, item in rows))
        return Removed(rows)

    def restore(self, removed: Removed) -> None:
        """Puts rows back where they stood; those that were not done are analysed."""
        rows = list(self._items.values())
        restored: list[WorklistItem] = []
        for index, item in removed.rows:
            if item.item_id not in self._items and item.path not in self._by_path:
                rows.insert(min(index, len(rows)), item)
                self._by_path[item.path] = item.item_id
                restored.append(item)
        self._items = {item.item_id: item for item in rows}
        if restored:
            self.items_added.emit(tuple(item.item_id for item in restored))
        for item in restored:
            if item.state in ("waiting", "running"):
                self._change(replace(item, state="waiting"))
                self._submit(item.item_id)

    def _submit(self, item_id: int) -> None:
        item = self._items[item_id]
        viewed = item_id == self._current
        job = self._queue.submit(
            item.path,
            priority=Priority.VIEWED if viewed else Priority.BATCH,
            with_film=viewed,
            origin=item.origin,
        )
        self._job_of[item_id] = job
        self._item_of[job] = item_id

    def _want_film(self, item_id: int, priority: Priority) -> None:
        item = self._items[item_id]
        job = self._job_of.get(item_id)
        if job is not None:
            self._queue.promote(job, priority, with_film=True)
        elif self.film(item_id) is not None:
            if item_id == self._current:
                self.film_ready.emit(item_id)
        elif item.analysis is not None and item.analysis.sha256 and item.analysis.status != "failed":
            for reading, reader in self._reading.items():
                if reader == item_id:
                    self._queue.promote(reading, priority)
                    return
            self._reading[self._queue.read_film(item.path, item.analysis.sha256, priority=priority)] = item_id
        elif item.analysis is not None and item.analysis.reason is not None and item_id == self._current:
            self.film_failed.emit(item_id, item.analysis.reason)

    def _forget_job(self, item_id: int) -> int | None:
        job = self._job_of.pop(item_id, None)
        if job is not None:
            del self._item_of[job]
        return job

    def _change(self, item: WorklistItem) -> None:
        self._items[item.item_id] = item
        self.item_changed.emit(item.item_id)

    @Slot(int)
    def _on_started(self, job_id: int) -> None:
        item_id = self._item_of.get(job_id)
        if item_id is not None:
            self._change(replace(self._items[item_id], state="running"))

    @Slot(object)
    def _on_finished(self, result: AnalysisResult) -> None:
        item_id = self._item_of.get(result.job_id)
        if item_id is None:  # removed or cancelled meanwhile
            return
        self._forget_job(item_id)
        if result.film is not None:
            self._store.put(result.film)
        item = self._items[item_id]
        self._change(_answered(item, result))
        if self._history is not None and self._history.is_on and self._settings[HISTORY_KEPT]:
            review = self._items[item_id].review
            entry = entry_of(result.analysis, review, self._settings[HISTORY_PATHS])
            self._saving[self._history.save(entry)] = item_id
        if item_id == self._current:
            self._want_film(item_id, Priority.VIEWED)

    @Slot(object)
    def _on_film_read(self, result: FilmResult) -> None:
        item_id = self._reading.pop(result.job_id, None)
        if item_id is None or item_id not in self._items:
            return
        analysis = self._items[item_id].analysis
        if result.film is not None:
            if analysis is not None and result.film.sha256 == analysis.sha256:
                self._store.put(result.film)
                if item_id == self._current:
                    self.film_ready.emit(item_id)
            return
        reason = result.reason or Message("worker.silent")
        if reason.code == "film.changed":
            self.reanalyse([item_id])
        elif item_id == self._current:
            self.film_failed.emit(item_id, reason)

    @Slot(int, int)
    def _on_saved(self, token: int, record_id: int) -> None:
        item_id = self._saving.pop(token, None)
        if item_id is None or item_id not in self._items or self._history is None:
            return
        item = self._items[item_id]
        self._change(replace(item, history_id=record_id))
        if item.review.verdict is not None or item.review.comment:
            # Given while the save was under way; writing the same again does no harm.
            self._history.review(record_id, item.review)

    @Slot(int, object)
    def _on_save_failed(self, token: int, _reason: object) -> None:
        self._saving.pop(token, None)


def _answered(item: WorklistItem, result: AnalysisResult) -> WorklistItem:
    """A row with its new answer. Of an earlier one only what is still true stays."""
    before, now = item.analysis, result.analysis
    done = replace(item, state="done", analysis=now, thumbnail=result.thumbnail)
    if before is None:
        return done
    if before.sha256 != now.sha256:
        # The file changed, or the child died over it: nothing that was said of another film stays.
        return replace(done, review=NO_REVIEW) if now.sha256 else replace(done, thumbnail=item.thumbnail)
    if (before.decision and before.decision.band) != (now.decision and now.decision.band):
        # The reader agreed, or not, with another answer.
        return replace(done, review=replace(item.review, verdict=None))
    return done
