"""`predict` on a JPEG starts in a moment because it loads nothing that it does not need."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest

from tests.acceptance.corpus import REPOSITORY

HEAVY = ("tensorflow", "keras", "PySide6", "pydicom", "gdcm", "cv2", "matplotlib", "sklearn", "scipy", "trainer")


def test_predict_on_a_sample_loads_no_heavy_package() -> None:
    sample = REPOSITORY / "assets" / "samples" / "clear.png"
    script = (
        "import sys\n"
        "from edge_app.cli import main\n"
        f"status = main(['predict', '--no-progress', {str(sample)!r}])\n"
        f"print('loaded:', *[name for name in {HEAVY!r} if name in sys.modules])\n"
        "sys.exit(status)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=REPOSITORY)

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].strip() == "loaded:"


@pytest.mark.reliability("B9")
def test_neither_predict_nor_its_worker_process_loads_one() -> None:
    sample = REPOSITORY / "assets" / "samples" / "clear.png"
    done = subprocess.run(
        [sys.executable, "-m", "edge_app", "predict", "--no-progress", str(sample)],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPROFILEIMPORTTIME": "1"},
    )
    loaded = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")]

    assert done.returncode == 0, done.stderr[-2000:]
    # Only the worker process loads this one, so its imports are among those that are looked at.
    assert "edge_app.engine.selftest" in loaded
    assert {module.partition(".")[0] for module in loaded} & set(HEAVY) == set()


@pytest.mark.reliability("B9")
def test_no_module_of_the_app_imports_tensorflow_when_it_is_loaded() -> None:
    found = []
    for path in sorted((REPOSITORY / "edge_app").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            found += [f"{path}:{node.lineno}" for name in names if name.split(".")[0] in ("tensorflow", "keras")]
    assert found == []
