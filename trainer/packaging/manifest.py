"""Step 7: what the manifest of a new bundle states."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from edge_app.bundle import Manifest, Variant
from edge_app.bundle.manifest import Estimate, GateParameters, Identity, IntendedUse, Labels, Parity, Training
from trainer.data.catalog import catalog_sha256
from trainer.data.split import SIDES
from trainer.export import bundle as bundle_files
from trainer.export.describe import bundle_file
from trainer.packaging.calibrated_files import CalibratedFiles
from trainer.packaging.job import FinishedTraining
from trainer.packaging.provenance import versions, weights_identity

INTENDED_USE = IntendedUse(
    statement=(
        "Research software, not a medical device. It estimates whether a frontal chest X-ray of a young child shows "
        "pneumonia, as a second look beside a qualified reader, who decides."
    ),
    population="Children of 1 to 5 years, AP chest films of one hospital (Guangzhou, China).",
    limits=(
        "Not validated for adults, older children or newborns; on adults of another hospital such a model is no better "
        "than a coin.",
        "Not for lateral films, CT, ultrasound, or photographs of films without a check by a person.",
        "It knows two answers, normal and pneumonia: every other disease is given one of them.",
        "The heat map shows where the model looked. It is not the outline of a lesion.",
        "A threshold does not carry over to another hospital or another version of the model.",
    ),
)


def describe_bundle(
    job: FinishedTraining,
    shipped: CalibratedFiles,
    uid: str,
    contents: Mapping[str, bytes],
    gate: GateParameters,
    stated_parity: Parity,
    estimates: dict[Variant, dict[str, Estimate]],
) -> Manifest:
    """Writes down what the bundle is.

    Args:
        job: The finished training.
        shipped: The calibrated files.
        uid: Of the model, from what decides its answers.
        contents: The bundle's files by name.
        gate: Of the fitted gate.
        stated_parity: Of the quantized file with the float one, on the test films.
        estimates: Metrics with their intervals, by variant.
    """
    config = job.config
    return Manifest(
        schema_version=1,
        identity=Identity(
            name=config.export.name,
            version=config.export.version,
            uid=uid,
            creator=config.export.creator,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        ),
        intended_use=INTENDED_USE,
        labels=Labels(),
        preprocessing=job.spec,
        keras=bundle_file(bundle_files.KERAS_NAME, contents[bundle_files.KERAS_NAME]),
        variants=shipped.models,
        known_answers=bundle_file(bundle_files.KNOWN_ANSWERS_NAME, contents[bundle_files.KNOWN_ANSWERS_NAME]),
        training=Training(
            run=job.files.folder.name,
            dataset=f"Chest X-Ray Images (Pneumonia), {len(job.catalog.films)} films, "
            f"sha256 {catalog_sha256(job.catalog)}",
            split_sha256=job.split.sha256,
            config_sha256=config.sha256,
            backbone=config.model.backbone,
            initial_weights=weights_identity(config.model.weights),
            films={side: len(job.split.side(side)) for side in SIDES},
            versions=versions(),
        ),
        parity=stated_parity,
        metrics=estimates,
        gate=gate,
    )
