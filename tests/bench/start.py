"""Seconds until something happens: one film, the self-test, the window."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.acceptance.window import find_films, measure
from tests.bench.frame import LEAST_ROUNDS, REPOSITORY, Bench, Cell, Limit, Section, SkippedError, Table, timed

TITLE = "Start"
BUDGET_S = 150
ROUNDS = 9
HEAVY = ("tensorflow", "keras", "PySide6", "pydicom")
"""What `predict` on a JPEG must not load."""


def run(bench: Bench) -> Section:
    try:
        film = bench.films("test")[0]
    except SkippedError:
        film = REPOSITORY / "assets" / "samples" / "clear.png"
    python = [sys.executable]
    model = ["--model", str(bench.bundle)]
    predict = [*python, "-m", "edge_app", "predict", "--no-progress", *model, str(film)]
    cases = {
        "an empty Python": timed(lambda: _run([*python, "-c", "pass"])),
        "predict, one film": timed(lambda: _run(predict)),
        "selftest, all files and runtimes": timed(lambda: _run([*python, "-m", "edge_app", "selftest", *model])),
    }
    warm = bench.rounds(cases, rounds=ROUNDS, seconds=BUDGET_S / 3)
    read = list(_files_of_a_start(bench))

    def from_disk() -> dict[str, float]:
        _drop_from_page_cache(read)
        return dict(timed(lambda: _run(predict))())

    cold = bench.rounds({"predict": from_disk}, rounds=LEAST_ROUNDS, warm=0, seconds=BUDGET_S / 6)
    rows: list[tuple[Cell, ...]] = [(name, figures["s"]) for name, figures in warm.items()]
    rows.append(("predict, one film, from disk", cold["predict"]["s"]))
    notes = ["Wall-clock seconds of a fresh process. Files are in the page cache except where it says `from disk`."]
    if importlib.util.find_spec("PySide6") is None:
        notes.append("The window was skipped: PySide6 is not installed.")
    else:
        window = bench.rounds({"window": _window}, rounds=LEAST_ROUNDS, seconds=BUDGET_S / 6)["window"]
        rows.append(("window, first paint (offscreen)", window["painted_s"]))
        rows.append(("window, first result", window["first_result_s"]))
    imports = _run(predict, environment={"PYTHONPROFILEIMPORTTIME": "1"})
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in imports.splitlines()}
    return Section(
        tables=(Table("Seconds", ("what", "s"), tuple(rows)),),
        limits=(
            Limit("predict on one film, seconds", warm["predict, one film"]["s"], most=0.6),
            Limit(f"heavy packages loaded for it ({', '.join(HEAVY)})", float(len(loaded & set(HEAVY))), most=0),
        ),
        notes=tuple(notes),
    )


def _run(command: list[str], environment: dict[str, str] | None = None) -> str:
    """Runs a command to its end and returns what it wrote to stderr."""
    env = {**os.environ, **(environment or {})}
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, env=env)
    if done.returncode not in (0, 3):
        raise SkippedError(f"{' '.join(command[2:4])} ended with status {done.returncode}: {done.stderr[-200:]}")
    return done.stderr


def _window() -> dict[str, float]:
    figures = measure("start", find_films()[:1])
    return {key: float(figures[key]) for key in ("painted_s", "first_result_s")}


def _files_of_a_start(bench: Bench) -> Iterable[Path]:
    """What `predict` reads: packages, the app, the model."""
    folders = [REPOSITORY / "edge_app", bench.bundle]
    for name in ("numpy", "PIL", "msgspec", "ai_edge_litert", "tflite_runtime"):
        found = importlib.util.find_spec(name)
        folders += [Path(place) for place in found.submodule_search_locations or ()] if found else []
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file())


def _drop_from_page_cache(files: Iterable[Path]) -> None:
    for path in files:
        with path.open("rb") as stream:
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
