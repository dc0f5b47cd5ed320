"""`python -m tests.bench [ITEM...]`: runs items, each in a process of its own, and writes docs/benchmarks/."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from tests.bench.frame import REPOSITORY, Bench, Section, SkippedError
from tests.bench.items import ITEMS
from tests.bench.machine import describe_machine
from tests.bench.report import Result, write_report

DOCUMENTS = REPOSITORY / "docs" / "benchmarks"
TOTAL_S = 15 * 60
"""All items together take no longer, however slow or busy the machine is."""


def main() -> int:
    """Runs the items that were asked for.

    Returns:
        0 if each ran or was skipped, 1 if one broke or was ended, 2 for an unknown name.
    """
    present = [name for name in ITEMS if importlib.util.find_spec(f"tests.bench.{name}")]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("items", nargs="*", metavar="ITEM", help=f"of {', '.join(present)} (default: all)")
    parser.add_argument("--output", type=Path, default=DOCUMENTS, help="folder of the report (docs/benchmarks)")
    parser.add_argument("--list", action="store_true", help="name the items and end")
    parser.add_argument("--inside", metavar="FILE", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.list:
        print("\n".join(present))
        return 0
    if unknown := set(options.items) - set(present):
        print(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(present)}", file=sys.stderr)
        return 2
    if options.inside:
        _run_here(options.items[0], options.inside)
        return 0
    options.output.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + TOTAL_S
    results = [_run(name, options.output, end - time.monotonic()) for name in options.items or present]
    write_report(options.output)
    return int(not all(results))


def _run(name: str, output: Path, left_s: float) -> bool:
    """Runs one item in processes of its own, for no longer than is left; returns whether it ran, or said why not."""
    module = importlib.import_module(f"tests.bench.{name}")
    start = time.monotonic()
    budget_s = min(module.BUDGET_S, left_s)
    print(f"== {module.TITLE} ({name}): at most {max(0, budget_s):.0f} s", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        answer = Path(scratch) / "answer.json"
        command = [sys.executable, "-m", "tests.bench", name, "--inside", str(answer)]
        # A session of its own, so that nothing it started outlives it.
        process = subprocess.Popen(command, cwd=REPOSITORY, start_new_session=True)
        try:
            status = process.wait(max(0, budget_s))
        except subprocess.TimeoutExpired:
            print(f"   ended after {max(0, budget_s):.0f} s. What was measured before stays.", flush=True)
            return False
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if status:
            print(f"   broke off with status {status}. What was measured before stays.", flush=True)
            return False
        section: Section | str = msgspec.json.decode(answer.read_bytes(), type=Section | str)
    seconds = time.monotonic() - start
    if isinstance(section, str):
        print(f"   skipped: {section}", flush=True)
        return True
    result = Result(module.TITLE, round(seconds), describe_machine(), section)
    (output / f"{name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")
    for limit in section.limits:
        print(f"   {'met   ' if limit.met else 'MISSED'} {limit.sentence}: {limit.value}", flush=True)
    print(f"   {seconds:.0f} s", flush=True)
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
