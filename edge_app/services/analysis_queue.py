"""The priority queue of films that wait for the child process.

It runs in its owner's thread. `SupervisorThread` runs the child process and everything that blocks. It gets one job at
a time, so that the current film never waits behind a long list.
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
"""Time that a cancelled job gets to finish: most jobs finish before a new child process would be ready."""


@dataclass(slots=True)
class _Job:
    """A pending job.

    Attributes:
        sha256: Expected hash of the file, for `read_film`.
    """

    job_id: int
    path: Path
    priority: Priority
    with_film: bool
    origin: Origin
    analyse: bool
    sha256: str = ""


class AnalysisQueue(QObject):
    """Analyses films in a child process, the current film first.

    No call blocks. If a film kills the child process, only that film fails, and a new child process starts.

    Signals:
        started(int): The child process received a job.
        finished(AnalysisResult): A job of `submit` ended. Not emitted for cancelled jobs.
        film_read(FilmResult): A job of `read_film` ended. Not emitted for cancelled jobs.
        progress(int, int): Finished and total films since the queue was last empty.
        worker_changed(WorkerState): The state of the child process changed.
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
        """Creates a queue; `start` starts it.

        Args:
            config: Configuration of the child process.
            parent: Owner.
            command: Command line of the child process in tests; None for the default.
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
        # Queued, so that `submit` returns the id before the start is announced.
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
        """State of the child process."""
        return self._state

    @property
    def model(self) -> LoadedModel | None:
        """The loaded model; None until the child process was ready once."""
        return self._state.model

    @property
    def config(self) -> WorkerConfig:
        """Configuration of the current or next child process."""
        return self._config

    @property
    def pending(self) -> int:
        """Number of pending jobs, including the running one."""
        return len(self._jobs)

    def start(self) -> None:
        """Starts the thread and the child process. Call it before the window is built: they load in parallel."""
        if self._thread is not None:
            self._thread.start()

    def submit(
        self, path: Path, *, priority: Priority = Priority.BATCH, with_film: bool = False, origin: Origin = "file"
    ) -> int:
        """Queues the analysis of a file.

        Args:
            path: The file.
            priority: Priority of the job.
            with_film: Whether the result shall contain the pixels, for display.
            origin: `camera` marks the film as photographed.

        Returns:
            The job's id, as in `finished`.
        """
        return self._add(_Job(self._next_id, path, priority, with_film, origin, analyse=True))

    def read_film(self, path: Path, sha256: str, *, priority: Priority = Priority.VIEWED) -> int:
        """Queues the reading of a film that was analysed before.

        Args:
            path: The file.
            sha256: Hash of the analysed file: a changed file is not shown beside the old result.
            priority: Priority of the job.

        Returns:
            The job's id, as in `film_read`.
        """
        return self._add(_Job(self._next_id, path, priority, True, "file", analyse=False, sha256=sha256))

    def promote(self, job_id: int, priority: Priority = Priority.VIEWED, *, with_film: bool = False) -> bool:
        """Changes the priority of a waiting job.

        Args:
            job_id: The job.
            priority: The new priority; may be lower than the old one.
            with_film: True also requests the pixels; False leaves an earlier request.

        Returns:
            Whether the job was still waiting. A running job is not changed.
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
        """Cancels a job; its end is not announced. Returns whether it was pending."""
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
        """Cancels all jobs. Returns their ids."""
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
        """Restarts the child process with another configuration; pending jobs run under the new one.

        After the state `failed`, the same configuration starts a new attempt.
        """
        if self._thread is None or (config == self._config and self._state.phase != "failed"):
            return
        self._config = config
        self._generation += 1
        # The running job is sent again; `_on_reply` drops the answer of the old generation.
        if self._running is not None and (job := self._jobs.get(self._running)) is not None:
            heapq.heappush(self._heap, (job.priority, job.job_id))
        self._running = None
        self._thread.restart(config)
        self._send_next()

    def close(self) -> None:
        """Ends the child process and the thread, and waits for both. May be called twice.

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
                continue  # cancelled, or promoted and in the heap a second time
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
        """Runs in the supervisor's thread, or in the thread that cancelled the job."""
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
        # Send the next film before the listeners of this one run.
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
        """Emits `progress` once for each turn of the event loop, because a whole folder is submitted in one turn."""
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
        """Stops a cancelled job that does not end, because other films wait for it."""
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
