"""A Dask scheduler and its workers as processes of their own on 127.0.0.1."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
_QUIET = {"DASK_LOGGING__DISTRIBUTED": "error"}
_START_S = 120


class LocalCluster:
    """A scheduler, and the workers that were started for it."""

    def __init__(self, scratch: Path, allowed_failures: int) -> None:
        self._scratch = scratch
        failures = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(allowed_failures)}
        self._environment = {**os.environ, **_QUIET, **failures, "PYTHONPATH": str(ROOT)}
        address = scratch / "scheduler.json"
        self._processes = [self._dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", address)]
        self._client = self._connected(address)
        self.address = str(self._client.scheduler.address)

    def add_worker(self) -> psutil.Process:
        """Starts a worker with one thread, and returns when the scheduler knows it."""
        count = len(self._processes)
        local = ("--local-directory", self._scratch / f"worker{count}")
        worker = self._dask("worker", self.address, "--nthreads", "1", "--no-nanny", "--memory-limit", "0", *local)
        self._processes.append(worker)
        self._client.wait_for_workers(sum(p.poll() is None for p in self._processes[1:]), timeout=_START_S)
        return psutil.Process(worker.pid)

    @property
    def workers(self) -> list[psutil.Process]:
        return [psutil.Process(process.pid) for process in self._processes[1:] if process.poll() is None]

    def kill_scheduler(self) -> None:
        self._processes[0].kill()

    def close(self) -> None:
        self._client.close()
        for process in reversed(self._processes):
            process.kill()
        for process in self._processes:
            process.wait()

    def _dask(self, *arguments: str | Path) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", *map(str, arguments), "--dashboard-address", "127.0.0.1:0"]
        return subprocess.Popen(command, cwd=self._scratch, env=self._environment)

    @staticmethod
    def _connected(address: Path):
        from distributed import Client

        return Client(scheduler_file=str(address), timeout=_START_S, set_as_default=False)


@contextmanager
def local_cluster(scratch: Path, workers: int, allowed_failures: int = 3) -> Iterator[LocalCluster]:
    """Starts a scheduler and workers; ends them, whatever happens.

    Args:
        scratch: A folder for what they write.
        workers: How many.
        allowed_failures: Lost workers after which the scheduler gives a batch up; 3 is Dask's default.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    cluster = LocalCluster(scratch, allowed_failures)
    try:
        for _ in range(workers):
            cluster.add_worker()
        yield cluster
    finally:
        cluster.close()
