"""`python -m tests.reliability [--page-only] [PYTEST ARGUMENTS]`: runs the marked tests, writes docs/reliability.md.

The two halves of the suite run in processes of their own, as in `make test`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from tests.reliability.plugin import RESULTS_VARIABLE

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reliability.md"
RESULTS = ROOT / "docs" / "reliability.json"
REQUIREMENTS = Path(__file__).with_name("requirements.toml")
_WITH_TENSORFLOW = ("tests/contract", "tests/unit/trainer")

_HEAD = """# What holds under faults

Each promise with the test that holds it, its figure where it has one, and the day of its last run. `make reliability`
runs the marked tests and writes this page. *in part*: a test holds some of the promise; the note says what is missing.

"""


def main(arguments: list[str]) -> int:
    """Runs the tests unless `--page-only` is given, and writes the page; 1 where a test failed."""
    status = 0
    if "--page-only" not in arguments:
        halves = (["tests", *(f"--ignore={path}" for path in _WITH_TENSORFLOW)], list(_WITH_TENSORFLOW))
        for half in halves:
            status |= subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *half, *arguments],
                cwd=ROOT,
                env={**os.environ, RESULTS_VARIABLE: str(RESULTS)},
                check=False,
            ).returncode not in (0, 5)
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    page = make_page(tomllib.loads(REQUIREMENTS.read_text(encoding="utf-8")), results)
    PAGE.write_text(page, encoding="utf-8")
    print(page.splitlines()[5])
    return int(status)


def make_page(requirements: dict[str, Any], results: dict[str, Any]) -> str:
    """Writes the page.

    Args:
        requirements: Groups, promises and absent ones, as in requirements.toml.
        results: Promise to test name to its last result, as the plugin merges them.

    Returns:
        Markdown.
    """
    promises, absent = requirements["promises"], requirements["absent"]
    extents = {promise: _extent(results.get(promise, {}), promise in absent) for promise in promises}
    counts = {extent: list(extents.values()).count(extent) for extent in ("in full", "in part", "not covered")}
    applies = sum(counts.values())
    lines = [
        f"Of {applies} promises that apply {counts['in full']} are held in full, {counts['in part']} in part and "
        f"{counts['not covered']} not; {len(promises) - applies} wait for their feature.",
        "",
    ]
    for group, title in requirements["groups"].items():
        lines += [f"## {title}", "", "| | promise | held | test | figure | last run |", "|---|---|---|---|---|---|"]
        lines += [
            _row(promise, promises[promise], extents[promise], results.get(promise, {}), absent.get(promise, ""))
            for promise in promises
            if promise.startswith(group)
        ]
        lines.append("")
    return _HEAD + "\n".join(lines)


def _extent(tests: dict[str, Any], is_absent: bool) -> str:
    if is_absent:
        return "no feature"
    passed = [test for test in tests.values() if test["outcome"] == "passed"]
    if not passed or any(test["outcome"] == "failed" for test in tests.values()):
        return "not covered"
    whole = [test for test in tests.values() if not test["part"]]
    # Tests without `part` hold the promise together: one that was skipped leaves it held in part.
    return "in full" if whole and all(test in passed for test in whole) else "in part"


def _row(promise: str, words: str, extent: str, tests: dict[str, Any], why_absent: str) -> str:
    names = [f"`{name.partition('::')[2]}`{' (long)' if test['long'] else ''}" for name, test in tests.items()]
    missing = list(dict.fromkeys(filter(None, map(_lack, tests.values())))) if extent == "in part" else []
    held = extent + (f": {'; '.join(missing)}" if missing else "") + (f": {why_absent}" if why_absent else "")
    figures = [test["figure"] for test in tests.values() if test["figure"]]
    days = sorted({test["date"] for test in tests.values()})
    return f"| {promise} | {words} | {held} | {', '.join(names)} | {'; '.join(figures)} | {' '.join(days[-1:])} |"


def _lack(test: dict[str, Any]) -> str:
    return str(test["part"]) or ("" if test["outcome"] == "passed" else "a test was skipped")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
