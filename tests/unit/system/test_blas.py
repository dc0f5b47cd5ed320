"""NumPy's BLAS is told of a processor only what that processor can do."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from edge_app.system.blas import blas_environment

WIDE = "flags\t\t: fpu sse2 fma avx2 avx512f avx512cd avx512dq avx512bw avx512vl\n"


@pytest.mark.parametrize(
    ("cpuinfo", "kernel"),
    [
        (WIDE, "SkylakeX"),
        (WIDE.replace(" avx512bw", ""), "Haswell"),
        ("processor\t: 0\nflags\t\t: fpu sse2 fma avx2\n\nflags\t\t: fpu\n", "Haswell"),
        ("flags\t\t: fpu sse2 avx2\n", None),
        ("processor\t: 0\nFeatures\t: fp asimd avx2 fma\n", None),
        ("", None),
    ],
)
def test_the_widest_code_that_the_processor_runs(tmp_path: Path, cpuinfo: str, kernel: str | None) -> None:
    (tmp_path / "cpuinfo").write_text(cpuinfo)
    environment = blas_environment(tmp_path / "cpuinfo")
    assert environment.get("OPENBLAS_CORETYPE") == kernel
    assert environment["OPENBLAS_NUM_THREADS"] == "1"


def test_other_systems_are_left_alone(tmp_path: Path) -> None:
    assert "OPENBLAS_CORETYPE" not in blas_environment(tmp_path / "missing")


@pytest.mark.skipif(platform.machine() != "x86_64", reason="OpenBLAS is told of x86-64 processors only")
def test_openblas_takes_it() -> None:
    environment = {**os.environ, **blas_environment(), "OPENBLAS_VERBOSE": "2"}
    done = subprocess.run(
        [sys.executable, "-c", "import numpy"], env=environment, capture_output=True, text=True, check=True
    )
    assert f"Core: {environment['OPENBLAS_CORETYPE']}" in done.stdout + done.stderr
