"""`predict` on a folder, as a user runs it: in order, interrupted, and with a process killed under it."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from codecs import BOM_UTF8
from pathlib import Path
from typing import Any

import psutil
import pytest

from edge_app.bundle.bundle import MANIFEST_NAME, SHIPPED_BUNDLE
from edge_app.commands.predict import jobs_for
from edge_app.imaging.decode import read_film
from edge_app.intake.find import find_films
from edge_app.system.errors import FilmUnreadableError
from tests.support.signals import heed_ctrl_c

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = ROOT / "assets" / "samples"
BUNDLE = Path(os.environ.get("BUNDLE", SHIPPED_BUNDLE))
needs_bundle = pytest.mark.skipif(
    not (BUNDLE / MANIFEST_NAME).is_file(), reason="no model bundle in models/pneumonia (or $BUNDLE)"
)


def start(*arguments: str | Path, **streams: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "edge_app", "predict", "--model", str(BUNDLE), *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=ROOT, text=True, preexec_fn=heed_ctrl_c, **pipes, **streams)


def run(*arguments: str | Path) -> tuple[int, str, str]:
    process = start(*arguments)
    out, err = process.communicate()
    return process.returncode, out, err


def folder_of(root: Path, count: int) -> list[Path]:
    """Links to the sample films, in the order in which a folder is read."""
    root.mkdir()
    for number in range(count):
        sample = SAMPLES / ("clear.png" if number % 2 else "consolidation.png")
        (root / f"{number:04}.png").symlink_to(sample)
    return sorted(root.iterdir())


def without_times(line: str) -> dict[str, Any]:
    record = json.loads(line)
    del record["elapsed_ms"]
    return dict(record)


@needs_bundle
def test_two_processes_answer_as_one_does_and_name_every_file(tmp_path: Path) -> None:
    films = folder_of(tmp_path / "films", 12)
    (tmp_path / "films" / "0003.png").unlink()
    (tmp_path / "films" / "0003.png").write_bytes(b"no film at all")
    (tmp_path / "films" / "0007.png").unlink()
    (tmp_path / "films" / "0007.png").symlink_to(tmp_path / "gone")
    one, two = (run("--format", "jsonl", "--jobs", jobs, tmp_path / "films") for jobs in ("1", "2"))
    assert (one[0], two[0]) == (3, 3)
    lines = two[1].splitlines()
    assert [without_times(line) for line in lines] == [without_times(line) for line in one[1].splitlines()]
    records = [json.loads(line) for line in lines]
    assert [record["path"] for record in records] == [str(film) for film in films]
    failed = {Path(r["path"]).name: r["reason_code"] for r in records if r["status"] == "failed"}
    assert failed == {"0003.png": "file.unknown_format", "0007.png": "file.missing"}
    assert all(record["reason"] for record in records if record["status"] != "analysed")


@needs_bundle
def test_a_process_that_is_killed_costs_no_film_and_is_told(tmp_path: Path) -> None:
    films = folder_of(tmp_path / "films", 64)
    process = start("--format", "jsonl", "--jobs", "2", tmp_path / "films")
    assert process.stdout is not None
    first = process.stdout.readline()
    workers = psutil.Process(process.pid).children()
    assert len(workers) == 2
    workers[0].kill()
    # Not `communicate`, which passes over what `readline` has read ahead.
    records = [json.loads(line) for line in [first, *process.stdout]]
    _, err = process.communicate()
    assert process.returncode == 0, err
    assert [(record["path"], record["status"]) for record in records] == [(str(film), "analysed") for film in films]
    assert "1 analysis process was lost and replaced" in err


@needs_bundle
@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_control_c_leaves_whole_lines_in_order_and_no_process(tmp_path: Path, form: str) -> None:
    films = folder_of(tmp_path / "films", 3000)
    output = tmp_path / "results"
    process = start("--format", form, "--jobs", "2", "--progress", "--output", output, tmp_path / "films")
    assert process.stderr is not None
    said = ""
    # Carriage returns arrive as line feeds: the pipe is read as text.
    while not re.search(r"\n[1-9]\d* of 3000 films", said):
        more = process.stderr.read(1)
        assert more, said
        said += more
    workers = psutil.Process(process.pid).children()
    process.send_signal(signal.SIGINT)
    err = process.stderr.read()
    process.communicate()
    assert process.returncode == 130
    assert not output.exists()
    text = (tmp_path / "results.partial").read_text("utf-8-sig" if form == "csv" else "utf-8")
    rows = list(csv.DictReader(io.StringIO(text))) if form == "csv" else [json.loads(x) for x in text.splitlines()]
    assert (tmp_path / "results.partial").read_bytes().startswith(BOM_UTF8) == (form == "csv")
    assert 0 < len(rows) < len(films)
    assert text.endswith("\n")
    assert [row["path"] for row in rows] == [str(film) for film in films[: len(rows)]]
    assert f"stopped after {len(rows)} films" in err
    assert str(output) + ".partial" in err
    assert psutil.wait_procs(workers, timeout=20)[1] == []


@pytest.mark.parametrize(
    ("films", "wanted", "asked", "jobs"),
    [(1, 4, False, 1), (32, 4, False, 1), (33, 4, False, 2), (128, 4, False, 4), (1, 1, False, 1), (3, 8, True, 3)],
)
def test_few_films_are_not_worth_many_processes(films: int, wanted: int, asked: bool, jobs: int) -> None:
    assert jobs_for(films, wanted, asked=asked) == jobs


def test_a_folder_that_cannot_be_listed_is_named_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a/1.png", "b/2.png", "c/3.png"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(b"film")
    scandir, access = os.scandir, os.access

    # Rights do not bind root, who runs the tests in many a container.
    def closed(path: Any) -> bool:
        return os.fspath(path).endswith("b")

    def listed(path: Any) -> Any:
        if closed(path):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", listed)
    monkeypatch.setattr(os, "access", lambda path, mode: not closed(path) and access(path, mode))
    found = list(find_films([tmp_path]))
    assert found == [tmp_path / "a/1.png", tmp_path / "b", tmp_path / "c/3.png"]
    with pytest.raises(FilmUnreadableError, match="folder b cannot be listed"):
        read_film(tmp_path / "b")


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    """As `head` does."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        samples = Path(__file__).parents[3] / "assets" / "samples"
        done = subprocess.run(
            [sys.executable, "-m", "edge_app", "predict", str(samples)],
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")
