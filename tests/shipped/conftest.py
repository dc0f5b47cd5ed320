"""The shipped bundle on the real data set, through the command line, as a user would run it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance import corpus

Record = dict[str, Any]


@pytest.fixture(scope="session")
def data_set() -> Path:
    folder = corpus.data_set()
    if not (folder / "test" / "NORMAL").is_dir():
        pytest.skip(f"needs the chest X-ray data set; set DATA (looked in {folder.name}/)")
    return folder.resolve()


@pytest.fixture(scope="session")
def predict() -> Callable[..., list[Record]]:
    """Runs `predict` in a process of its own; returns its records."""

    def run(*arguments: str | Path) -> list[Record]:
        command = [sys.executable, "-m", "edge_app", "predict", "--format", "jsonl", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=corpus.REPOSITORY)
        assert done.returncode in (0, 3), done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run
