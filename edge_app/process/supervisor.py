"""Keeps one child process at work: starts it, gives it one job at a time, and replaces it when it dies or hangs.

The window, `predict` and the cluster's workers all use this one. It lives on an event loop and blocks nobody.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from edge_app.analysis.analysis import Analysis, ModelId, Timings
from edge_app.bundle.newest_seen import take_newest
from edge_app.bundle.site_key import key_in_force
from edge_app.imaging.radiograph import Radiograph
from edge_app.process.child import Child, ChildLostError
from edge_app.process.jobs import LoadedModel, WorkerState
from edge_app.process.launch import Launched, child_command, launch
from edge_app.process.opening import open_beside
from edge_app.process.protocol import (
    Analysed,
    Answer,
    FilmRead,
    ProtocolError,
    Request,
    WorkerConfig,
    unpack_film,
)
from edge_app.system.errors import FilmError, PneumoscopeError, cause_of
from edge_app.system.messages import Message
from edge_app.system.user_folders import data_folder

_LOG = logging.getLogger(__name__)
_UNKNOWN_MODEL = ModelId(name="", variant="", sha256="", runtime="")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How many children may be spent.

    Attributes:
        starts: Children in a row that may die before they are ready; then another start will not help.
        tries: Children that one film may cost. A film that took too long is not tried again.
    """

    starts: int = 3
    tries: int = 1


ATTENDED = RetryPolicy(tries=1)
"""For the window: a film that kills its child would kill the next one, and the user can ask again."""
UNATTENDED = RetryPolicy(tries=2)
"""For thousands of films that nobody watches: there a child is rather lost because memory ran out."""


@dataclass(frozen=True, slots=True, eq=False)
class Reply:
    """The end of a job.

    Attributes:
        answer: What the child said; None where there is a reason.
        film: The film that came with it.
        payload: The other bytes that came with it.
        reason: Why there is no answer.
    """

    answer: Answer | None = None
    film: Radiograph | None = None
    payload: memoryview | bytes = b""
    reason: Message | None = None

    def analysis(self, path: Path, model: LoadedModel | None) -> Analysis:
        """The answer to `Analyse` under the caller's own path, or an analysis that says why there is none.

        Args:
            path: The film.
            model: The model that would have answered; None before one was ready.
        """
        if isinstance(self.answer, Analysed):
            return replace(self.answer.analysis, path=str(path))
        reason = self.reason or Message("worker.silent")
        return Analysis(str(path), "", "failed", model.model if model else _UNKNOWN_MODEL, Timings(), reason=reason)


class Supervisor:
    """Owns a child process. All of it belongs to one event loop."""

    def __init__(
        self,
        config: WorkerConfig,
        *,
        policy: RetryPolicy = ATTENDED,
        command: Sequence[str] | None = None,
        first: Launched | None = None,
        manifest_sha256: str = "",
        changed: Callable[[WorkerState], None] = lambda _state: None,
    ) -> None:
        """Prepares; the child starts with `ready` or the first job.

        Args:
            config: What the child is started with.
            policy: How many children may be spent.
            command: The child's command line; None for the worker's.
            first: A process of that command that was started ahead, for the first start; who started it ends it.
            manifest_sha256: Hash of the bundle's manifest that the child must find; empty for any.
            changed: Called with each new state.
        """
        self._config = config
        self._policy = policy
        self._command = command or child_command()
        self._first = first
        self._manifest_sha256 = manifest_sha256
        self._changed = changed
        self._turn = asyncio.Lock()
        self._child: Child | None = None
        self._state = WorkerState("stopped")
        self._failure: PneumoscopeError | None = None
        self._generation = 0
        self._starting: asyncio.Task[None] | None = None

    @property
    def state(self) -> WorkerState:
        """How the child is."""
        return self._state

    @property
    def is_ready(self) -> bool:
        """Whether a child waits for a job or does one."""
        return self._state.phase == "ready" and self._child is not None and self._child.is_usable

    async def ready(self) -> bool:
        """Whether a child is ready, after one was started if need be."""
        async with self._turn:
            return await self._ready()

    async def require(self) -> LoadedModel:
        """As `ready`.

        Returns:
            The model that the child runs.

        Raises:
            PneumoscopeError: It cannot work here.
        """
        if not await self.ready() or self._state.model is None:
            raise self._failure or PneumoscopeError("worker.unavailable")
        return self._state.model

    async def ask(
        self, request: Request, *, name: str, path: Path | None = None, payload: bytes | memoryview = b""
    ) -> Reply:
        """Has one job done, after those that were asked for before.

        Args:
            request: What to do.
            name: The film's name, for messages.
            path: The film's file, which is opened here and read by the child.
            payload: The bytes that go with the request, where it needs no file.

        Returns:
            The answer or the reason why there is none; nothing is raised.
        """
        if self._state.model is None and not await self.ready():
            return self._unavailable()
        descriptor = None
        try:
            if path is not None:
                async with asyncio.timeout(self._config.job_timeout_s):
                    descriptor = await open_beside(path, self._config.limits)
            async with self._turn:
                return await self._ask(request, name, descriptor, payload)
        except FilmError as error:
            return Reply(reason=error.reason)
        except TimeoutError:
            return Reply(reason=self._loss(name, timed_out=True))
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def restart(self, config: WorkerConfig) -> None:
        """Has the next job done by a child with another configuration; the running job is given up."""
        self._config = config
        self._generation += 1
        if self._state.phase == "failed":
            self._state = replace(self._state, phase="stopped", reason=None)
        if self._child is not None:
            self._child.kill()

    async def rest(self) -> None:
        """Ends the child after the jobs that were asked for; the next job starts another."""
        async with self._turn:
            await self._drop()
            self._say(replace(self._state, phase="stopped", pid=None))

    async def close(self) -> None:
        """Ends the child and waits for it."""
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.wait([self._starting])
        await self._drop()
        self._state = replace(self._state, phase="stopped", pid=None)

    async def _ask(self, request: Request, name: str, descriptor: int | None, payload: bytes | memoryview) -> Reply:
        tries, undelivered = 0, 0
        while await self._ready():
            generation, child = self._generation, self._child
            assert child is not None
            try:
                answer, attached = await child.ask(
                    request, self._config.job_timeout_s, descriptor=descriptor, payload=payload
                )
                return _reply(answer, attached)
            except (ChildLostError, ProtocolError) as error:
                child.kill()
                if self._generation != generation:
                    return Reply(reason=Message("worker.replaced"))
                _LOG.warning("The worker process was lost over a film: %s", error.detail)
                self._state = replace(self._state, restarts=self._state.restarts + 1)
                if isinstance(error, ChildLostError) and error.timed_out:
                    return Reply(reason=self._loss(name, timed_out=True))
                if isinstance(error, ChildLostError) and not error.delivered and not undelivered:
                    undelivered = 1  # it had died before, which must not cost the film
                    continue
                tries += 1
                if tries == self._policy.tries:
                    return Reply(reason=self._loss(name, timed_out=False))
        return self._unavailable()

    def _unavailable(self) -> Reply:
        return Reply(reason=self._state.reason or Message("worker.unavailable"))

    def _loss(self, name: str, *, timed_out: bool) -> Message:
        if timed_out:
            return Message("worker.timeout", name=name, limit_s=self._config.job_timeout_s)
        return Message("worker.crashed", name=name)

    async def _ready(self) -> bool:
        while not self.is_ready and self._state.phase != "failed":
            if self._starting is None or self._starting.done():
                self._starting = asyncio.create_task(self._bring_up())
            # Shielded: whoever gives a job up does not give up the child that is loading for the others.
            await asyncio.shield(self._starting)
        return self.is_ready

    async def _bring_up(self) -> None:
        """Starts children until one is ready, or too many have failed."""
        failures = 0
        while not self.is_ready and self._state.phase != "failed":
            await self._drop()
            generation = self._generation
            self._say(replace(self._state, phase="starting", reason=None, pid=None))
            try:
                model, pid = await self._start()
            except PneumoscopeError as error:
                if generation != self._generation:
                    continue
                if not isinstance(error, ChildLostError):
                    _LOG.warning("The worker process cannot work: %s", error.detail or error.reason.code)
                    await self._fail(error)
                    continue
                failures += 1
                _LOG.warning("The worker process did not start: %s", error.detail)
                if failures == self._policy.starts:
                    await self._fail(PneumoscopeError("worker.unavailable", detail=error.detail))
            else:
                if generation == self._generation:
                    self._say(replace(self._state, phase="ready", model=model, reason=None, pid=pid))

    async def _start(self) -> tuple[LoadedModel, int]:
        first, self._first = self._first, None
        try:
            child = self._child = Child(first or launch(self._command))
        except OSError as error:
            raise PneumoscopeError("worker.unstarted", cause=cause_of(error), detail=repr(error)) from error
        model = await child.start(self._config)
        if self._manifest_sha256 and model.manifest_sha256 != self._manifest_sha256:
            raise PneumoscopeError("bundle.changed")
        if key_in_force(self._config.public_key) is not None:
            take_newest(data_folder(), model.manifest.identity, allow_older=self._config.allow_older_model)
        return model, child.pid

    async def _drop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            await child.close()

    async def _fail(self, error: PneumoscopeError) -> None:
        await self._drop()
        self._failure = error
        self._say(replace(self._state, phase="failed", reason=error.reason, pid=None))

    def _say(self, state: WorkerState) -> None:
        self._state = state
        self._changed(state)


def _reply(answer: Answer, payload: memoryview) -> Reply:
    header = answer.film if isinstance(answer, Analysed | FilmRead) else None
    if header is None:
        return Reply(answer, payload=payload)
    return Reply(answer, unpack_film(header, payload))
