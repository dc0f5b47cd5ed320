"""A manifest that is valid and says nothing true, for tests that need no model."""

from __future__ import annotations

from edge_app.bundle.manifest import (
    BundleFile,
    Estimate,
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

_IDENTITY = Identity(name="test-model", version="1.0.0", uid="1.2.3", creator="tests", created="2026-01-01")


def operating_point(
    name: str = "balanced", threshold: float = 0.5, rates: tuple[float, float] = (0.94, 0.91)
) -> OperatingPoint:
    """A point with these shares of pneumonia films called positive and of normal films called negative."""
    sensitivity, specificity = rates
    return OperatingPoint(
        name=name,  # type: ignore[arg-type]
        threshold=threshold,
        rule="made up for tests",
        sensitivity=Estimate(value=sensitivity, low=sensitivity - 0.03, high=1.0),
        specificity=Estimate(value=specificity, low=specificity - 0.05, high=1.0),
        measured_on="no film at all",
    )


def manifest(
    *,
    identity: Identity = _IDENTITY,
    balanced: float = 0.5,
    uncertain: tuple[float, float] = (0.4, 0.6),
    evidence_scale: float = 2.0,
) -> Manifest:
    """A model with two files that are one.

    Args:
        identity: Name and version.
        balanced: Threshold of the default operating point; the others lie at 0.2 and 0.8.
        uncertain: Ends of the uncertain band.
        evidence_scale: Evidence that is painted at full strength.
    """
    record = BundleFile(path="model.tflite", sha256="a" * 64, bytes=1)
    model = ModelFile(
        file=record,
        inputs=(Tensor(name="image", shape=(1, 224, 224, 1), dtype="uint8", scale=1.0),),
        outputs=(Tensor(name="probability", shape=(1, 1), dtype="float32"),),
        temperature=1.0,
        operating_points=(
            operating_point("balanced", balanced),
            operating_point("high-sensitivity", 0.2, (0.99, 0.70)),
            operating_point("high-specificity", 0.8, (0.85, 0.98)),
        ),
        uncertain=UncertainBand(low=uncertain[0], high=uncertain[1], rule="made up for tests"),
        evidence_scale=evidence_scale,
    )
    estimate = Estimate(value=0.95, low=0.92, high=0.97)
    metrics = {"auc": estimate, "sensitivity": estimate, "specificity": estimate}
    parity = Parity(
        measured_on="no film at all",
        films=1,
        auc_drop=0.0,
        changed_decisions=0.0,
        max_probability_difference=0.0,
        evidence_correlation_median=1.0,
    )
    return Manifest(
        schema_version=1,
        identity=identity,
        intended_use=IntendedUse(statement="For tests.", population="Nobody.", limits=("Everything.",)),
        labels=Labels(),
        preprocessing=PreprocessSpec(),
        keras=BundleFile(path="model.keras", sha256="b" * 64, bytes=1),
        variants={"quant": model, "float": model},
        known_answers=BundleFile(path="known_answers.npz", sha256="c" * 64, bytes=1),
        training=Training(
            run="test",
            dataset="none",
            split_sha256="d" * 64,
            config_sha256="e" * 64,
            backbone="none",
            initial_weights="none",
            films={"train": 1},
            versions={"python": "3"},
        ),
        parity=parity,
        metrics={"quant": metrics, "float": metrics},
    )
