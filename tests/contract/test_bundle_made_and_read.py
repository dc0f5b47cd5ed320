"""The trainer writes a bundle; the app opens, proves and runs it, in a process without TensorFlow."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from edge_app.bundle import ModelFile, Variant, open_bundle
from edge_app.bundle.manifest import Identity, IntendedUse, Labels, Manifest, Parity, Training
from edge_app.system.errors import BundleError
from trainer.calibration.calibration import LabelledLogits
from trainer.calibration.operating_point import calibrate_file
from trainer.config import OperatingPointConfig
from trainer.errors import TrainingError
from trainer.evaluation.predictions import score_tflite
from trainer.export import bundle as bundle_files
from trainer.export.convert import convert
from trainer.export.describe import bundle_file, calibrated, draft
from trainer.export.fold_input import fold_input
from trainer.export.graph import export_graph
from trainer.export.known_answers import known_answers
from trainer.task import load_task

FILES = load_task().bundle
NAMES: dict[Variant, str] = {"quant": FILES.tflite("quant"), "float": FILES.tflite("float")}


@pytest.fixture(scope="module")
def built(small_model, small_films, small_spec, tmp_path_factory: pytest.TempPathFactory) -> Path:
    films, labels = small_films
    converted = convert(fold_input(export_graph(small_model)), films[:60], float_share=0.5)
    data: dict[Variant, bytes] = {variant: converted[variant] for variant in NAMES}
    models: dict[Variant, ModelFile] = {}
    for variant, name in NAMES.items():
        drafted = draft(name, data[variant])
        scores = score_tflite(films, data[variant], drafted)
        judged = LabelledLogits(scores.logits, labels, np.arange(len(labels)).astype(str), labels < 0)
        chosen = calibrate_file(judged, OperatingPointConfig())
        models[variant] = calibrated(drafted, chosen, float(scores.evidence.max()))
    folder = tmp_path_factory.mktemp("made") / "bundle"
    keras_file = folder.parent / "model.keras"
    small_model.save(keras_file)
    # As the trainer ships it: without the optimizer.
    keras.models.load_model(keras_file, compile=False).save(keras_file)
    contents = {
        FILES.keras: keras_file.read_bytes(),
        bundle_files.KNOWN_ANSWERS_NAME: known_answers(
            films, labels, small_spec, Labels(), {v: (data[v], models[v]) for v in NAMES}, seed=1
        ),
        **{NAMES[v]: data[v] for v in NAMES},
    }
    manifest = Manifest(
        schema_version=1,
        identity=Identity(name="small", version="1", uid="2.25.1", creator="test", created="2026-01-01"),
        intended_use=IntendedUse(statement="a test", population="nobody", limits=()),
        labels=Labels(),
        preprocessing=small_spec,
        keras=bundle_file(FILES.keras, contents[FILES.keras]),
        variants=models,
        known_answers=bundle_file(bundle_files.KNOWN_ANSWERS_NAME, contents[bundle_files.KNOWN_ANSWERS_NAME]),
        training=Training(
            run="test",
            dataset="drawn",
            split_sha256="0" * 64,
            config_sha256="0" * 64,
            backbone="small",
            initial_weights="none",
            films={},
            versions={},
        ),
        parity=Parity(
            measured_on="nothing",
            films=0,
            auc_drop=0,
            changed_decisions=0,
            max_probability_difference=0,
            evidence_correlation_median=0,
        ),
        metrics={},
    )
    bundle_files.write_bundle(folder, manifest, contents)
    return folder


@pytest.mark.reliability("B3", part="twelve films; aarch64 by `make test-pi`")
def test_it_opens_and_passes_its_self_test_on_every_runtime(built: Path) -> None:
    report = bundle_files.selftest(built)

    assert report.count("passed") == 2 * len(_installed_runtimes())
    assert "FAILED" not in report


def test_predict_answers_on_it_in_both_runtimes_alike(built: Path, small_films, tmp_path: Path) -> None:
    for index, film in enumerate(small_films[0][:12]):
        Image.fromarray(film).resize((320, 300)).save(tmp_path / f"film{index:02d}.png")
    answers = {}
    for runtime in _installed_runtimes():
        command = [sys.executable, "-m", "edge_app", "predict", "--model", str(built), "--format", "jsonl"]
        done = subprocess.run([*command, "--runtime", runtime, str(tmp_path)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
        answers[runtime] = [json.loads(line) for line in done.stdout.splitlines()]

    for records in answers.values():
        assert [record["status"] for record in records] == ["analysed"] * 12
    first, *others = answers.values()
    for other in others:
        assert [record["label"] for record in other] == [record["label"] for record in first]
        for a, b in zip(first, other, strict=True):
            assert abs(a["probability"] - b["probability"]) < 0.05


def test_a_changed_byte_is_refused_and_the_old_bundle_stays(built: Path, tmp_path: Path) -> None:
    import shutil

    broken = tmp_path / "broken"
    shutil.copytree(built, broken)
    path = broken / NAMES["quant"]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))

    with pytest.raises(BundleError, match="not the one the manifest vouches for"):
        open_bundle(broken)
    with pytest.raises(TrainingError, match="does not pass its own self-test"):
        bundle_files.selftest(broken)


def test_putting_in_place_replaces_the_whole_bundle(built: Path, tmp_path: Path) -> None:
    target = tmp_path / "models" / "pneumonia"
    target.mkdir(parents=True)
    (target / "left_over.txt").write_text("old")

    bundle_files.put_in_place(built, target)

    assert open_bundle(target).manifest.identity.name == "small"
    assert not (target / "left_over.txt").exists()
    assert [path.name for path in target.parent.iterdir()] == ["pneumonia"]


def _installed_runtimes() -> list[str]:
    from edge_app.engine.runtime import RUNTIMES

    return [runtime.name for runtime in RUNTIMES if runtime.is_installed()]
