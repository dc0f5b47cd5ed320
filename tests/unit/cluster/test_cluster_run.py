"""`predict --cluster` against a real scheduler and real worker processes on 127.0.0.1."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from edge_app.bundle.bundle import MANIFEST_NAME, SHIPPED_BUNDLE

pytest.importorskip("distributed")
pytest.importorskip("pyarrow")

from tests.support.cluster import LocalCluster, local_cluster
from tests.support.signals import heed_ctrl_c

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = ROOT / "assets" / "samples"
BUNDLE = Path(os.environ.get("BUNDLE", SHIPPED_BUNDLE))
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not (BUNDLE / MANIFEST_NAME).is_file(), reason="no model bundle in models/pneumonia"),
]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[LocalCluster]:
    with local_cluster(tmp_path / "dask", workers=2) as running:
        yield running


def films_in(folder: Path, count: int) -> list[Path]:
    folder.mkdir()
    for number in range(count):
        sample = SAMPLES / ("clear.png" if number % 2 else "consolidation.png")
        (folder / f"{number:04}.png").symlink_to(sample)
    (folder / "zz-broken.png").write_bytes(b"no film")
    return sorted(folder.iterdir())


def start(cluster: LocalCluster, output: Path, *arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "edge_app", "predict", "--model", str(BUNDLE), "--progress"]
    command += ["--cluster", cluster.address, "--output", str(output), *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, text=True, stderr=subprocess.PIPE, preexec_fn=heed_ctrl_c)


def wait_until_some_are_done(client: subprocess.Popen[str]) -> None:
    assert client.stderr is not None
    said = ""
    # Carriage returns arrive as line feeds: the pipe is read as text.
    while not re.search(r"\n[1-9]\d* of \d+ films", said):
        more = client.stderr.read(1)
        assert more, said
        said += more


def end_of(client: subprocess.Popen[str]) -> str:
    assert client.stderr is not None
    said = client.stderr.read()
    client.wait()
    client.stderr.close()
    return said


def rows(output: Path) -> list[dict[str, Any]]:
    from pyarrow import dataset

    return list(dataset.dataset(output, format="parquet").to_table().to_pylist())


def locally(folder: Path) -> dict[str, dict[str, Any]]:
    command = [sys.executable, "-m", "edge_app", "predict", "--model", str(BUNDLE), "--format", "jsonl", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return {record["path"]: record for record in map(json.loads, done.stdout.splitlines())}


def test_a_worker_killed_in_the_middle_loses_no_film_and_doubles_none(cluster: LocalCluster, tmp_path: Path) -> None:
    films = films_in(tmp_path / "films", 240)
    doomed = cluster.add_worker()
    client = start(cluster, tmp_path / "out", tmp_path / "films")
    wait_until_some_are_done(client)
    children = doomed.children()
    doomed.send_signal(signal.SIGKILL)
    said = end_of(client)
    assert client.returncode == 3, said
    found = rows(tmp_path / "out")
    assert sorted(row["path"] for row in found) == [str(film) for film in films]
    assert len({row["path_id"] for row in found}) == len(films)
    expected = locally(tmp_path / "films")
    names = ("sha256", "status", "reason", "probability", "label", "band", "threshold", "quality", "model_sha256")
    for row in found:
        assert {name: row[name] for name in names} == {name: expected[row["path"]][name] for name in names}
    assert psutil.wait_procs(children, timeout=60)[1] == [], "its child processes ended with it"


def test_a_run_that_was_stopped_goes_on_where_it_was(cluster: LocalCluster, tmp_path: Path) -> None:
    films = films_in(tmp_path / "films", 240)
    client = start(cluster, tmp_path / "out", tmp_path / "films")
    wait_until_some_are_done(client)
    client.send_signal(signal.SIGINT)
    said = end_of(client)
    assert client.returncode == 130, said
    before = rows(tmp_path / "out")
    assert 0 < len(before) < len(films)
    assert f"{len(before)} films are in" in said
    children = [child for worker in cluster.workers for child in worker.children()]
    assert psutil.wait_procs(children, timeout=60)[1] == [], "nothing is held for a client that has gone"

    client = start(cluster, tmp_path / "out", tmp_path / "films", tmp_path / "films")
    said = end_of(client)
    assert client.returncode == 3, said
    after = rows(tmp_path / "out")
    assert after[: len(before)] == before
    assert sorted(row["path"] for row in after) == [str(film) for film in films], "also where a folder is named twice"
    assert f"{len(before)} films were in" in said


def test_films_whose_workers_the_scheduler_gave_up_are_tried_one_by_one(tmp_path: Path) -> None:
    films = films_in(tmp_path / "films", 160)
    with local_cluster(tmp_path / "dask", workers=2, allowed_failures=0) as cluster:
        doomed = cluster.add_worker()
        client = start(cluster, tmp_path / "out", tmp_path / "films")
        wait_until_some_are_done(client)
        doomed.send_signal(signal.SIGKILL)
        said = end_of(client)
    assert client.returncode == 3, said
    assert "tried one by one" in said
    found = rows(tmp_path / "out")
    assert sorted(row["path"] for row in found) == [str(film) for film in films]
    assert [row["path"] for row in found if row["status"] != "analysed"] == [str(films[-1])]


def test_a_scheduler_that_dies_ends_the_run_with_what_is_done(tmp_path: Path) -> None:
    films = films_in(tmp_path / "films", 240)
    with local_cluster(tmp_path / "dask", workers=1) as cluster:
        client = start(cluster, tmp_path / "out", tmp_path / "films")
        wait_until_some_are_done(client)
        cluster.kill_scheduler()
        said = end_of(client)
    assert client.returncode == 1, said
    assert "the same command goes on" in said
    assert 0 < len(rows(tmp_path / "out")) < len(films)


def test_the_parts_can_be_csv(cluster: LocalCluster, tmp_path: Path) -> None:
    films = films_in(tmp_path / "films", 20)
    client = start(cluster, tmp_path / "out", "--format", "csv", tmp_path / "films")
    said = end_of(client)
    assert client.returncode == 3, said
    found = []
    for part in (tmp_path / "out").glob("part-*.csv"):
        with part.open(encoding="utf-8", newline="") as stream:
            found += csv.DictReader(stream)
    assert sorted(row["path"] for row in found) == [str(film) for film in films]


def test_nobody_at_the_address_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"film")
    command = [sys.executable, "-m", "edge_app", "predict", "--model", str(BUNDLE), str(tmp_path / "a.png")]
    command += ["--cluster", "not an address", "--output", str(tmp_path / "out")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "No Dask scheduler answers at not an address" in done.stderr
