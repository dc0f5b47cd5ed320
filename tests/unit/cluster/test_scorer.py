"""What a worker runs, without a scheduler: only the client's version and bundle, and it lets go of what it held."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge_app.analysis.record import Record, record_of
from edge_app.bundle import open_bundle
from edge_app.bundle.bundle import MANIFEST_NAME, SHIPPED_BUNDLE
from edge_app.cluster import scorer
from edge_app.cluster.client import Cluster
from edge_app.cluster.scorer import Job, release, score
from edge_app.process.protocol import WorkerConfig
from edge_app.system.errors import PneumoscopeError
from tests.support import analyses, bundles
from tests.support.leftovers import child_pids, nothing_left

BUNDLE = Path(os.environ.get("BUNDLE", SHIPPED_BUNDLE))
SAMPLE = Path(__file__).resolve().parents[3] / "assets" / "samples" / "clear.png"


@pytest.fixture(autouse=True)
def _leaves_nothing() -> Iterator[None]:
    with nothing_left():
        yield


@pytest.mark.skipif(not (BUNDLE / MANIFEST_NAME).is_file(), reason="no model bundle in models/pneumonia (or $BUNDLE)")
def test_a_process_is_kept_from_batch_to_batch_and_ends_with_the_run() -> None:
    before = child_pids()
    job = Job("one", WorkerConfig(bundle=str(BUNDLE), threads=1), open_bundle(BUNDLE).manifest_sha256)
    records = score(job, [os.fsencode(SAMPLE), b"/nowhere.png"])
    assert [record.status for record in records] == ["analysed", "failed"]
    born = child_pids() - before
    assert len(born) == 1
    score(job, [os.fsencode(SAMPLE)])
    assert child_pids() - before == born
    other = Job("two", job.config, job.manifest_sha256)
    score(other, [b"/nowhere.png"])
    assert not born & child_pids(), "the process of a run that said no farewell ends when another begins"
    release("two")
    release("one")
    release("never heard of")
    assert child_pids() == before


@pytest.mark.skipif(not (BUNDLE / MANIFEST_NAME).is_file(), reason="no model bundle in models/pneumonia (or $BUNDLE)")
def test_the_process_of_a_client_that_was_killed_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scorer, "_IDLE_S", 0.2)
    before = child_pids()
    job = Job("killed", WorkerConfig(bundle=str(BUNDLE), threads=1), open_bundle(BUNDLE).manifest_sha256)
    score(job, [os.fsencode(SAMPLE)])
    end_s = time.monotonic() + 20
    while child_pids() != before:
        assert time.monotonic() < end_s
        time.sleep(0.02)
    assert [record.status for record in score(job, [os.fsencode(SAMPLE)])] == ["analysed"], "another one starts"
    release("killed")


def test_another_version_or_bundle_is_refused_with_the_machine_named(tmp_path: Path) -> None:
    here = bundles.write(tmp_path / "bundle")
    config = WorkerConfig(bundle=str(here.directory))
    for job, sentence in (
        (Job("v", config, here.manifest_sha256, version="9.9"), r"On the worker .*: Pneumoscope .* and 9\.9 asks"),
        (Job("b", config, "f" * 64), "On the worker .*: The model bundle in .* is not the client's"),
        (Job("n", WorkerConfig(bundle=str(tmp_path)), "f" * 64), "On the worker .*: There is no model bundle"),
    ):
        with pytest.raises(PneumoscopeError, match=sentence) as caught:
            score(job, [b"/nowhere.png"])
        assert caught.value.hint


class Answering:
    """A client whose workers see no files; over one of them each worker is lost."""

    status = "running"

    def __init__(self, deadly: bytes | None = None) -> None:
        self.submitted = 0
        self.deadly = deadly

    def nthreads(self) -> dict[str, int]:
        return {"tcp://1": 1}

    def submit(self, _score: object, _job: Job, batch: list[bytes], *, key: str, pure: bool) -> Any:
        self.submitted += 1
        record = record_of(analyses.failed(code="file.missing"))
        lost = self.deadly in batch

        class Future:
            def add_done_callback(self, done: Any) -> None:
                done(self)

            def result(self) -> list[dict[str, Any]]:
                if lost:
                    from distributed import KilledWorker

                    raise KilledWorker(key, None, 4)
                return [record] * len(batch)

        future = Future()
        future.key = key  # type: ignore[attr-defined]
        return future


def test_a_folder_that_a_worker_has_not_mounted_makes_no_film_missing(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    film = tmp_path / "film.png"
    film.write_bytes(b"film")
    taken: list[bytes] = []
    client = Answering()
    cluster = Cluster(client, Job("m", WorkerConfig(), ""), analyses.MODEL)
    with pytest.raises(PneumoscopeError, match=r"does not find .*film\.png, which is here"):
        cluster.score_all([film], lambda name, _record: taken.append(name))
    assert taken == []
    cluster.score_all([tmp_path / "gone.png"], lambda name, _record: taken.append(name))
    assert taken == [os.fsencode(tmp_path / "gone.png")], "what is missing here too is missing"


def test_a_film_that_costs_worker_after_worker_is_one_line_and_its_batch_is_scored() -> None:
    pytest.importorskip("distributed")
    films = [Path(f"/nowhere/{n}.png") for n in range(40)]
    taken: dict[bytes, str] = {}
    client = Answering(deadly=b"/nowhere/21.png")
    Cluster(client, Job("m", WorkerConfig(), ""), analyses.MODEL).score_all(
        films, lambda name, record: taken.update({name: record.reason_code})
    )
    assert list(map(os.fsdecode, sorted(taken))) == sorted(map(str, films))
    assert [name for name, code in taken.items() if code == "cluster.lost"] == [b"/nowhere/21.png"]
    assert client.submitted == 3 + 16, "the batch of sixteen was given out film by film"


def test_no_more_is_handed_out_than_the_workers_can_take() -> None:
    pytest.importorskip("distributed")
    client = Answering()
    listed = 0

    def films() -> Iterator[Path]:
        nonlocal listed
        for listed in range(1, 2001):
            yield Path(f"/nowhere/{listed}.png")

    ahead = []
    cluster = Cluster(client, Job("m", WorkerConfig(), ""), analyses.MODEL)
    done = 0

    def take(_film: bytes, _record: Record) -> None:
        nonlocal done
        done += 1
        ahead.append(listed - done)

    cluster.score_all(films(), take)
    assert done == 2000
    assert max(ahead) < 64
