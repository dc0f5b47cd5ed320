"""`python -m tests.bench [ITEM...]`: runs items, each in a process of its own, and writes build/bench."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from tests.bench.frame import REPOSITORY, Bench, Section, SkippedError
from tests.bench.machine import describe_machine
from tests.bench.report import Result, write_report

ITEMS = ("invoke", "film", "folder", "start", "training", "cluster")
OUTPUT = REPOSITORY / "build" / "bench"
DOCUMENTS = REPOSITORY / "docs" / "benchmarks"
TOTAL_S = 15 * 60
"""All items together take no longer, however slow or busy the machine is."""


def main() -> int:
    """Runs the items that were asked for; returns 1 if one failed or took too long."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("items", nargs="*", choices=[*ITEMS, []], metavar="ITEM", help=f"of {', '.join(ITEMS)} (all)")
    parser.add_argument("--publish", action="store_true", help="run nothing; write docs/benchmarks from build/bench")
    parser.add_argument("--inside", metavar="FILE", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        _run_here(options.items[0], options.inside)
        return 0
    end = time.monotonic() + TOTAL_S
    fine = [_run(name, end - time.monotonic()) for name in options.items or ITEMS if not options.publish]
    results = {
        name: msgspec.json.decode(path.read_bytes(), type=Result)
        for name in ITEMS
        if (path := OUTPUT / f"{name}.json").is_file()
    }
    if not results:
        print("There is no result in build/bench.", file=sys.stderr)
        return 1
    write_report(results, DOCUMENTS if options.publish else OUTPUT)
    return int(not all(fine))


def _run(name: str, left_s: float) -> bool:
    """Runs one item for no longer than is left; returns whether it ran, or said why not."""
    module = importlib.import_module(f"tests.bench.{name}")
    start = time.monotonic()
    budget_s = max(0, min(module.BUDGET_S, left_s))
    print(f"== {module.TITLE} ({name}): at most {budget_s:.0f} s", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        answer = Path(scratch) / "answer.json"
        command = [sys.executable, "-m", "tests.bench", name, "--inside", str(answer)]
        # A session of its own, so that nothing it started outlives it.
        process = subprocess.Popen(command, cwd=REPOSITORY, start_new_session=True)
        try:
            status = process.wait(budget_s)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if status != 0:
            print(f"   ended {'after its time' if status is None else f'with status {status}'}", flush=True)
            return False
        section: Section | str = msgspec.json.decode(answer.read_bytes(), type=Section | str)
    if isinstance(section, str):
        print(f"   skipped: {section}", flush=True)
        return True
    seconds = round(time.monotonic() - start)
    result = Result(module.TITLE, seconds, describe_machine(), section)
    OUTPUT.mkdir(parents=True, exist_ok=True)
    (OUTPUT / f"{name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")
    for limit in section.limits:
        print(f"   {'met   ' if limit.met else 'MISSED'} {limit.sentence}: {limit.value}", flush=True)
    print(f"   {seconds} s", flush=True)
    return True


def _run_here(name: str, answer: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        try:
            section: Section | str = importlib.import_module(f"tests.bench.{name}").run(Bench(Path(scratch)))
        except SkippedError as reason:
            section = str(reason)
    answer.write_bytes(msgspec.json.encode(section))


if __name__ == "__main__":
    sys.exit(main())
