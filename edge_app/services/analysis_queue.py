"""The queue of films before the child process: who goes next, what is done, what was cancelled.

All of it lives in the thread of its owner. The child process and everything that blocks live in `SupervisorThread`,
which gets one job at a time, so that the film the user looks at never waits behind a list.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from edge_app.process.jobs import AnalysisResult, FilmResult, LoadedModel, Origin, Priority, WorkerConfig, WorkerState
from edge_app.process.protocol import Analyse, Analysed, FilmRead, ReadFilm
from edge_app.process.supervisor import Reply
from edge_app.process.supervisor_thread import SupervisorThread
from edge_app.system.messages import Message, plain

_PATIENCE_MS = 1500
"""How long a cancelled job may go on: most end by themselves sooner than another child starts."""


@dataclass(slots=True)
class _Job:
    """A job that is not done.

    Attributes:
        generation: Of the configuration under which it was sent; a result of an older one is worth nothing.
        sha256: For `read_film`: the hash that the file must have.
    """

    job_id: int
    path: Path
    priority: Priority
    with_film: bool
    origin: Origin
    analyse: bool
    sha256: str = ""
    generation: int = -1


class AnalysisQueue(QObject):
    """Runs films through a child process, the one that is looked at first.

    Nothing here blocks. A film that kills the child costs that film: its result says so, and the child is replaced.

    Signals:
        started(int): A job was sent to the child.
        finished(AnalysisResult): A job of `submit` ended. Never for a cancelled job.
        film_read(FilmResult): A job of `read_film` ended. Never for a cancelled job.
        progress(int, int): Done and total of the films submitted since the queue was last empty.
        worker_changed(WorkerState): The child started, became ready, died or failed.
        idle(): The last job ended or was cancelled.
    """

    started = Signal(int)
    finished = Signal(object)
    film_read = Signal(object)
    progress = Signal(int, int)
    worker_changed = Signal(object)
    idle = Signal()
    _sent = Signal(int)
    _replied = Signal(int, int, object)
    _state_said = Signal(object)

    def __init__(
        self, config: WorkerConfig, parent: QObject | None = None, *, command: Sequence[str] | None = None
    ) -> None:
        """Makes a queue; nothing runs before `start`.

        Args:
            config: What the child is started with.
            parent: Owner.
            command: Command line of the child, for tests; None for the app's own.
        """
        super().__init__(parent)
        self._config = config
        self._state = WorkerState("stopped")
        self._jobs: dict[int, _Job] = {}
        self._heap: list[tuple[int, int]] = []
        self._running: int | None = None
        self._generation = 0
        self._next_id = 1
        self._done = 0
        self._total = 0
        self._progress_due = False
        # Queued, so that `submit` has returned the id by the time its start is announced.
        self._sent.connect(self._on_sent, Qt.ConnectionType.QueuedConnection)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._abandon_cancelled)
        self._future: Future[Reply] | None = None
        self._thread: SupervisorThread | None = SupervisorThread(config, command=command, changed=self._state_said.emit)
        # Queued explicitly: the signals are emitted in the supervisor's thread, the slots belong to the owner's.
        self._replied.connect(self._on_reply, Qt.ConnectionType.QueuedConnection)
        self._state_said.connect(self._on_state, Qt.ConnectionType.QueuedConnection)

    @property
    def state(self) -> WorkerState:
        """How the child is."""
        return self._state

    @property
    def model(self) -> LoadedModel | None:
        """The model that answers; None until the child was ready once."""
        return self._state.model

    @property
    def config(self) -> WorkerConfig:
        """What the child is, or will be, started with."""
        return self._config

    @property
    def pending(self) -> int:
        """Jobs that are neither done nor cancelled, the running one included."""
        return len(self._jobs)

    def start(self) -> None:
        """Starts the thread and the child; call it before the window is built, they load while it is."""
        if self._thread is not None:
            self._thread.start()

    def submit(
        self, path: Path, *, priority: Priority = Priority.BATCH, with_film: bool = False, origin: Origin = "file"
    ) -> int:
        """Asks for the analysis of a file.

        Args:
            path: The file.
            priority: Who waits for it.
            with_film: Whether the film's pixels are wanted too, for display.
            origin: `camera` flags the result as of a photographed film.

        Returns:
            The job's id, which `finished` will name.
        """
        return self._add(_Job(self._next_id, path, priority, with_film, origin, analyse=True))

    def read_film(self, path: Path, sha256: str, *, priority: Priority = Priority.VIEWED) -> int:
        """Asks for the pixels of a film that was analysed before.

        Args:
            path: The file.
            sha256: The hash it was analysed under: a file that changed since is not shown beside the old result.
            priority: Who waits for it.

        Returns:
            The job's id, which `film_read` will name.
        """
        return self._add(_Job(self._next_id, path, priority, True, "file", analyse=False, sha256=sha256))

    def promote(self, job_id: int, priority: Priority = Priority.VIEWED, *, with_film: bool = False) -> bool:
        """Moves a waiting job to another priority.

        Args:
            job_id: The job.
            priority: The new one; may be lower than the old one.
            with_film: Whether the film's pixels are now wanted too; never takes an earlier wish back.

        Returns:
            Whether the job was still waiting. A running one is not touched.
        """
        job = self._jobs.get(job_id)
        if job is None or job_id == self._running:
            return False
        job.with_film = job.with_film or with_film
        if job.priority is not priority:
            job.priority = priority
            heapq.heappush(self._heap, (priority, job_id))
        return True

    def cancel(self, job_id: int) -> bool:
        """Drops a job; `finished` will never name it. Returns whether it was still pending."""
        job = self._jobs.pop(job_id, None)
        if job is None:
            return False
        if job.analyse:
            self._total -= 1
            self._announce_progress()
        if job_id == self._running:
            self._patience.start()
        self._settle()
        return True

    def cancel_all(self) -> tuple[int, ...]:
        """Drops every job. Returns their ids."""
        dropped = tuple(self._jobs)
        if dropped:
            self._jobs.clear()
            self._heap.clear()
            if self._running is not None:
                self._patience.start()
            self._total = self._done
            self._announce_progress()
            self._settle()
        return dropped

    def configure(self, config: WorkerConfig) -> None:
        """Replaces the child by one with another configuration; pending jobs are kept and run under the new one.

        The same configuration again means: try again after `failed`.
        """
        if self._thread is None or (config == self._config and self._state.phase != "failed"):
            return
        self._config = config
        self._generation += 1
        # What runs under the old configuration is sent once more; its old answer is dropped by its generation.
        if self._running is not None and (job := self._jobs.get(self._running)) is not None:
            heapq.heappush(self._heap, (job.priority, job.job_id))
        self._running = None
        self._thread.restart(config)
        self._send_next()

    def close(self) -> None:
        """Ends the child and the thread, and waits for both: the one way they end. May be called twice.

        Pending jobs are dropped without a signal.
        """
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._jobs.clear()
        self._heap.clear()
        self._patience.stop()
        thread.stop()
        self._state = replace(self._state, phase="stopped", pid=None)

    def _add(self, job: _Job) -> int:
        self._next_id += 1
        self._jobs[job.job_id] = job
        heapq.heappush(self._heap, (job.priority, job.job_id))
        if job.analyse:
            self._total += 1
            self._announce_progress()
        self._send_next()
        return job.job_id

    def _send_next(self) -> None:
        if self._running is not None or self._thread is None:
            return
        while self._heap:
            priority, job_id = heapq.heappop(self._heap)
            job = self._jobs.get(job_id)
            if job is None or job.priority != priority:
                continue  # cancelled, or promoted: then it is in the heap a second time
            job.generation = self._generation
            self._running = job_id
            name = plain(job.path.name)
            request = (
                Analyse(name=name, with_film=job.with_film, origin=job.origin) if job.analyse else ReadFilm(name=name)
            )
            self._future = self._thread.ask(request, name=name, path=job.path)
            self._future.add_done_callback(partial(self._say_replied, job_id, self._generation))
            self._sent.emit(job_id)
            return

    def _say_replied(self, job_id: int, generation: int, future: Future[Reply]) -> None:
        """In the supervisor's thread, or in that of whoever gave the job up."""
        cancelled = Reply(reason=Message("worker.cancelled"))
        self._replied.emit(job_id, generation, cancelled if future.cancelled() else future.result())

    @Slot(int)
    def _on_sent(self, job_id: int) -> None:
        if job_id in self._jobs:
            self.started.emit(job_id)

    @Slot(int, int, object)
    def _on_reply(self, job_id: int, generation: int, reply: Reply) -> None:
        if generation != self._generation or self._thread is None:
            return
        self._running = None
        self._patience.stop()
        job = self._jobs.pop(job_id, None)
        # The next film goes to the child before this one's listeners run.
        self._send_next()
        if job is not None:
            if job.analyse:
                self._done += 1
                self._announce_progress()
                self.finished.emit(self._analysis_result(job, reply))
            else:
                self.film_read.emit(_film_result(job, reply))
        self._settle()

    @Slot(object)
    def _on_state(self, state: WorkerState) -> None:
        if self._thread is None:
            return
        self._state = state
        self.worker_changed.emit(state)

    def _announce_progress(self) -> None:
        """Announces once for each turn of the event loop: a folder of films is submitted in one turn."""
        if not self._progress_due:
            self._progress_due = True
            QTimer.singleShot(0, self, self._emit_progress)

    @Slot()
    def _emit_progress(self) -> None:
        self._progress_due = False
        done, total = self._done, self._total
        if done == total:
            self._done = self._total = 0
        self.progress.emit(done, total)

    @Slot()
    def _abandon_cancelled(self) -> None:
        """Frees the child from a job that was cancelled and does not end: other films wait behind it."""
        if self._running is not None and self._running not in self._jobs and self._future is not None:
            self._future.cancel()

    def _settle(self) -> None:
        if not self._jobs:
            self.idle.emit()

    def _analysis_result(self, job: _Job, reply: Reply) -> AnalysisResult:
        thumbnail = reply.answer.thumbnail if isinstance(reply.answer, Analysed) else None
        return AnalysisResult(job.job_id, job.path, reply.analysis(job.path, self._state.model), thumbnail, reply.film)


def _film_result(job: _Job, reply: Reply) -> FilmResult:
    film = reply.film
    if film is not None and film.sha256 == job.sha256:
        return FilmResult(job.job_id, job.path, film=film)
    if film is not None:
        changed = Message("film.changed", name=job.path.name)
        return FilmResult(job.job_id, job.path, reason=changed)
    reason = reply.answer.reason if isinstance(reply.answer, FilmRead) else reply.reason
    return FilmResult(job.job_id, job.path, reason=reason or Message("worker.silent"))
