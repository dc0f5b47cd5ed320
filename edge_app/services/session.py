"""The session: the open films, their results, and the current row.

It connects the worklist with the queue and the history. It finds a film only by the hash in its result, so that no
result is shown with another film.
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
    """Removed rows with their positions, for `Session.restore`."""

    rows: tuple[tuple[int, WorklistItem], ...]


class Session(QObject):
    """The open films.

    Signals:
        items_added(tuple[int, ...]): Ids of new rows, in order.
        items_removed(tuple[int, ...]): Ids of removed rows.
        item_changed(int): The row changed; read it with `item`.
        current_changed(int | None): Id of the new current row.
        film_ready(int): The film of the current row is available: `film(item_id)`.
        film_failed(int, Message): The film of the current row cannot be shown.
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
        """Creates an empty session.

        Args:
            queue: Analyses the films.
            settings: Settings of the history.
            history: Stores the analyses; None for no history.
            store: Cache of decoded films.
            captures: Folder of photographs: files in it have the origin `camera`.
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
        """All rows, in the order of adding."""
        return tuple(self._items.values())

    @property
    def current_id(self) -> int | None:
        """Id of the current row."""
        return self._current

    @property
    def current(self) -> WorklistItem | None:
        """The current row."""
        return None if self._current is None else self._items[self._current]

    def item(self, item_id: int) -> WorklistItem:
        """Returns a row.

        Raises:
            KeyError: The row is not in the list.
        """
        return self._items[item_id]

    def film(self, item_id: int) -> Radiograph | None:
        """Returns the film of a row's result, if it is in the cache."""
        item = self._items.get(item_id)
        if item is None or item.analysis is None or not item.analysis.sha256:
            return None
        return self._store.get(item.analysis.sha256)

    def add(self, paths: Iterable[Path], *, view: bool = False) -> tuple[int, ...]:
        """Adds films and starts their analysis. A file that is already in the list is analysed again.

        Args:
            paths: Files; for folders see `FolderScan`.
            view: Whether the first film becomes the current row. Its pixels then come with its result.

        Returns:
            The ids of the new and old rows, in order, without repetitions.
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
        """Sets the current row: its film is analysed first and returned with its pixels."""
        if item_id not in self._items:
            item_id = None
        if item_id != self._current:
            self._choose(item_id)
            if item_id is not None and item_id == self._current:  # listeners may have changed it
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
        """Reads the film of a row in advance, for example the next row."""
        if item_id in self._items and item_id != self._current:
            self._want_film(item_id, Priority.NEXT)

    def review(self, item_id: int, review: Review) -> None:
        """Sets the reader's verdict and comment, also in the history."""
        item = self._items[item_id]
        if item.review == review:
            return
        self._change(replace(item, review=review))
        if item.history_id is not None and self._history is not None and self._history.is_on:
            self._history.review(item.history_id, review)

    def reanalyse(self, item_ids: Iterable[int] | None = None) -> None:
        """Analyses rows again, for example after a change of the model; None for all rows."""
        for item_id in tuple(self._items if item_ids is None else item_ids):
            if self._items[item_id].state not in ("waiting", "running"):
                # The review of the old result stays with its record in the history.
                self._change(replace(self._items[item_id], state="waiting", history_id=None))
                self._submit(item_id)

    def cancel(self) -> None:
        """Cancels all pending analyses."""
        self._queue.cancel_all()
        self._reading.clear()
        for item_id in tuple(self._job_of):
            self._forget_job(item_id)
            self._change(replace(self._items[item_id], state="cancelled"))

    def remove(self, item_ids: Iterable[int]) -> Removed:
        """Removes rows from the list, not the files. Returns the argument for `restore`."""
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
        """Puts rows back at their positions and analyses those without a result."""
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
        if item_id is None:  # removed or cancelled in the meantime
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
            # The review may have come during the save; writing it twice does no harm.
            self._history.review(record_id, item.review)

    @Slot(int, object)
    def _on_save_failed(self, token: int, _reason: object) -> None:
        self._saving.pop(token, None)


def _answered(item: WorklistItem, result: AnalysisResult) -> WorklistItem:
    """Returns a row with its new result, and keeps only the parts of the old one that are still true."""
    before, now = item.analysis, result.analysis
    done = replace(item, state="done", analysis=now, thumbnail=result.thumbnail)
    if before is None:
        return done
    if before.sha256 != now.sha256:
        # The file changed, or the child process died: drop the review of the other film.
        return replace(done, review=NO_REVIEW) if now.sha256 else replace(done, thumbnail=item.thumbnail)
    if (before.decision and before.decision.band) != (now.decision and now.decision.band):
        # The reader's verdict was about the old result.
        return replace(done, review=replace(item.review, verdict=None))
    return done
