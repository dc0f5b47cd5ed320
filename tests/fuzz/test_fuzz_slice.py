"""A slice of the fuzzing with a fixed seed; `make fuzz N=...` runs as much of it as one likes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edge_app.bundle.manifest import dump_manifest
from edge_app.system.errors import BundleError
from tests.fuzz import harness, seeds
from tests.fuzz.mutate import MUTATIONS, mutate
from tests.support.manifests import manifest

SLICE = 400


@pytest.mark.reliability("A1", "A2", part="a slice of the long run")
@pytest.mark.parametrize("kind", ["dicom", "raster"])
def test_mutants_of_films(kind: str) -> None:
    originals = seeds.dicom_seeds() if kind == "dicom" else seeds.raster_seeds()
    report = harness.fuzz(originals, SLICE, seed=2024)
    harness.stop_child()
    assert report.failures == [], report.failures[0][0]
    assert report.passed, report
    assert sum(report.outcomes.values()) == SLICE
    # A loader that refuses everything would pass the rest.
    assert report.outcomes["opened"] > SLICE // 20
    assert report.outcomes["file.broken"] > SLICE // 4


MANY = 10_000


@pytest.mark.long
@pytest.mark.reliability("A1")
def test_ten_thousand_mutants_of_dicom_files(record_property: Callable[[str, object], None]) -> None:
    record_property("figure", fuzz_many(seeds.dicom_seeds()))


@pytest.mark.long
@pytest.mark.reliability("A2", part="the public sets of malformed files")
@pytest.mark.parametrize("start", [b"\x89PNG", b"\xff\xd8"], ids=["PNG", "JPEG"])
def test_ten_thousand_mutants_of_pictures(start: bytes, record_property: Callable[[str, object], None]) -> None:
    record_property("figure", fuzz_many(tuple(seed for seed in seeds.raster_seeds() if seed.startswith(start))))


def fuzz_many(originals: tuple[bytes, ...]) -> str:
    harness.stop_child()
    report = harness.fuzz(originals, MANY, seed=16)
    harness.stop_child()
    assert report.failures == [], report.failures[0][0]
    assert report.passed, (report.slowest_s, report.peak_mib)
    assert sum(report.outcomes.values()) == MANY
    late = float(np.percentile(report.times_s, 99))
    assert late <= 0.5
    return (
        f"{MANY} mutants of {len(originals)} files: 99 % within {late * 1000:.0f} ms, "
        f"slowest {report.slowest_s:.2f} s, at most {report.peak_mib:.0f} MiB"
    )


def test_mutants_of_a_manifest() -> None:
    report = harness.fuzz((dump_manifest(manifest()),), SLICE, seed=1, target=harness.load_manifest, in_child=False)
    assert report.failures == []
    assert report.outcomes["refused"] > SLICE // 4


def test_most_seeds_open_so_that_mutants_reach_deep_into_the_decoders() -> None:
    found = [harness.load_film(data) for data in (*seeds.dicom_seeds(), *seeds.raster_seeds())]
    assert found.count("opened") > 0.8 * len(found), found


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.__name__)
def test_every_mutation_changes_the_file(mutation) -> None:  # type: ignore[no-untyped-def]
    data = bytes(range(256)) * 20
    rng = np.random.default_rng(0)
    assert sum(bytes(mutation(bytearray(data), rng)) != data for _ in range(50)) > 40
    assert mutate(data, np.random.default_rng(5)) == mutate(data, np.random.default_rng(5))


def raise_on_marker(data: bytes) -> str:
    if b"\xde\xad" in data:
        raise ZeroDivisionError("a bug")
    return "opened"


def die_on_marker(data: bytes) -> str:
    import os

    if b"\xde\xad" in data:
        os._exit(139)
    return "opened"


@pytest.mark.parametrize(("target", "kind"), [(raise_on_marker, "UNTYPED"), (die_on_marker, "DEAD")])
def test_failures_are_found_made_small_and_kept(target, kind: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    harness.stop_child()
    report = harness.Report()
    harness._run_in_child([b"fine" * 10, b"x" * 20 + b"\xde\xad" + b"y" * 20, b"fine"], target, report)
    assert len(report.failures) == 1
    assert report.outcomes["opened"] == 2
    assert report.failures[0][0].startswith(kind)
    kept = harness.keep(report.failures, tmp_path, target)
    harness.stop_child()
    assert len(kept) == 1
    assert b"\xde\xad" in kept[0].read_bytes()
    assert len(kept[0].read_bytes()) < 10


def test_the_manifest_loader_raises_its_own_error_only() -> None:
    from edge_app.bundle.manifest import parse_manifest

    for data in (b"", b"\xff", b"[" * 100_000, b'{"schema_version": 1e999}', b'{"schema_version": 1, "a": "\xff"}'):
        with pytest.raises(BundleError):
            parse_manifest(data)
