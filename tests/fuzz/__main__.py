"""`python -m tests.fuzz [-n N] [--seed S] [--keep DIR] [dicom|raster|bundle ...]`: see `make fuzz`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from edge_app.bundle.manifest import dump_manifest
from tests.acceptance.corpus import REPOSITORY
from tests.fuzz import harness, seeds
from tests.support.manifests import manifest

_FOUND = Path("tests/fuzz/found")


def _manifests() -> tuple[bytes, ...]:
    trained = tuple(path.read_bytes() for path in sorted((REPOSITORY / "models").glob("*/manifest.json")))
    return (*trained, dump_manifest(manifest()))


TARGETS = {
    "dicom": (seeds.dicom_seeds, harness.load_film),
    "raster": (seeds.raster_seeds, harness.load_film),
    "bundle": (_manifests, harness.load_manifest),
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("-n", "--count", type=int, default=10_000, help="mutants of each kind")
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same mutants")
    parser.add_argument("--keep", type=Path, default=_FOUND, metavar="DIR", help="where failing inputs are kept")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(TARGETS))
    options = parser.parse_args(arguments)
    status = 0
    for kind in options.kinds or TARGETS:
        make_seeds, target = TARGETS[kind]
        originals = make_seeds()
        harness.stop_child()
        start = time.perf_counter()
        report = harness.fuzz(originals, options.count, seed=options.seed, target=target)
        print(
            f"{kind}: {options.count} mutants of {len(originals)} seeds in {time.perf_counter() - start:.0f} s, "
            f"{len(report.failures)} failures, slowest {report.slowest_s:.2f} s, peak {report.peak_mib:.0f} MiB"
        )
        for outcome, times in report.outcomes.most_common():
            print(f"  {times:>6}  {outcome}")
        for path in harness.keep(report.failures, options.keep, target):
            print(f"  kept {path}: {path.with_suffix('.txt').read_text().strip()}")
        status |= not report.passed
    harness.stop_child()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
