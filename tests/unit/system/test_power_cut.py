"""Whole files under simulated power cuts (docs/reliability.md, E3)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.power_cut import record

WRITER = """
import os, sys
from pathlib import Path
from edge_app.system.files import replace_file
if sys.argv[2] == "unsynced":
    os.fsync = lambda descriptor: None
for number in range(12):
    with replace_file(Path(sys.argv[1], "report.pdf")) as stream:
        stream.write(b"%d" % number * 3000)
    print("ACK", number, flush=True)
"""


def broken_states(tmp_path: Path, mode: str) -> tuple[list[str], int]:
    """States in which the file is neither the old one nor the new one; and how many states there were."""
    folder = tmp_path / "exports"
    folder.mkdir()
    states = record([sys.executable, "-c", WRITER, str(folder), mode], folder)
    whole = [b"%d" % number * 3000 for number in range(12)]
    broken = []
    for state in states:
        content = state.files.get("report.pdf")
        newest = int(state.acknowledged[-1]) if state.acknowledged else -1
        if content not in ([None] if newest < 0 else []) + whole[max(newest, 0) :]:
            broken.append(state.what)
    return broken, len(states)


def test_after_a_power_cut_there_is_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    broken, count = broken_states(tmp_path, "synced")
    assert broken == []
    assert count > 40


def test_the_simulation_finds_what_is_not_synced(tmp_path: Path) -> None:
    assert broken_states(tmp_path, "unsynced")[0]


@pytest.fixture(autouse=True)
def _checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[3]))
