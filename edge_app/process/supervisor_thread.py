"""A supervisor for callers without an event loop: the window and the threads of a cluster's worker. No Qt."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from pathlib import Path

from edge_app.process.jobs import WorkerState
from edge_app.process.protocol import Request, WorkerConfig
from edge_app.process.supervisor import ATTENDED, Reply, RetryPolicy, Supervisor

_LOG = logging.getLogger(__name__)
_END_S = 10.0


class SupervisorThread:
    """Runs the event loop of one supervisor. Every method may be called from any thread."""

    def __init__(
        self,
        config: WorkerConfig,
        *,
        policy: RetryPolicy = ATTENDED,
        command: Sequence[str] | None = None,
        manifest_sha256: str = "",
        idle_s: float | None = None,
        changed: Callable[[WorkerState], None] = lambda _state: None,
    ) -> None:
        """Prepares; `start` starts the thread, and it the child.

        Args:
            config: What the child is started with.
            policy: How many children may be spent.
            command: The child's command line; None for the worker's.
            manifest_sha256: Hash of the bundle's manifest that the child must find; empty for any.
            idle_s: After this time without a job the child ends, until the next one; None keeps a child ready.
            changed: Called with each new state, in the thread.
        """
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._supervisor = Supervisor(
            config, policy=policy, command=command, manifest_sha256=manifest_sha256, changed=changed
        )
        self._idle_s = idle_s
        self._jobs = 0
        self._resting: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[object]] = set()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    @property
    def state(self) -> WorkerState:
        """How the child is."""
        return self._supervisor.state

    def start(self) -> None:
        """Starts the thread; a second time does nothing."""
        if self._thread.ident is None:
            self._thread.start()

    def ask(
        self, request: Request, *, name: str, path: Path | None = None, payload: bytes | memoryview = b""
    ) -> Future[Reply]:
        """Has a job done, after those that were asked for before; see `Supervisor.ask`.

        Returns:
            Its reply to come. To cancel it is to give the job up, at the cost of the child if it has begun. Callbacks
            are called in the thread.
        """
        return asyncio.run_coroutine_threadsafe(self._ask(request, name, path, payload), self._loop)

    def restart(self, config: WorkerConfig) -> None:
        """Replaces the child by one with another configuration; the running job is given up."""
        self._loop.call_soon_threadsafe(self._restart, config)

    def stop(self) -> None:
        """Ends the child and the thread, and waits for both. Jobs that are not done are cancelled."""
        if self._thread.ident is None:
            self._loop.close()
            return
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(_END_S)
        if self._thread.is_alive():
            _LOG.error("The thread of the analysis process does not end")

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        try:
            self._warm()
            await self._stopped.wait()
        finally:
            jobs = asyncio.all_tasks() - {asyncio.current_task()}
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
            await self._supervisor.close()

    async def _ask(self, request: Request, name: str, path: Path | None, payload: bytes | memoryview) -> Reply:
        self._jobs += 1
        if self._resting is not None:
            self._resting.cancel()
        try:
            return await self._supervisor.ask(request, name=name, path=path, payload=payload)
        finally:
            self._jobs -= 1
            if self._idle_s is None:
                self._warm()
            elif not self._jobs:
                self._resting = self._loop.call_later(self._idle_s, lambda: self._do(self._supervisor.rest()))

    def _restart(self, config: WorkerConfig) -> None:
        self._supervisor.restart(config)
        self._warm()

    def _warm(self) -> None:
        """Has a child ready before the next job comes."""
        if not self._supervisor.is_ready:
            self._do(self._supervisor.ready())

    def _do(self, work: Coroutine[object, object, object]) -> None:
        if self._stopped.is_set():
            work.close()
            return
        task = self._loop.create_task(work)
        self._tasks.add(task)  # the loop itself holds tasks by weak references only
        task.add_done_callback(self._tasks.discard)
