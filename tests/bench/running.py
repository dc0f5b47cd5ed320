"""Runs `predict` as a user does, and watches what the whole family of processes takes."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

from tests.bench.frame import REPOSITORY

_LOOK_S = 0.5


def link_films(folder: Path, films: list[Path], count: int) -> Path:
    """Fills a folder with `count` links to films, 1,000 to a folder, over and over the same ones."""
    for number in range(count):
        inside = folder / f"{number // 1000:03}"
        inside.mkdir(parents=True, exist_ok=True)
        (inside / f"{number:06}.jpeg").symlink_to(films[number % len(films)])
    return folder


def run_predict(*arguments: str | Path, lines: Callable[[str], None] | None = None) -> dict[str, float]:
    """Runs `python -m edge_app predict` to its end.

    Args:
        arguments: Options and paths.
        lines: Called with each progress line of stderr; None for no progress.

    Returns:
        `s`, the wall-clock seconds; `cores`, how many were at work on average in the command and its children; `busy`,
        the share of the time in which a child ran or waited for a core, which other programs leave as it is;
        `MB` and `own MB`, the most memory (proportional set size) of them all and of the command itself.
    """
    progress = "--progress" if lines else "--no-progress"
    command = [sys.executable, "-m", "edge_app", "predict", progress, *map(str, arguments)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE if lines else None, text=True
    )
    watch = _Watch(process.pid)
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
    return {
        "s": seconds,
        "cores": cpu_s / seconds,
        "busy": watch.busy,
        "MB": watch.most_mb,
        "own MB": watch.most_own_mb,
    }


def cores() -> int:
    return len(os.sched_getaffinity(0))


class _Watch(threading.Thread):
    """Looks at the command and its children twice a second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._first: dict[int, tuple[float, float]] = {}
        self._last: dict[int, tuple[float, float]] = {}
        self.most_mb = self.most_own_mb = 0.0

    @property
    def busy(self) -> float:
        """Share of the time between the first and the last look in which the children ran or waited for a core."""
        spans = [(self._first[pid], self._last[pid]) for pid in self._first]
        elapsed_s = sum(last[0] - first[0] for first, last in spans)
        return sum(last[1] - first[1] for first, last in spans) / elapsed_s if elapsed_s else 0.0

    def run(self) -> None:
        try:
            command = psutil.Process(self._pid)
            while command.is_running() and command.status() != psutil.STATUS_ZOMBIE:
                own = _pss_mb(command)
                children = command.children(recursive=True)
                for child in children:
                    self._look(child.pid)
                self.most_own_mb = max(self.most_own_mb, own)
                self.most_mb = max(self.most_mb, own + sum(map(_pss_mb, children)))
                time.sleep(_LOOK_S)
        except psutil.NoSuchProcess:
            return

    def _look(self, pid: int) -> None:
        try:
            ran_ns, waited_ns, _ = Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()
        except OSError:
            return
        self._last[pid] = time.perf_counter(), (int(ran_ns) + int(waited_ns)) / 1e9
        self._first.setdefault(pid, self._last[pid])


def _pss_mb(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss) / 2**20
    except psutil.NoSuchProcess:
        return 0.0


def rate(films: int, figures: Mapping[str, float]) -> dict[str, float]:
    """Adds the films per second."""
    return {**figures, "films/s": films / figures["s"]}
