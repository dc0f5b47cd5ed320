"""`predict` where standard output or error is full, closed or knows few letters, and where names are long."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edge_app.bundle.bundle import MANIFEST_NAME, SHIPPED_BUNDLE
from tests.support.signals import heed_signals

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT / "assets" / "samples" / "clear.png"
pytestmark = pytest.mark.skipif(not (SHIPPED_BUNDLE / MANIFEST_NAME).is_file(), reason="no model bundle")


def edge_app(*arguments: str | Path, shell: str = "", **environment: str) -> tuple[int, str, str]:
    """Runs the program; `shell` redirects its streams."""
    command = ["sh", "-c", f'exec "$@" {shell}', "sh", sys.executable, "-m", "edge_app", *map(os.fspath, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, env={**os.environ, **environment}, check=False)
    assert b"Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout.decode("latin-1"), done.stderr.decode()


@pytest.mark.parametrize("form", ["table", "jsonl", "csv"])
def test_a_full_standard_output_is_a_sentence(form: str) -> None:
    status, _, said = edge_app("predict", "--format", form, SAMPLE, shell=">/dev/full")
    assert (status, "Standard output could not be written" in said) == (1, True)


def test_a_closed_standard_output_is_a_sentence() -> None:
    status, _, said = edge_app("predict", SAMPLE, shell=">&-")
    assert (status, "Standard output is closed" in said) == (1, True)


def test_a_full_standard_output_of_the_self_test_is_a_sentence() -> None:
    status, _, said = edge_app("selftest", shell=">/dev/full")
    assert (status, "Standard output could not be written" in said) == (1, True)


@pytest.mark.parametrize("shell", ["2>/dev/full", "2>&-", "2>&- <&-"])
def test_a_standard_error_that_takes_nothing_does_not_end_the_run(shell: str) -> None:
    status, rows, _ = edge_app("predict", "--progress", "--format", "jsonl", SAMPLE, "/nowhere.png", shell=shell)
    assert status == 3
    assert [json.loads(row)["status"] for row in rows.splitlines()] == ["analysed", "failed"]


def test_a_terminal_that_does_not_know_a_letter_shows_its_number(tmp_path: Path) -> None:
    film = tmp_path / "\u0141\u00f3d\u017a.png"
    shutil.copy(SAMPLE, film)
    status, rows, said = edge_app("predict", tmp_path, PYTHONIOENCODING="latin-1")
    assert (status, said) == (0, "")
    assert "\\u0141\u00f3d\\u017a.png" in rows


def test_a_name_of_250_letters_has_its_heat_map(tmp_path: Path) -> None:
    films, heat = tmp_path / "films", tmp_path / "heat"
    films.mkdir()
    for letter in "ab":
        shutil.copy(SAMPLE, films / f"{letter * 246}.png")
    status, rows, _ = edge_app("predict", "--format", "jsonl", "--heatmaps", heat, films)
    assert status == 0
    named = [Path(json.loads(row)["heatmap"]) for row in rows.splitlines()]
    assert sorted(heat.iterdir()) == named
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in named)


def test_a_name_that_no_folder_can_hold_is_one_line() -> None:
    status, rows, _ = edge_app("predict", "--format", "jsonl", "a" * 300, SAMPLE)
    assert status == 3
    assert [json.loads(row)["reason_code"] for row in rows.splitlines()] == ["file.unreadable", None]


def test_too_many_processes_are_capped_and_told() -> None:
    _, _, said = edge_app("predict", "--jobs", "5000", SAMPLE)
    assert "5000 processes are too many; 64 are used." in said


def test_an_interrupted_run_goes_on_and_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    films, output = tmp_path / "films", tmp_path / "rows.jsonl"
    films.mkdir()
    for number in range(120):
        (films / f"{number:03}.png").symlink_to(SAMPLE)
    (films / "000.png").unlink()
    (films / "000.png").write_bytes(b"no film")
    command = [sys.executable, "-m", "edge_app", "predict", "--format", "jsonl", "--output", str(output), str(films)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, preexec_fn=heed_signals)
    partial = output.with_name("rows.jsonl.partial")
    wait(lambda: partial.exists() and partial.stat().st_size > 2000)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate()
    assert (process.returncode, "the same command goes on" in said) == (143, True)
    kept = partial.read_text().splitlines()
    assert 0 < len(kept) < 120
    status, _, said = edge_app(*command[3:], "--progress")
    assert status == 3, "the film that failed in the first part counts"
    assert f"{len(kept)} done before" in said
    rows = output.read_text().splitlines()
    assert rows[: len(kept)] == kept
    assert [Path(json.loads(row)["path"]) for row in rows] == sorted(films.iterdir())


def wait(condition: Callable[[], Any]) -> None:
    end_s = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end_s
        time.sleep(0.005)
