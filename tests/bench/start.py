"""Item 4: how long until something happens: one film, the self-test, the window; and what is imported for it."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from tests.acceptance.window import find_films, measure
from tests.bench.frame import LEAST_ROUNDS, REPOSITORY, Bars, Bench, Case, Cell, Limit, Section, SkippedError, Table

TITLE = "Start"
BUDGET_S = 150
ROUNDS = 9
HEAVY = ("tensorflow", "keras", "PySide6", "pydicom")
"""What `predict` on a JPEG must not load."""
_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")


def run(bench: Bench) -> Section:
    try:
        film = bench.films("test")[0]
    except SkippedError:
        film = REPOSITORY / "assets" / "samples" / "clear.png"
    python = [sys.executable]
    edge_app = [*python, "-m", "edge_app"]
    model = ["--model", str(bench.bundle)]
    predict = [*edge_app, "predict", "--no-progress", *model, str(film)]
    selftest = [*edge_app, "selftest", *model]
    cases: dict[str, Case] = {
        "an empty Python": _command([*python, "-c", "pass"]),
        "predict, one film": _command(predict),
        "selftest, all files and runtimes": _command(selftest),
    }
    warm = bench.rounds(cases, rounds=ROUNDS, seconds=BUDGET_S / 3)
    cached = list(_files_of_a_start(bench))
    cold = bench.rounds(
        {"predict, one film": _command(predict, cold=cached)}, rounds=LEAST_ROUNDS, warm=0, seconds=BUDGET_S / 6
    )
    rows: list[tuple[Cell, ...]] = [
        (name, figures["s"], cold[name]["s"] if name in cold else "") for name, figures in warm.items()
    ]
    notes = [
        "Wall-clock seconds from the start of a fresh process to its end. Warm: files are in the page cache. From "
        "disk: their pages were dropped before."
    ]
    if importlib.util.find_spec("PySide6") is None:
        notes.append("The window was skipped: PySide6 is not installed.")
    else:
        window = bench.rounds({"window": _window}, rounds=LEAST_ROUNDS, warm=1, seconds=BUDGET_S / 6)["window"]
        rows += [
            ("window, first paint (offscreen)", window["painted_s"], ""),
            ("window, first result", window["first_result_s"], ""),
        ]
    imports = _imports(predict)
    packages: dict[str, float] = {}
    for module, milliseconds in imports:
        package = module.partition(".")[0]
        package = package if package in _named_packages(imports) else "Python's own library"
        packages[package] = packages.get(package, 0.0) + milliseconds
    loaded = {module.partition(".")[0] for module, _ in imports}
    slowest = sorted(imports, key=lambda entry: entry[1], reverse=True)[:12]
    by_package = sorted(packages.items(), key=lambda entry: entry[1], reverse=True)
    return Section(
        tables=(
            Table("Seconds", ("what", "warm", "from disk"), tuple(rows)),
            Table(
                "Import time of `predict` on one film, command and worker process together (they load side by side)",
                ("package", "ms"),
                tuple(by_package),
            ),
            Table("The modules that take longest by themselves", ("module", "ms"), tuple(slowest)),
        ),
        limits=(
            Limit("predict on one film, seconds", warm["predict, one film"]["s"], most=0.6),
            Limit(f"heavy packages loaded for it ({', '.join(HEAVY)})", float(len(loaded & set(HEAVY))), most=0),
        ),
        bars=(
            Bars("s, warm", {name: figures["s"] for name, figures in warm.items()}),
            Bars("ms of imports, by package", dict(by_package)),
        ),
        notes=tuple(notes),
    )


def _command(command: list[str], cold: Iterable[Path] = ()) -> Case:
    """A case that runs a command to its end; the pages of the files in `cold` are dropped from the page cache first."""

    def case() -> dict[str, float]:
        for path in cold:
            descriptor = os.open(path, os.O_RDONLY)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)
        start = time.perf_counter()
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
        seconds = time.perf_counter() - start
        if done.returncode not in (0, 3):
            raise SkippedError(f"{' '.join(command[2:4])} ended with status {done.returncode}: {done.stderr[-200:]}")
        return {"s": seconds}

    return case


def _window() -> dict[str, float]:
    figures = measure("start", find_films()[:1])
    return {key: float(figures[key]) for key in ("painted_s", "first_result_s")}


def _files_of_a_start(bench: Bench) -> Iterable[Path]:
    """What `predict` reads: packages, the app, the model; nothing where pages cannot be dropped."""
    if not hasattr(os, "posix_fadvise"):
        return
    folders = [REPOSITORY / "edge_app", bench.bundle]
    for name in ("numpy", "PIL", "msgspec", "ai_edge_litert", "tflite_runtime"):
        found = importlib.util.find_spec(name)
        folders += [Path(place) for place in found.submodule_search_locations or ()] if found else []
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file())


def _imports(command: list[str]) -> list[tuple[str, float]]:
    """Every module that a command and its child process load, with its own milliseconds."""
    environment = {**os.environ, "PYTHONPROFILEIMPORTTIME": "1"}
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, env=environment)
    found: dict[str, float] = {}
    for match in _LINE.finditer(done.stderr):
        found[match[2]] = found.get(match[2], 0.0) + int(match[1]) / 1000
    return list(found.items())


def _named_packages(imports: list[tuple[str, float]]) -> set[str]:
    """Packages that are not part of Python."""
    return {module.partition(".")[0] for module, _ in imports} - set(sys.stdlib_module_names) - {"encodings"}
