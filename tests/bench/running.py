"""Runs `predict` as a user does, and measures the time and the memory of all its processes."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.bench.frame import REPOSITORY

_PAUSE_S = 0.5


def link_films(folder: Path, films: list[Path], count: int) -> Path:
    """Fills a folder with `count` links to films, 1,000 to a folder, repeating the films as needed."""
    for number in range(count):
        inside = folder / f"{number // 1000:03}"
        inside.mkdir(parents=True, exist_ok=True)
        (inside / f"{number:06}.jpeg").symlink_to(films[number % len(films)])
    return folder


def run_predict(count: int, *arguments: str | Path, lines: Callable[[str], None] | None = None) -> dict[str, float]:
    """Runs `python -m edge_app predict` to its end.

    Args:
        count: Number of films it is given.
        arguments: Options and paths.
        lines: Called with each progress line of stderr; None for no progress.

    Returns:
        `films/s`; `cores`, the mean number at work in the command and its children; `MB` and `own MB`, the most memory
        (proportional set size) of them all and of the command itself.

    Raises:
        RuntimeError: It failed.
    """
    progress = "--progress" if lines else "--no-progress"
    command = [sys.executable, "-m", "edge_app", "predict", progress, *map(str, arguments)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    error = subprocess.PIPE if lines else None
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=error, text=True)
    memory = {"MB": 0.0, "own MB": 0.0}
    watch = threading.Thread(target=_watch, args=(process.pid, memory), daemon=True)
    watch.start()
    for line in process.stderr or ():
        assert lines
        lines(line)
    status = process.wait()
    seconds = time.perf_counter() - start
    watch.join()
    if status not in (0, 3):
        raise RuntimeError(f"predict ended with {status}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"films/s": count / seconds, "cores": cpu_s / seconds, **memory}


def cores() -> int:
    return len(os.sched_getaffinity(0))


def _watch(pid: int, most: dict[str, float]) -> None:
    """Keeps the most memory that the command and all its processes have, twice a second until it ends."""
    try:
        command = psutil.Process(pid)
        while command.is_running() and command.status() != psutil.STATUS_ZOMBIE:
            own = _pss_mb(command)
            most["own MB"] = max(most["own MB"], own)
            most["MB"] = max(most["MB"], own + sum(map(_pss_mb, command.children(recursive=True))))
            time.sleep(_PAUSE_S)
    except psutil.NoSuchProcess:
        return


def _pss_mb(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss) / 2**20
    except psutil.NoSuchProcess:
        return 0.0
