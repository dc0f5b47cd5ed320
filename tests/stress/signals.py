"""Ends `predict` and the window with INT, TERM and HUP, at random moments and in the middle of a step.

    python -m tests.stress.signals [--predict 300] [--window 50] [--seed 1]

Each run must end within 10 seconds with 128 + the signal, with whole rows in the order of the films, and leave no
process, no half heat map and no temporary file behind. It prints one line a run and the count. Exit status 1 where a
promise was broken.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from PIL import Image

from tests.support.signals import heed_signals

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "assets" / "samples"
LIMIT_S = 10.0
FILMS = 600
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_TOKEN = "PNEUMOSCOPE_STRESS_RUN"
_REAPED_S = 5.0
"""What has ended may stay in the list of processes until the system looks at it."""


@dataclass(frozen=True)
class Mode:
    """A way to run the program."""

    name: str
    options: tuple[str, ...]
    output: str = ""
    moments: tuple[str, ...] = ("random", "random", "child", "stopped child")


def _predict_modes() -> tuple[Mode, ...]:
    modes = []
    for form, jobs, heat in itertools.product(("jsonl", "csv"), ("1", "2"), (False, True)):
        moments = ("random", "random", "child", "stopped child", "first row", *(["first heat map"] if heat else []))
        name = f"{form} --jobs {jobs}{' --heatmaps' if heat else ''}"
        modes.append(
            Mode(name, ("--format", form, "--jobs", jobs, *(["heat"] if heat else [])), f"rows.{form}", moments)
        )
    return tuple(modes)


PREDICT = _predict_modes()
CLUSTER = tuple(
    Mode(f"{form} --cluster", ("--format", form, "cluster"), "parts", ("random", "random", "batch"))
    for form in ("parquet", "csv")
)
WINDOW = (Mode("window", (), "", ("random", "random", "child", "stopped child", "first result")),)


@dataclass
class Stress:
    """Runs the program and ends it."""

    work: Path
    dice: random.Random
    cluster: object | None = None
    films: list[Path] = field(default_factory=list)
    runs: int = 0
    broken: int = 0

    def __post_init__(self) -> None:
        folder = self.work / "films"
        folder.mkdir()
        for number in range(FILMS):
            sample = SAMPLES / ("clear.png" if number % 2 else "consolidation.png")
            (folder / f"{number:04}.png").symlink_to(sample)
        self.films = sorted(folder.iterdir())

    def run(self, mode: Mode, number: signal.Signals, moment: str) -> list[str]:
        """Starts the program, ends it at that moment, and says what was not as it must be."""
        while (faults := self._once(mode, number, moment)) is None:
            pass  # it was done before the signal came
        self.runs += 1
        self.broken += bool(faults)
        return faults

    def _once(self, mode: Mode, number: signal.Signals, moment: str) -> list[str] | None:
        place = self.work / "run"
        shutil.rmtree(place, ignore_errors=True)
        (place / "tmp").mkdir(parents=True)
        token = f"{os.getpid()}-{time.monotonic_ns()}"
        log = place / "log"
        with log.open("wb") as stream:
            process = subprocess.Popen(
                self._command(mode, place),
                cwd=ROOT,
                env={**os.environ, **_environment(place), _TOKEN: token},
                stdout=stream,
                stderr=stream,
                preexec_fn=heed_signals,
                start_new_session=True,
            )
        try:
            delay_s = self.dice.uniform(0, 5) if moment == "random" else self.dice.uniform(0, 0.05)
            waited = _wait(process, lambda: _listens(process.pid)) and self._wait_for(moment, process, place, mode)
            time.sleep(delay_s)
            if not waited or process.poll() is not None:
                return None
            process.send_signal(number)
            start_s = time.monotonic()
            try:
                status = process.wait(LIMIT_S)
            except subprocess.TimeoutExpired:
                return [f"still there {LIMIT_S} s after the signal"]
            took_s = time.monotonic() - start_s
        finally:
            process.kill()
            process.wait()
            left = _left(token)
            for one in left:
                one.kill()
        if status in (0, 3) and (mode.output and (place / mode.output).exists()):
            return None
        text = log.read_text(errors="replace")
        faults = [] if status == 128 + number else [f"exit status {status}"]
        faults += [f"left running: {one.cmdline()[-3:]}" for one in left if one.is_running()]
        faults += ["a traceback"] if "Traceback" in text else []
        faults += [f"left in TMPDIR: {path.name}" for path in (place / "tmp").iterdir()]
        faults += self._faults_of_rows(place, mode)
        print(
            f"{number.name:8}{mode.name:26}{moment:15}{took_s:5.2f} s  {status}  {' | '.join(faults) or 'ok'}",
            flush=True,
        )
        return faults

    def _command(self, mode: Mode, place: Path) -> list[str]:
        folder = str(self.films[0].parent)
        if mode.name == "window":
            return [sys.executable, "-m", "edge_app", "--size", "900x700", folder]
        options: list[str] = []
        for option in mode.options:
            if option == "heat":
                options += ["--heatmaps", str(place / "heat")]
            elif option == "cluster":
                options += ["--cluster", self.cluster.address]  # type: ignore[attr-defined]
            else:
                options.append(option)
        return [sys.executable, "-m", "edge_app", "predict", "--output", str(place / mode.output), *options, folder]

    def _wait_for(self, moment: str, process: subprocess.Popen[bytes], place: Path, mode: Mode) -> bool:
        parent = psutil.Process(process.pid)
        if moment == "first row":
            partial = place / f"{mode.output}.partial"
            return _wait(process, lambda: partial.exists() and partial.stat().st_size > 0)
        if moment == "first heat map":
            return _wait(process, lambda: any((place / "heat").glob("*.png")))
        if moment == "first result":
            return _wait(process, lambda: any((place / "home").rglob("history.sqlite")) and bool(parent.children()))
        if moment == "batch":
            workers = self.cluster.workers  # type: ignore[attr-defined]
            return _wait(process, lambda: any(worker.children() for worker in workers))
        if moment == "child":
            return _wait(process, lambda: bool(parent.children()))
        if moment == "stopped child":
            # Not before it runs a program of its own: until then the kernel holds its parent too.
            if not _wait(process, lambda: any(_is_worker(child) for child in parent.children())):
                return False
            for child in filter(_is_worker, parent.children()):
                child.suspend()
        return True

    def _faults_of_rows(self, place: Path, mode: Mode) -> Iterator[str]:
        if mode in CLUSTER:
            yield from self._faults_of_parts(place / mode.output, mode)
            return
        partial = place / f"{mode.output}.partial"
        if mode.output and partial.exists():
            text = partial.read_text(encoding="utf-8-sig")
            if text and not text.endswith("\n"):
                yield "the last row is not whole"
            try:
                if mode.output.endswith("csv"):
                    paths = [row["path"] for row in csv.DictReader(text.splitlines())]
                else:
                    paths = [json.loads(line)["path"] for line in text.splitlines()]
            except (ValueError, KeyError) as error:
                yield f"a row is not whole: {error!r}"
            else:
                if paths != [str(film) for film in self.films[: len(paths)]]:
                    yield "rows out of order"
        heat = place / "heat"
        for path in sorted(heat.iterdir()) if heat.exists() else ():
            try:
                with Image.open(path) as image:
                    image.load()
            except OSError as error:
                yield f"a heat map is not whole: {path.name} {error!r}"

    def _faults_of_parts(self, folder: Path, mode: Mode) -> Iterator[str]:
        paths: list[str] = []
        for part in sorted(folder.glob("part-*")) if folder.exists() else ():
            if mode.name.startswith("csv"):
                paths += [row["path"] for row in csv.DictReader(part.read_text(encoding="utf-8-sig").splitlines())]
            else:
                from pyarrow import parquet

                paths += parquet.read_table(part, columns=["path"])["path"].to_pylist()
        if len(set(paths)) != len(paths) or not set(paths) <= set(map(str, self.films)):
            yield "a film is there twice, or is none of ours"
        children = [child for worker in self.cluster.workers for child in worker.children()]  # type: ignore[attr-defined]
        if psutil.wait_procs(children, timeout=LIMIT_S)[1]:
            yield "a worker holds processes for a client that has gone"


def _is_worker(process: psutil.Process) -> bool:
    return "edge_app.process.worker" in process.cmdline()


def _environment(place: Path) -> dict[str, str]:
    return {
        "TMPDIR": str(place / "tmp"),
        "QT_QPA_PLATFORM": "offscreen",
        "PNEUMOSCOPE_HOME": str(place / "home"),
        "DASK_LOGGING__DISTRIBUTED": "error",
    }


def _listens(pid: int) -> bool:
    """Whether the program has taken SIGHUP over: before that Python itself is still starting."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return False
    caught = next(int(line.split()[1], 16) for line in lines if line.startswith("SigCgt"))
    return bool(caught >> (signal.SIGHUP - 1) & 1)


def _wait(process: subprocess.Popen[bytes], condition: Callable[[], bool], limit_s: float = 60) -> bool:
    end_s = time.monotonic() + limit_s
    while process.poll() is None and time.monotonic() < end_s:
        try:
            if condition():
                return True
        except (OSError, psutil.Error):
            pass
        time.sleep(0.002)
    return False


def _left(token: str) -> list[psutil.Process]:
    """Processes of a run that have not ended; they get a moment to."""
    end_s = time.monotonic() + _REAPED_S
    while True:
        found = []
        for one in psutil.process_iter():
            try:
                if one.status() != psutil.STATUS_ZOMBIE and one.environ().get(_TOKEN) == token:
                    found.append(one)
            except psutil.Error:
                continue
        if not found or time.monotonic() > end_s:
            return found
        time.sleep(0.05)


def combinations(modes: Sequence[Mode], count: int) -> Iterator[tuple[Mode, signal.Signals, str]]:
    """Modes, signals and moments, each as often as the others."""
    numbers = itertools.cycle(SIGNALS)
    moments = {mode.name: itertools.cycle(mode.moments) for mode in modes}
    for mode in itertools.islice(itertools.cycle(modes), count):
        # Three signals in turn for each mode: their number and that of the modes may have a common divisor.
        yield mode, next(numbers), next(moments[mode.name])
        if mode is modes[-1] and len(modes) % len(SIGNALS) == 0:
            next(numbers)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.stress.signals", description=__doc__)
    parser.add_argument(
        "--predict", type=int, default=300, metavar="N", help="runs of predict, those on a cluster included (300)"
    )
    parser.add_argument("--window", type=int, default=50, metavar="N", help="runs of the window (50)")
    parser.add_argument("--cluster", type=int, metavar="N", help="runs of predict --cluster (default: a fifth)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="stress-") as name:
        stress = Stress(Path(name), random.Random(options.seed))
        on_cluster = options.predict // 5 if options.cluster is None else options.cluster
        for mode, number, moment in combinations(PREDICT, max(0, options.predict - on_cluster)):
            stress.run(mode, number, moment)
        if on_cluster:
            from tests.support.cluster import local_cluster

            with local_cluster(stress.work / "dask", workers=1) as stress.cluster:
                for mode, number, moment in combinations(CLUSTER, on_cluster):
                    stress.run(mode, number, moment)
        for mode, number, moment in combinations(WINDOW, options.window):
            stress.run(mode, number, moment)
    print(f"{stress.runs} signals: {stress.broken} runs broke a promise")
    return 1 if stress.broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
