"""`make test-pi`: installs the archive on emulated boards, tests it there, and writes the figures to docs/pi.

The figures of each system are kept in build/pi/results, so that the systems can be run one after the other.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from PIL import Image

from assets.pi.build import parts_for, write_archive
from assets.pi.systems import REPOSITORY, SYSTEMS, System, installed_bytes
from edge_app import __version__
from tests.pi import measure
from tests.pi.board import Board, ToolsMissingError, check_tools, make_board
from tests.pi.report import write_report

RESULTS = REPOSITORY / "build" / "pi" / "results"
_RUNTIMES = {"bookworm": ("tflite-runtime", "litert"), "trixie": ("litert",)}
_MOST = {"archive": 300e6, "installed": 700e6, "memory": 300e6}
_LARGEST_DIFFERENCE = 2 / 256
_TEST_FILMS = "/root/films"


def say(text: str) -> None:
    """Prints a line with the time: each step takes minutes."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def archive(systems: tuple[System, ...]) -> tuple[Path, dict[str, Any]]:
    """Builds the archive, and returns it with its sizes in bytes for each system."""
    parts = parts_for(systems, REPOSITORY / "build" / "pi")
    target = REPOSITORY / "dist" / f"pneumoscope-{__version__}-pi.tar"
    target.parent.mkdir(exist_ok=True)
    write_archive(target, parts)
    weights = {
        part.system.name: {"archive": part.bytes, "stated": installed_bytes(list(part.wheels))} for part in parts
    }
    return target, weights


def install(board: Board, tar: Path) -> str:
    """Unpacks the archive on the board, runs its installer, and returns its output.

    Raises:
        RuntimeError: The installer failed.
    """
    stick = board.root / "root" / "stick"
    for folder in (stick, board.root / "opt" / "pneumoscope", board.root / "root" / "pneumoscope"):
        shutil.rmtree(folder, ignore_errors=True)
    stick.mkdir(parents=True)
    subprocess.run(["tar", "-xf", str(tar), "-C", str(stick)], check=True)
    done = board.run("/bin/sh", f"/root/stick/{tar.stem}/install.sh", "--no-compile")
    shutil.rmtree(stick)
    if done.returncode:
        raise RuntimeError(f"install.sh failed on {board.system.name}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def take(system: System, tar: Path, weight: dict[str, Any], films: list[Path], steps: set[str]) -> None:
    """Runs the requested steps on one board, and writes the figures after each step."""
    kept = RESULTS / f"{system.name}.json"
    figures: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}

    def keep(**found: Any) -> None:
        figures.update(found)
        kept.write_text(json.dumps(figures, indent=2) + "\n")

    say(f"{system.name}: builds {system.title}")
    board = make_board(system)
    if "install" in steps:
        say(f"{system.name}: install.sh, with no network")
        said = install(board, tar)
        version = board.run("/usr/local/bin/pneumoscope", "--version").stdout.strip()
        assert version == f"pneumoscope {__version__}", version
        installed = measure.size_bytes((board.root / measure.INSTALLED).resolve())
        keep(title=system.title, version=version, installed=installed, **weight)
        keep(selftest=[line.strip() for line in said.splitlines() if "passed" in line or " on aarch64" in line])
    if "predict" in steps:
        folder = board.root / _TEST_FILMS.lstrip("/")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for film in films:
            shutil.copy(film, folder)
        say(f"x86-64: {len(films)} films")
        here = measure.predict_here(films, "litert")
        agreement = {}
        for runtime in _RUNTIMES[system.name]:
            say(f"{system.name}: {len(films)} films on {runtime}")
            there = measure.predict_there(board, _TEST_FILMS, runtime)
            (RESULTS / f"{system.name}-{runtime}.json").write_text(json.dumps({k: asdict(v) for k, v in there.items()}))
            agreement[runtime] = asdict(measure.compare(here, there))
            keep(agreement=agreement)
    if "window" in steps:
        say(f"{system.name}: paints the window")
        # A drawn film: the picture becomes part of the guide.
        shutil.copy(REPOSITORY / "assets" / "samples" / "consolidation.png", board.root / "root" / "film.png")
        words = ["--kiosk", "--size", "800x480", "--language", "en", "--theme", "dark"]
        words += ["--screenshot", "/root/window.png", "/root/film.png"]
        done = board.run("/usr/local/bin/pneumoscope", *words)
        assert done.returncode == 0, done.stderr
        picture = REPOSITORY / "docs" / "pi" / "images" / f"{system.name}.png"
        picture.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(board.root / "root" / "window.png") as image:
            assert image.size == (800, 480)
            assert len(image.getcolors(1 << 20) or ()) > 100, "the window is empty"
            image.save(picture, optimize=True)
        keep(window=picture.name)
    if "memory" in steps:
        say(f"{system.name}: memory at rest")
        keep(memory=measure.idle_memory(board))
    if "instructions" in steps:
        counted = {}
        for runtime in _RUNTIMES[system.name]:
            say(f"{system.name}: counts instructions of {runtime}")
            counted[runtime] = asdict(measure.count_instructions(board, runtime, films[-1], RESULTS))
            keep(instructions=counted)


def faults(name: str, figures: dict[str, Any]) -> list[str]:
    """The promises that the figures of a system break, as sentences."""
    found = []
    memory = sum(figures.get("memory", {}).get(program, 0) for program in ("window", "worker"))
    for what, value in (
        ("archive", figures.get("archive", 0)),
        ("installed", figures.get("installed", 0)),
        ("memory", memory),
    ):
        if value > _MOST[what]:
            found.append(f"{name}: {what} is {value / 1e6:.0f} MB, more than {_MOST[what] / 1e6:.0f} MB")
    for runtime, agreement in figures.get("agreement", {}).items():
        if agreement["changed"] or agreement["largest"] > _LARGEST_DIFFERENCE:
            found.append(
                f"{name}: {runtime} changes {agreement['changed']} of {agreement['films']} decisions, "
                f"probabilities by up to {agreement['largest']:.4f}"
            )
    return found


def main() -> int:
    """Runs the steps on the systems; returns 1 if a promise is broken."""
    names = [system.name for system in SYSTEMS]
    steps = ["install", "predict", "window", "memory", "instructions"]
    parser = argparse.ArgumentParser(prog="python -m tests.pi", description=__doc__.partition("\n")[0])
    parser.add_argument("--system", choices=names, action="append", help="only this one (default: all)")
    parser.add_argument("--step", choices=steps, action="append", help="only this one (default: all)")
    parser.add_argument("--films", type=int, default=60, metavar="N", help="how many are scored (60)")
    options = parser.parse_args()
    data = Path(os.environ.get("DATA", "../shared/data/chest_xray"))
    try:
        check_tools()
        films = measure.films_of(data if data.is_absolute() else REPOSITORY / data, options.films)
    except (ToolsMissingError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    RESULTS.mkdir(parents=True, exist_ok=True)
    tar, weights = archive(SYSTEMS)
    for system in SYSTEMS:
        if system.name in (options.system or names):
            take(system, tar, weights[system.name], films, set(options.step or steps))
    found = {name: json.loads(path.read_text()) for name in names if (path := RESULTS / f"{name}.json").exists()}
    print(write_report(found))
    wrong = [fault for name, figures in found.items() for fault in faults(name, figures)]
    print("\n".join(wrong) or "All promises hold.")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error}")
