"""The manifest of the model that `fake_worker` pretends to be."""

from __future__ import annotations

from edge_app.bundle.manifest import (
    Estimate,
    FileRecord,
    Identity,
    IntendedUse,
    Labels,
    Manifest,
    ModelFile,
    OperatingPoint,
    Parity,
    Tensor,
    Training,
    UncertainBand,
)
from edge_app.imaging.preprocess import PreprocessSpec

_SHA = "ab" * 32


def fake_manifest() -> Manifest:
    def estimate(value: float) -> Estimate:
        return Estimate(value=value, low=max(0.0, value - 0.03), high=min(1.0, value + 0.03))

    def point(name, threshold: float, sensitivity: float, specificity: float) -> OperatingPoint:
        return OperatingPoint(
            name=name,
            threshold=threshold,
            rule="a rule",
            sensitivity=estimate(sensitivity),
            specificity=estimate(specificity),
            measured_on="validation films",
        )

    model = ModelFile(
        file=FileRecord(path="pneumonia_model_quant.tflite", sha256=_SHA, bytes=1000),
        inputs=(Tensor(name="film", shape=(1, 224, 224, 1), dtype="uint8"),),
        outputs=(Tensor(name="probability", shape=(1, 1), dtype="float32"),),
        temperature=1.0,
        operating_points=(
            point("balanced", 0.46, 0.94, 0.91),
            point("high-sensitivity", 0.2, 0.99, 0.78),
            point("high-specificity", 0.8, 0.85, 0.98),
        ),
        uncertain=UncertainBand(low=0.38, high=0.56, rule="a rule"),
        evidence_scale=1.0,
    )
    return Manifest(
        schema_version=1,
        identity=Identity(
            name="pneumonia-fake", version="0.1.0", uid="1.2.3", creator="the tests", created="2026-11-22"
        ),
        intended_use=IntendedUse(
            statement="To test the window. Not for patients.",
            population="Drawn pictures.",
            limits=("It knows nothing of medicine.", "It reads grey values."),
        ),
        labels=Labels(),
        preprocessing=PreprocessSpec(),
        keras=FileRecord(path="pneumonia_model.keras", sha256=_SHA, bytes=1000),
        variants={"quant": model},
        known_answers=FileRecord(path="known_answers.npz", sha256=_SHA, bytes=1000),
        training=Training(
            run="none",
            dataset="none",
            split_sha256=_SHA,
            config_sha256=_SHA,
            backbone="none",
            initial_weights="none",
            films={"train": 0},
            versions={"python": "3"},
        ),
        parity=Parity(
            measured_on="nothing",
            films=1,
            auc_drop=0.0,
            changed_decisions=0.0,
            max_probability_difference=0.0,
            evidence_correlation_median=1.0,
        ),
        metrics={"quant": {"auc": estimate(0.96), "sensitivity": estimate(0.94), "specificity": estimate(0.91)}},
    )
