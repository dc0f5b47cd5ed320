"""The client of a cluster run: sends batches of films and receives one record for each film."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from edge_app.analysis.analysis import Analysis, ModelId, Timings
from edge_app.analysis.record import Record, record_of
from edge_app.cluster.scorer import Job, release, score
from edge_app.system.errors import PneumoscopeError
from edge_app.system.messages import Message

_LOG = logging.getLogger(__name__)

BATCH = 16
"""Films per batch: about 0.1 s of work, 100 times the scheduler's cost of a task."""
_BATCHES_PER_THREAD = 2
_CONNECT_S = 20
_FIRST_WORKER_S = 60
_POLL_S = 5.0

Take = Callable[[bytes, Record], None]


class Cluster:
    """One run on a scheduler and its workers."""

    def __init__(self, client: Any, job: Job, model: ModelId) -> None:
        """Creates a run.

        Args:
            client: A `distributed.Client`, from `connected`.
            job: The job of the workers.
            model: Model for the records of films that no worker could score.
        """
        self._client = client
        self._job = job
        self._model = model
        self._results: SimpleQueue[Any] = SimpleQueue()
        # Keep the futures: the scheduler drops a task without a future.
        self._waiting: dict[str, tuple[Any, list[bytes]]] = {}
        self._batches = 0
        self._stopped = False
        self._room, self._room_seen_s = 1, float("-inf")

    def stop(self) -> None:
        """Makes `score_all` return. May be called from any thread."""
        self._stopped = True
        self._results.put(None)

    def score_all(self, films: Iterable[Path], take: Take) -> bool:
        """Scores films on all workers, including workers that connect later.

        The scheduler sends the batches of a lost worker to other workers. A batch that killed several workers is sent
        again film by film; a film that kills several workers alone gets a failed record.

        Args:
            films: Absolute paths that are valid on each worker. Read lazily.
            take: Called once per film, in the order of completion, with the path's bytes and the record.

        Returns:
            Whether all films were scored; False after `stop`.

        Raises:
            PneumoscopeError: The scheduler is gone, or a worker cannot run the job.
        """
        batches = _batched(films)
        more = True
        while True:
            while more and not self._stopped and len(self._waiting) < self._batches_wanted():
                batch = next(batches, None)
                if batch is None:
                    more = False
                else:
                    self._submit(batch)
            if self._stopped or not self._waiting:
                return not self._stopped
            try:
                future = self._results.get(timeout=_POLL_S)
            except Empty:
                self._check_scheduler()
                continue
            if future is not None:
                self._take(future, take)

    def close(self) -> None:
        """Cancels waiting batches and makes the workers end their child processes."""
        if self._client.status != "running":
            return
        try:
            self._client.cancel([future for future, _ in self._waiting.values()])
            self._waiting.clear()
            self._client.run(release, self._job.run, on_error="ignore")
        except (OSError, TimeoutError) as error:
            _LOG.warning("The workers could not be told to release the run: %s", type(error).__name__)

    def _submit(self, batch: list[bytes]) -> None:
        key = f"pneumoscope-{self._job.run}-{self._batches}"
        self._batches += 1
        future = self._client.submit(score, self._job, batch, key=key, pure=False)
        self._waiting[key] = future, batch
        future.add_done_callback(self._results.put)

    def _take(self, future: Any, take: Take) -> None:
        from distributed import KilledWorker

        _, batch = self._waiting.pop(future.key)
        try:
            records = future.result()
        except KilledWorker:
            if len(batch) > 1:
                _LOG.warning("A batch of films killed several workers; its films are sent one by one")
                for film in batch:
                    self._submit([film])
                return
            records = [self._lost(batch[0])]
        except PneumoscopeError:
            raise
        except Exception as error:
            if future.status in ("cancelled", "lost"):
                raise _scheduler_lost() from error
            raise PneumoscopeError("cluster.batch", detail=repr(error)) from error
        for film, record in zip(batch, records, strict=True):
            self._check_seen(film, record)
            take(film, record)

    def _check_seen(self, film: bytes, record: Record) -> None:
        """Stops if a film is missing only on the worker: otherwise an unmounted folder would make all films fail."""
        if record.reason_code == "file.missing" and Path(os.fsdecode(film)).is_file():
            raise PneumoscopeError("cluster.film_missing", path=os.fsdecode(film))

    def _lost(self, film: bytes) -> Record:
        reason = Message("cluster.lost", name=Path(os.fsdecode(film)).name)
        return record_of(Analysis("", "", "failed", self._model, Timings(), reason=reason))

    def _batches_wanted(self) -> int:
        """Returns the maximum number of batches in progress, by the threads of all workers. It limits the memory."""
        if time.monotonic() - self._room_seen_s > 1:
            try:
                threads = sum(self._client.nthreads().values())
            except (OSError, TimeoutError) as error:
                raise _scheduler_lost() from error
            self._room, self._room_seen_s = max(1, threads) * _BATCHES_PER_THREAD, time.monotonic()
        return self._room

    def _check_scheduler(self) -> None:
        """Raises an error if the scheduler is gone; warns if there is no worker."""
        if self._client.status != "running":
            raise _scheduler_lost()
        try:
            if not self._client.nthreads():
                _LOG.warning("No worker is connected to the scheduler; waiting for one")
        except (OSError, TimeoutError) as error:
            raise _scheduler_lost() from error


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """Connects to a scheduler and waits for its first worker.

    Args:
        address: Address such as `tcp://10.0.0.1:8786`; for `tls://` Dask's configuration names the certificates.

    Yields:
        A `distributed.Client`.

    Raises:
        PneumoscopeError: Dask is not installed, or there is no scheduler or no worker.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise PneumoscopeError("cluster.no_dask") from error
    try:
        client: Any = Client(address, timeout=_CONNECT_S, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        raise PneumoscopeError("cluster.no_scheduler", address=address, detail=repr(error)) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_FIRST_WORKER_S)
        except TimeoutError as error:
            raise PneumoscopeError("cluster.no_workers", address=address) from error
        yield client


def _scheduler_lost() -> PneumoscopeError:
    return PneumoscopeError("cluster.scheduler_lost")


def _batched(films: Iterable[Path]) -> Iterator[list[bytes]]:
    names = map(os.fsencode, films)
    while batch := list(islice(names, BATCH)):
        yield batch
