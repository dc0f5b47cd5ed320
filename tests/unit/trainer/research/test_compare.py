"""`trainer compare` on a data set of toys: trials that have run are reported, the others are named."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from trainer.research.compare import compare
from trainer.research.differences import ScoredFilms
from trainer.research.table import Trial, read_table
from trainer.research.trial import RESULT, SCORES, measures, save_scores
from trainer.task import load_task

TABLE = """
title = "Toys"
[scoring]
films = 8
epoch_films = 4
[base]
"data.validation_fraction" = 0.2
"data.training_films" = 32
"model.input_px" = 32
"training.batch_size" = 8
"training.monitor" = "val_auc"
"head.epochs" = 2
"fine_tune.enabled" = false
[[trial]]
name = "from nothing"
"model.weights" = "none"
unseen = "viral"
[[trial]]
name = "a file that is missing"
question = "What do weights change?"
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "toys.toml"
    path.write_text(TABLE)
    return path


def _has_run(trial: Trial, out: Path) -> None:
    labels = np.repeat([0, 1], 20)
    scored = ScoredFilms(labels, np.arange(40).astype(str), np.linspace(0, 1, 40))
    (out / trial.key).mkdir(parents=True)
    save_scores(out / trial.key / SCORES, {"plain": scored, "stressed": scored, "check": scored})
    result = {
        **{"input_px": 32, "parameters": 7, "training_films": 30, "seconds": 1, "without": "", "split_sha256": "0"},
        "measures": {name: measures(scored) for name in ("plain", "stressed", "check")},
    }
    (out / trial.key / RESULT).write_text(json.dumps(result))


def test_a_report_alone_runs_nothing_and_names_what_is_missing(tmp_path: Path, table: Path) -> None:
    out = tmp_path / "out"
    _has_run(read_table(table).trials[0], out)

    text = compare(
        tmp_path / "no data", tmp_path, out, [table], task=load_task(), written=tmp_path / "docs" / "x.md", run=False
    )

    assert "- a file that is missing: not run yet." in text
    assert (tmp_path / "docs" / "x.md").read_text() == text
    (kept,) = json.loads((out / "x.json").read_text())
    assert (kept["name"], kept["measures"]["plain"]["auc"]["value"]) == ("from nothing", 1.0)
    assert str(tmp_path) not in json.dumps(kept)
    assert (tmp_path / "docs" / "x.png").stat().st_size > 1000


@pytest.mark.long
def test_trials_are_trained_once_and_one_without_weights_is_left_out(
    tmp_path: Path, data_set: Path, table: Path
) -> None:
    out, missing = tmp_path / "out", str(tmp_path / "missing.weights.h5")

    text = compare(data_set, tmp_path / "runs", out, [table], task=load_task(), weights=missing)

    first, repeat = (trial for trial in read_table(table, missing).trials if trial.name.startswith("from nothing"))
    made = {trial.key: (out / trial.key / RESULT).stat().st_mtime_ns for trial in (first, repeat)}
    assert "- a file that is missing: no pre-trained weights of mobilenetv2 are at hand." in text
    assert str(tmp_path) not in text

    assert compare(data_set, tmp_path / "runs", out, [table], task=load_task(), weights=missing) == text
    assert made == {key: (out / key / RESULT).stat().st_mtime_ns for key in made}
