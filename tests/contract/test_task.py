"""Another question than the shipped one: other labels, a listing in place of folders, patients named another way."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers
from PIL import Image

from edge_app.bundle import Bundle, open_bundle
from edge_app.engine.selftest import load_known_answers
from trainer import cli
from trainer.config import BackboneName
from trainer.export.bundle import selftest
from trainer.nets.backbones import BACKBONES, Backbone

TASK = r"""
[dataset]
name = "Drawn fields"

[licence]
name = "Made for a test"
citation = "none"
commercial_use = false

[labels]
negative = "CLEAR"
positive = "SHADOW"

[films]
listing = "list/fields.csv"
columns = { path = "file", label = "finding", source = "unit", kind = "reading" }
negative = ["0", "none"]
positive = ["1"]
test_share = 0.3

[films.patient_pattern]
negative = '(?P<patient>subj-\d+)'
positive = '(?P<patient>subj-\d+)'

[bundle]
name = "shadows"
version = "0.3"
creator = "tests"
file_stem = "shadow_model"

[intended_use]
statement = "For a test."
population = "Drawn fields."
limits = ["Everything else."]

[population]
noun = "fields"
outside_noun = "anything else"
least_age_years = 18
greatest_age_years = 120
views = []
modalities = ["DX"]

[recipe]
seed = 2
data = { stress_copies = 1, validation_fraction = 0.3, near_duplicate_bits = 0 }
model = { input_px = 48 }
training = { batch_size = 16, augment = "none", label_smoothing = 0.05, monitor = "val_auc" }
head = { epochs = 3, learning_rate = 0.01 }
fine_tune = { epochs = 4, learning_rate = 0.01 }
export = { calibration_films = 16, equalise = 0.0 }
"""


def _tiny_net(*, include_top: bool, weights: str | None, input_tensor) -> keras.Model:
    """In place of MobileNetV2, whose conversion alone takes a minute."""
    x = layers.Conv2D(8, 5, strides=2, padding="same", activation="relu", name="one")(input_tensor)
    x = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu", name="two")(x)
    x = layers.Conv2D(24, 3, strides=2, padding="same", activation="relu", name="three")(x)
    return keras.Model(keras.utils.get_source_inputs(input_tensor)[0], x)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    root = tmp_path_factory.mktemp("toy")
    _write_films(root / "fields")
    (root / "shadows.toml").write_text(TASK)
    name: BackboneName = "mobilenetv2"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(BACKBONES, name, Backbone(_tiny_net, 48, BACKBONES[name].rescale, "for a test"))
        folders = ["--data", str(root / "fields"), "--runs", str(root / "runs"), "--bundle", str(root / "shadows")]
        assert cli.main(["train", "--task", str(root / "shadows.toml"), "--weights", "none", *folders]) == 0
    return open_bundle(root / "shadows")


def _write_films(folder: Path) -> None:
    """Two fields of each of 90 subjects, read apart; the sources number their subjects alike."""
    random = np.random.default_rng(0)
    (folder / "list" / "png").mkdir(parents=True)
    rows = []
    for subject in range(90):
        for number in range(2):
            shadow = (subject + number) % 3 == 0
            field = random.normal(90, 12, (72, 80))
            if shadow:
                top, left = random.integers(4, 44, 2)
                field[top : top + 22, left : left + 22] += 90
            name = f"png/subj-{subject // 2:03d}_{subject % 2}{number}.png"
            Image.fromarray(np.clip(field, 0, 255).astype(np.uint8)).save(folder / "list" / name)
            rows.append([name, int(shadow) if number else ("1" if shadow else "none"), "ab"[subject % 2], "dense"])
    with (folder / "list" / "fields.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([["file", "finding", "unit", "reading"], *rows])


def test_the_bundle_passes_its_self_test_on_every_runtime(made: Bundle) -> None:
    report = selftest(made.directory)

    assert "passed" in report
    assert "FAILED" not in report


def test_names_labels_terms_and_population_are_those_of_the_task(made: Bundle) -> None:
    manifest = made.manifest

    assert (manifest.identity.name, manifest.identity.version) == ("shadows", "0.3")
    assert (manifest.labels.negative, manifest.labels.positive) == ("CLEAR", "SHADOW")
    assert manifest.keras.path == "shadow_model.keras"
    assert manifest.variant("quant").file.path == "shadow_model_quant.tflite"
    assert manifest.intended_use.population == "Drawn fields."
    assert manifest.licence is not None
    assert not manifest.licence.commercial_use
    assert manifest.gate is not None
    assert manifest.gate.population.noun == "fields"
    assert manifest.training.dataset.startswith("Drawn fields, 180 films")


def test_the_answers_are_given_in_the_labels_of_the_task(made: Bundle) -> None:
    answers = load_known_answers(made.known_answer_bytes()).answers["quant"]

    assert any("SHADOW" in line for line in answers)
    assert not any("PNEUMONIA" in line or "NORMAL" in line for line in answers)


def test_no_subject_is_on_two_sides_and_the_split_reads_both_labels(made: Bundle) -> None:
    run = made.directory.parent / "runs" / made.manifest.training.run
    with (run / "split.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))

    sides = {
        side: {row["patient"] for row in rows if row["side"] == side} for side in ("training", "validation", "test")
    }
    assert not sides["training"] & sides["validation"]
    assert not (sides["training"] | sides["validation"]) & sides["test"]
    assert {"a/subj-000", "b/subj-000"} <= set().union(*sides.values())
    assert {row["label"] for row in rows if row["side"] == "test"} == {"0", "1"}


def test_it_has_learnt_and_figures_are_stated_for_each_source_and_reading(made: Bundle) -> None:
    metrics = json.loads((made.directory / "metrics.json").read_text())["test"]["float"]["metrics"]

    assert metrics["roc_auc"]["value"] > 0.9
    assert {"roc_auc_a", "roc_auc_b", "recall_dense"} <= set(metrics)


def test_the_card_speaks_of_the_task(made: Bundle) -> None:
    card = (made.directory / "MODEL_CARD.md").read_text()

    assert "# shadows 0.3" in card
    assert "pneumonia" not in card.lower()
