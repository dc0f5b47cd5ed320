"""`trainer train --lung-masks`, from films and masks to a bundle that proves itself. Minutes long."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edge_app.analysis.pipeline import Pipeline
from edge_app.bundle import open_bundle
from edge_app.engine.selftest import load_known_answers
from tests.support.data_sets import small_data_set
from trainer.commands.verify import verify

pytestmark = pytest.mark.long
REPOSITORY = Path(__file__).resolve().parents[2]
SMALL = (
    *("head.epochs=1", "fine_tune.epochs=2", "training.batch_size=8", "model.input_px=112", "data.stress_copies=1"),
    *("export.calibration_films=16", "export.tuning_steps=4", "export.float_share=0", "lungs.swap=0.4"),
)


def _masks(data: Path, path: Path) -> Path:
    """Two lungs of one place for all films but every fifth."""
    films = [film.relative_to(data).as_posix() for film in sorted(data.rglob("*.jpeg"))]
    drawn = [film for index, film in enumerate(films) if index % 5]
    mask = np.zeros((224, 224), np.uint8)
    mask[40:180, 30:90] = mask[40:180, 130:190] = 1
    np.savez(path, films=np.array(drawn), bits=np.tile(np.packbits(mask), (len(drawn), 1)))
    return path


def test_a_bundle_with_a_lung_head_is_made_and_proven(tmp_path: Path) -> None:
    data = small_data_set(tmp_path / "chest_xray")
    masks = _masks(data, tmp_path / "masks.npz")
    sets = [part for value in SMALL for part in ("--set", value)]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "trainer", "train", "--data", str(data), "--runs", str(tmp_path / "runs")),
            *("--weights", "none", "--name", "small", "--lung-masks", str(masks), *sets),
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=1500,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "films with drawn lungs" in done.stdout + done.stderr

    folder = tmp_path / "runs" / "small" / "bundle"
    bundle = open_bundle(folder)
    for variant in ("quant", "float"):
        model = bundle.manifest.variants[variant]
        assert {output.name: output.shape for output in model.outputs}["lungs"] == (1, 28, 28)
        assert model.lungs is not None
        assert 0 <= model.lungs.least_evidence <= 1
    assert load_known_answers(bundle.known_answer_bytes()).lungs["quant"].shape[1:] == (28, 28)
    assert "Grad-CAM" in verify(folder)
    analysis = Pipeline(bundle).analyse(next(iter(sorted((data / "test" / "NORMAL").iterdir()))))
    assert analysis.status in ("analysed", "refused")
    if analysis.status == "analysed":
        assert analysis.lungs is not None
