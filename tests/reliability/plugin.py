"""pytest plugin: which marked test holds which promise, and how its last run ended."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

RESULTS_VARIABLE = "RELIABILITY_RESULTS"
"""File that the results of marked tests are merged into; nothing is written without it."""


_begun: set[tuple[str, str]] = set()
"""Promise and test of which a case was run by this process."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keeps the marked tests only, when the results are to be written."""
    if not os.environ.get(RESULTS_VARIABLE):
        return
    marked = [item for item in items if item.get_closest_marker("reliability")]
    config.hook.pytest_deselected(items=[item for item in items if item not in marked])
    items[:] = marked


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Takes note of the outcome of a marked test."""
    report = yield
    results = os.environ.get(RESULTS_VARIABLE)
    if results and (report.when == "call" or report.outcome != "passed"):
        for marker in item.iter_markers("reliability"):
            figure = "; ".join(str(value) for name, value in item.user_properties if name == "figure")
            _merge(Path(results), marker, item, report.outcome, figure)
    return report


def _merge(file: Path, marker: pytest.Mark, item: pytest.Item, outcome: str, figure: str) -> None:
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    name = item.nodeid.split("[")[0]
    for promise in marker.args:
        tests = known.setdefault(promise, {})
        before = tests.get(name, {})
        today = date.today().isoformat()
        # Of the cases of one test the worst outcome counts.
        worse = (promise, name) in _begun and before["outcome"] != "passed"
        _begun.add((promise, name))
        tests[name] = {
            "outcome": before["outcome"] if worse else outcome,
            "date": today,
            "figure": figure or before.get("figure", ""),
            "part": marker.kwargs.get("part", ""),
            "long": item.get_closest_marker("long") is not None,
        }
    file.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
