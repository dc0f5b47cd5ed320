"""What a Dask worker runs: batches of films, in contained pipelines that it keeps from one batch to the next."""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from edge_app import __version__
from edge_app.analysis.record import Record, record_of
from edge_app.bundle.bundle import SHIPPED_BUNDLE, Bundle, open_bundle
from edge_app.process.isolated_pipeline import ContainedPipeline
from edge_app.process.protocol import WorkerConfig
from edge_app.system.errors import PneumoscopeError


@dataclass(frozen=True, slots=True)
class Job:
    """What one run asks of each worker; it travels with every batch.

    Attributes:
        run: Unique for each run.
        config: What the child processes are started with; an empty bundle is the one shipped with the worker's own
            installation.
        manifest_sha256: Hash of the bundle's manifest as the client has it; the worker must find the same.
        version: Of Pneumoscope, on the client and so on every worker.
    """

    run: str
    config: WorkerConfig
    manifest_sha256: str
    version: str = __version__


@dataclass(slots=True)
class _Run:
    """What a worker process holds for a run: the bundle, and the pipelines that no thread uses just now."""

    bundle: Bundle
    idle: list[ContainedPipeline] = field(default_factory=list)


_runs: dict[str, _Run] = {}
_guard = threading.Lock()


def score(job: Job, films: list[bytes]) -> list[Record]:
    """Scores a batch of films on the worker that this runs on.

    Args:
        job: What to run.
        films: `os.fsencode` of absolute paths.

    Returns:
        For each film its record.

    Raises:
        PneumoscopeError: This worker has another version or another bundle, or cannot run it. The message names the
            machine.
    """
    try:
        with _borrowed(job) as pipeline:
            return [record_of(pipeline.analyse(Path(os.fsdecode(film)))) for film in films]
    except PneumoscopeError as error:
        # Not the error itself, which might not survive being pickled on its way to the client.
        raise PneumoscopeError(
            "cluster.worker", machine=platform.node(), reasons=(error.reason,), detail=error.detail
        ) from None


def release(run: str) -> None:
    """Ends the child processes that this worker holds for a run; those at work end with their batch."""
    with _guard:
        held = _runs.pop(run, None)
    for pipeline in held.idle if held else ():
        pipeline.close()


@contextmanager
def _borrowed(job: Job) -> Iterator[ContainedPipeline]:
    held = _run(job)
    with _guard:
        pipeline = held.idle.pop() if held.idle else None
    if pipeline is None:
        pipeline = ContainedPipeline(held.bundle, job.config)
    try:
        yield pipeline
    finally:
        with _guard:
            kept = _runs.get(job.run) is held
            if kept:
                held.idle.append(pipeline)
        if not kept:
            pipeline.close()


def _run(job: Job) -> _Run:
    with _guard:
        held = _runs.get(job.run)
        if held is not None:
            return held
        if job.version != __version__:
            raise PneumoscopeError("cluster.other_version", version=__version__, wanted=job.version)
        folder = Path(job.config.bundle) if job.config.bundle else SHIPPED_BUNDLE
        bundle = open_bundle(folder, public_key=job.config.public_key or None)
        if bundle.manifest_sha256 != job.manifest_sha256:
            raise PneumoscopeError("cluster.other_bundle", folder=str(folder))
        # A client that was killed could not say that its run is over. One that lives only waits for a new start.
        for other in _runs.values():
            while other.idle:
                other.idle.pop().close()
        held = _runs[job.run] = _Run(bundle)
        return held
