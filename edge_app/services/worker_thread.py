"""The thread that owns the child process: starts it, feeds it one task at a time, and replaces it when it dies.

There is one way a child ends, `Child.close` in this thread; other threads may only kill it, which wakes this one.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QThread, Signal

from edge_app.analysis.analysis import Reason
from edge_app.bundle.manifest import parse_manifest
from edge_app.imaging.radiograph import Radiograph
from edge_app.process.child import Child, ChildLostError, ChildNotReadyError
from edge_app.process.jobs import LoadedModel, WorkerState
from edge_app.process.protocol import (
    Analysed,
    Answer,
    FilmHeader,
    FilmRead,
    ProtocolError,
    Ready,
    Request,
    WorkerConfig,
    unpack_film,
)
from edge_app.system.errors import PneumoscopeError

_LOG = logging.getLogger(__name__)

_MOST_FAILED_STARTS = 3
"""So often in a row a child may die before it is ready; then something is wrong that another start will not mend."""


@dataclass(frozen=True, slots=True)
class Task:
    """One request to the child.

    Attributes:
        job_id: Named by the reply.
        generation: Of the configuration it is meant for; named by the reply.
        name: The file's name, for messages.
        request: What is sent.
    """

    job_id: int
    generation: int
    name: str
    request: Request


@dataclass(frozen=True, slots=True, eq=False)
class Reply:
    """The end of a task.

    Attributes:
        job_id: Of the task.
        generation: Of the task.
        answer: What the child said; None where it died.
        film: The film that came with it.
        reason: Why there is no answer; None where there is one.
    """

    job_id: int
    generation: int
    answer: Answer | None = None
    film: Radiograph | None = None
    reason: Reason | None = None


class WorkerThread(QThread):
    """Owns the child.

    Signals:
        replied(Reply): A task ended, one way or the other. Exactly one for each task.
        state_changed(WorkerState): The child started, became ready, died or failed.
    """

    replied = Signal(object)
    state_changed = Signal(object)

    def __init__(self, config: WorkerConfig, command: Sequence[str] | None = None) -> None:
        """Makes the thread; `start` starts it, and it the child.

        Args:
            config: What the child is started with.
            command: Its command line; None for the app's own.
        """
        super().__init__()
        self.setObjectName("worker")
        self._command = command
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        # Guarded by the lock: other threads change or kill them.
        self._config = config
        self._generation = 0
        self._stopping = False
        self._abandoned: int | None = None
        self._doing: int | None = None
        self._child: Child | None = None
        # This thread's own.
        self._child_generation = -1
        self._state = WorkerState("stopped")

    def send(self, task: Task) -> None:
        """Has a task done after those that were sent before."""
        self._tasks.put(task)

    def restart(self, config: WorkerConfig) -> None:
        """Replaces the child by one with another configuration; the running task is lost."""
        with self._lock:
            self._config = config
            self._generation += 1
            if self._child is not None:
                self._child.kill()
        self._tasks.put(None)

    def abandon(self, job_id: int) -> None:
        """Kills the child over a task that nobody waits for any more and that will not end."""
        with self._lock:
            self._abandoned = job_id
            if self._child is not None and self._doing == job_id:
                self._child.kill()

    def stop(self) -> None:
        """Ends the child and the thread, and waits for both."""
        with self._lock:
            self._stopping = True
            if self._child is not None:
                self._child.kill()
        self._tasks.put(None)
        self.wait()

    def run(self) -> None:
        """Keeps a child ready and gives it tasks, until `stop`."""
        try:
            while not self._stopping:
                ready = self._ensure_child()
                task = self._tasks.get()  # None only wakes: the configuration changed, or it is time to stop
                if task is not None and not self._stopping:
                    self.replied.emit(self._do(task) if ready else self._undone(task))
        finally:
            self._close_child()

    def _do(self, task: Task, *, again: bool = True) -> Reply:
        # The child may have died while there was nothing to do; that must not cost this film.
        child = self._child if self._ensure_child() else None
        if child is None:
            return self._undone(task)
        with self._lock:
            if self._abandoned == task.job_id:
                return _cancelled(task)
            self._doing = task.job_id
        try:
            answer, payload = child.ask(task.request, self._config.job_timeout_s)
            film = _film(answer, payload)
        except (ChildLostError, ProtocolError) as error:
            if self._stopping or self._child_generation != self._generation:
                return Reply(task.job_id, task.generation, reason=Reason("worker.replaced", "The model was replaced."))
            if self._abandoned == task.job_id:
                return _cancelled(task)
            _LOG.warning("The worker process was lost over a film: %s", error.detail)
            timed_out = isinstance(error, ChildLostError) and error.timed_out
            self._state = replace(self._state, restarts=self._state.restarts + 1)
            child.kill()
            if again and isinstance(error, ChildLostError) and not error.delivered:
                return self._do(task, again=False)
            return Reply(task.job_id, task.generation, reason=self._loss(task.name, timed_out))
        finally:
            with self._lock:
                self._doing = None
        return Reply(task.job_id, task.generation, answer, film)

    def _undone(self, task: Task) -> Reply:
        reason = self._state.reason or Reason("worker.unavailable", "The model could not be started.")
        return Reply(task.job_id, task.generation, reason=reason)

    def _loss(self, name: str, timed_out: bool) -> Reason:
        hint = "Other films are not affected."
        if timed_out:
            limit = f"{self._config.job_timeout_s:g} s"
            return Reason("worker.timeout", f"{name} was not analysed: it took longer than {limit}.", hint)
        return Reason("worker.crashed", f"{name} was not analysed: it made the analysis process stop.", hint)

    def _ensure_child(self) -> bool:
        """Whether a child of the wanted configuration is ready; starts one if need be."""
        failures = 0
        while not self._stopping:
            with self._lock:
                generation, config = self._generation, self._config
            if self._child_generation == generation:
                if self._state.phase == "failed":
                    return False
                if self._child is not None and self._child.is_alive:
                    return True
            self._close_child()
            self._child_generation = generation
            try:
                model = self._start_child(config)
            except ChildNotReadyError as error:
                _LOG.warning("The worker process cannot work: %s", error.detail or error.reason.code)
                self._set_failed(error.reason)
            except (ChildLostError, OSError, PneumoscopeError) as error:
                if self._stopping or generation != self._generation:
                    continue
                failures += 1
                _LOG.warning("The worker process did not start: %s", getattr(error, "detail", repr(error)))
                if failures >= _MOST_FAILED_STARTS:
                    self._set_failed(
                        Reason(
                            "worker.unavailable",
                            "The analysis process does not start.",
                            "Run `python -m edge_app selftest`, or choose another runtime in the settings.",
                        )
                    )
                else:
                    self._child_generation = -1
            else:
                if model is not None and self._child is not None:
                    self._set_state(replace(self._state, phase="ready", model=model, reason=None, pid=self._child.pid))
        return False

    def _start_child(self, config: WorkerConfig) -> LoadedModel | None:
        self._set_state(replace(self._state, phase="starting", reason=None, pid=None))
        with self._lock:
            if self._stopping:
                return None
            self._child = Child(self._command)
        ready, manifest = self._child.start(config)
        return _loaded(ready, bytes(manifest))

    def _close_child(self) -> None:
        with self._lock:
            child, self._child = self._child, None
        if child is not None:
            child.close()

    def _set_failed(self, reason: Reason) -> None:
        self._close_child()
        self._set_state(replace(self._state, phase="failed", reason=reason, pid=None))

    def _set_state(self, state: WorkerState) -> None:
        self._state = state
        self.state_changed.emit(state)


def _cancelled(task: Task) -> Reply:
    return Reply(task.job_id, task.generation, reason=Reason("worker.cancelled", "It was cancelled."))


def _loaded(ready: Ready, manifest: bytes) -> LoadedModel:
    return LoadedModel(
        manifest=parse_manifest(manifest),
        manifest_sha256=ready.manifest_sha256,
        bundle=Path(ready.bundle),
        model=ready.model,
        operating_point=ready.operating_point,
        evidence_scale=ready.evidence_scale,
        selftest_films=ready.selftest_films,
        selftest_difference=ready.selftest_difference,
        startup_ms=ready.startup_ms,
    )


def _film(answer: Answer, payload: memoryview) -> Radiograph | None:
    header: FilmHeader | None = answer.film if isinstance(answer, Analysed | FilmRead) else None
    return None if header is None else unpack_film(header, payload)
