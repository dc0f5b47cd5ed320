"""The task of a Dask worker: it scores batches of films in child processes, which stay alive between batches."""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from edge_app import __version__
from edge_app.analysis.record import Record, record_of
from edge_app.bundle.bundle import SHIPPED_BUNDLE, Bundle, open_bundle
from edge_app.bundle.site_key import key_in_force
from edge_app.process.protocol import Analyse, WorkerConfig
from edge_app.process.supervisor import UNATTENDED
from edge_app.process.supervisor_thread import SupervisorThread
from edge_app.system.errors import PneumoscopeError
from edge_app.system.messages import plain

_IDLE_S = 5.0
"""Idle time after which child processes end, because a killed client cannot release its run."""


@dataclass(frozen=True, slots=True)
class Job:
    """The job of a run; each batch contains it.

    Attributes:
        run: Unique id of the run.
        config: Configuration of the child processes; an empty bundle is the shipped one of the worker's installation.
        manifest_sha256: Hash of the client's manifest; the worker's must be equal.
        version: Pneumoscope version of the client; the worker's must be equal.
    """

    run: str
    config: WorkerConfig
    manifest_sha256: str
    version: str = __version__


@dataclass(slots=True)
class _Run:
    """A worker's state of a run: the bundle, and the idle child processes."""

    bundle: Bundle
    idle: list[SupervisorThread] = field(default_factory=list)


_runs: dict[str, _Run] = {}
_guard = threading.Lock()


def score(job: Job, films: list[bytes]) -> list[Record]:
    """Scores a batch of films on this worker.

    Args:
        job: The job.
        films: Absolute paths, encoded by `os.fsencode`.

    Returns:
        The records, in order.

    Raises:
        PneumoscopeError: This worker has another version or bundle, or cannot run the model. The message names the
            machine.
    """
    try:
        with _borrowed(job) as worker:
            return [_record(worker, Path(os.fsdecode(film))) for film in films]
    except PneumoscopeError as error:
        # The original error may not be picklable.
        raise PneumoscopeError(
            "cluster.worker", machine=platform.node(), reasons=(error.reason,), detail=error.detail
        ) from None


def release(run: str) -> None:
    """Ends the idle child processes of a run; busy ones end after their batch."""
    with _guard:
        held = _runs.pop(run, None)
    for worker in held.idle if held else ():
        worker.stop()


def _record(worker: SupervisorThread, path: Path) -> Record:
    name = plain(path.name)
    reply = worker.ask(Analyse(name=name, with_thumbnail=False), name=name, path=path).result()
    if worker.state.phase == "failed" and worker.state.reason is not None:
        raise PneumoscopeError(worker.state.reason)
    return record_of(reply.analysis(path, worker.state.model))


@contextmanager
def _borrowed(job: Job) -> Iterator[SupervisorThread]:
    held = _run(job)
    with _guard:
        worker = held.idle.pop() if held.idle else None
    if worker is None:
        config = msgspec.structs.replace(job.config, bundle=str(held.bundle.directory))
        worker = SupervisorThread(config, policy=UNATTENDED, manifest_sha256=job.manifest_sha256, idle_s=_IDLE_S)
        worker.start()
    try:
        yield worker
    finally:
        with _guard:
            kept = _runs.get(job.run) is held
            if kept:
                held.idle.append(worker)
        if not kept:
            worker.stop()


def _run(job: Job) -> _Run:
    with _guard:
        held = _runs.get(job.run)
        if held is not None:
            return held
        if job.version != __version__:
            raise PneumoscopeError("cluster.other_version", version=__version__, wanted=job.version)
        folder = Path(job.config.bundle) if job.config.bundle else SHIPPED_BUNDLE
        bundle = open_bundle(folder, public_key=key_in_force(job.config.public_key))
        if bundle.manifest_sha256 != job.manifest_sha256:
            raise PneumoscopeError("cluster.other_bundle", folder=str(folder))
        # A killed client did not release its run, so end its idle child processes. A living client starts new ones.
        for other in _runs.values():
            while other.idle:
                other.idle.pop().stop()
        held = _runs[job.run] = _Run(bundle)
        return held
