"""Runs mutants through the product's own loader, in a child process with the product's own memory limit."""

from __future__ import annotations

import hashlib
import multiprocessing
import resource
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tests.fuzz.mutate import mutate

HANG_S = 5.0
BATCH = 200
MEMORY_MIB = 400.0
_ADDRESS_SPACE = 2 << 30


@dataclass(slots=True)
class Report:
    """What came of a run.

    Attributes:
        outcomes: How often each code came up; `opened` for a mutant that is still a film.
        failures: Mutants that broke the loader: what happened, and the bytes.
        times_s: How long each took.
        peak_mib: Peak resident memory of the worker, with all its libraries.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[str, bytes]] = field(default_factory=list)
    times_s: list[float] = field(default_factory=list)
    peak_mib: float = 0.0

    @property
    def slowest_s(self) -> float:
        """The longest that one took; 0 before the first."""
        return max(self.times_s, default=0.0)

    @property
    def passed(self) -> bool:
        return not self.failures and self.slowest_s <= HANG_S and self.peak_mib <= MEMORY_MIB


def load_film(data: bytes) -> str:
    """The target for films: returns the code of the refusal, or `opened`."""
    from edge_app.imaging.decode import FilmFile, decode_film
    from edge_app.imaging.preprocess import PreprocessSpec, preprocess
    from edge_app.system.errors import FilmUnreadableError

    try:
        film = decode_film(FilmFile(data, "mutant"))
    except FilmUnreadableError as error:
        return error.code
    preprocess(film, PreprocessSpec())
    return "opened"


def load_manifest(data: bytes) -> str:
    """The target for bundles: the manifest of a mutant, read as `open_bundle` reads it."""
    from edge_app.bundle.manifest import parse_manifest
    from edge_app.system.errors import BundleError

    try:
        parse_manifest(data)
    except BundleError:
        return "refused"
    return "opened"


def fuzz(
    seeds: tuple[bytes, ...],
    count: int,
    *,
    seed: int,
    target: Callable[[bytes], str] = load_film,
    in_child: bool = True,
) -> Report:
    """Mutates and loads.

    Args:
        seeds: Honest files.
        count: How many mutants.
        seed: Of the generator: the same seed gives the same mutants.
        target: Loads one mutant, and returns what came of it; every exception is a failure.
        in_child: Whether to load in a child process. A dead child is a failure, and a new one goes on.

    Returns:
        The report.
    """
    report = Report()
    rng = np.random.default_rng(seed)
    done = 0
    while done < count:
        batch = [mutate(seeds[int(rng.integers(len(seeds)))], rng) for _ in range(min(BATCH, count - done))]
        (_run_in_child if in_child else _run_here)(batch, target, report)
        done += len(batch)
    return report


def _run_here(batch: list[bytes], target: Callable[[bytes], str], report: Report) -> None:
    for mutant in batch:
        _note(report, mutant, *_attempt(target, mutant))


def _attempt(target: Callable[[bytes], str], mutant: bytes) -> tuple[str, float]:
    start = time.perf_counter()
    try:
        outcome = target(mutant)
    except BaseException as error:
        outcome = f"UNTYPED {type(error).__name__}: {error}"
    return outcome, time.perf_counter() - start


def _note(report: Report, mutant: bytes, outcome: str, elapsed_s: float) -> None:
    report.times_s.append(elapsed_s)
    report.outcomes[outcome.partition(":")[0]] += 1
    if outcome.startswith("UNTYPED") or elapsed_s > HANG_S:
        report.failures.append((outcome if elapsed_s <= HANG_S else f"SLOW {elapsed_s:.1f} s", mutant))


class _Child:
    """A worker that lives until a mutant kills it."""

    def __init__(self, target: Callable[[bytes], str]) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, target), daemon=True)
        self.process.start()
        theirs.close()

    def ask(self, mutant: bytes) -> tuple[str, float, float] | None:
        """Returns outcome, seconds and peak memory; None where the worker died or hung."""
        try:
            self.connection.send(mutant)
            if self.connection.poll(4 * HANG_S):
                return self.connection.recv()  # type: ignore[no-any-return]
        except (EOFError, OSError):
            pass
        self.process.kill()
        self.process.join()
        return None


_child: _Child | None = None


def _run_in_child(batch: list[bytes], target: Callable[[bytes], str], report: Report) -> None:
    global _child
    for mutant in batch:
        if _child is None or not _child.process.is_alive():
            _child = _Child(target)
        answer = _child.ask(mutant)
        if answer is None:
            code = _child.process.exitcode
            report.failures.append((f"DEAD WORKER {code}", mutant))
            report.outcomes["DEAD WORKER"] += 1
            _child = None
            continue
        outcome, elapsed_s, peak_mib = answer
        report.peak_mib = max(report.peak_mib, peak_mib)
        _note(report, mutant, outcome, elapsed_s)


def stop_child() -> None:
    """Ends the worker, so that a run with another target starts a new one."""
    global _child
    if _child is not None:
        _child.process.kill()
        _child.process.join()
        _child = None


def _serve(connection: Any, target: Callable[[bytes], str]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    while True:
        try:
            mutant = connection.recv()
        except EOFError:
            return
        outcome, elapsed_s = _attempt(target, mutant)
        connection.send((outcome, elapsed_s, _peak_mib()))


def _peak_mib() -> float:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def shrink(mutant: bytes, fails: Callable[[bytes], bool], *, tries: int = 200) -> bytes:
    """Makes a failing input smaller: cuts halves, quarters ... away for as long as it still fails."""
    size = len(mutant) // 2
    while size and tries > 0:
        at = 0
        while at < len(mutant) and tries > 0:
            smaller = mutant[:at] + mutant[at + size :]
            tries -= 1
            if smaller and fails(smaller):
                mutant = smaller
            else:
                at += size
        size //= 2
    return mutant


def keep(failures: list[tuple[str, bytes]], folder: Path, target: Callable[[bytes], str]) -> list[Path]:
    """Writes failing inputs, made small, one file for each kind of failure."""
    folder.mkdir(parents=True, exist_ok=True)
    kept, kinds = [], set()
    for what, mutant in failures:
        kind = what.partition(":")[0]
        if kind in kinds:
            continue
        kinds.add(kind)

        def fails(data: bytes, kind: str = kind) -> bool:
            report = Report()
            _run_in_child([data], target, report)
            return any(again.partition(":")[0] == kind for again, _ in report.failures)

        small = shrink(mutant, fails)
        path = folder / f"{hashlib.sha256(small).hexdigest()[:16]}.bin"
        path.write_bytes(small)
        path.with_suffix(".txt").write_text(what + "\n")
        kept.append(path)
    return kept
