"""The manifest of a new bundle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from edge_app.bundle import Manifest, Variant
from edge_app.bundle.manifest import Estimate, GateParameters, Identity, Parity, Training
from trainer.data.catalog import catalog_sha256
from trainer.data.split import SIDES
from trainer.export import bundle as bundle_files
from trainer.export.describe import bundle_file
from trainer.packaging.calibrated_files import CalibratedFiles
from trainer.packaging.job import FinishedTraining
from trainer.packaging.provenance import versions, weights_identity


def describe_bundle(
    job: FinishedTraining,
    shipped: CalibratedFiles,
    uid: str,
    contents: Mapping[str, bytes],
    gate: GateParameters,
    stated_parity: Parity,
    estimates: dict[Variant, dict[str, Estimate]],
) -> Manifest:
    """Describes a bundle.

    Args:
        job: The finished training.
        shipped: The calibrated files.
        uid: UID of the model.
        contents: The bundle's files by name.
        gate: Parameters of the fitted gate.
        stated_parity: Parity of the quantized with the float file on the test films.
        estimates: Metrics with their intervals, by variant.
    """
    task, config = job.task, job.config
    return Manifest(
        schema_version=1,
        identity=Identity(
            name=task.bundle.name,
            version=task.bundle.version,
            uid=uid,
            creator=task.bundle.creator,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        ),
        intended_use=task.intended_use,
        labels=task.labels,
        preprocessing=job.spec,
        keras=bundle_file(task.bundle.keras, contents[task.bundle.keras]),
        variants=shipped.models,
        known_answers=bundle_file(bundle_files.KNOWN_ANSWERS_NAME, contents[bundle_files.KNOWN_ANSWERS_NAME]),
        training=Training(
            run=job.files.folder.name,
            dataset=f"{task.dataset.name}, {len(job.catalog.films)} films, sha256 {catalog_sha256(job.catalog)}",
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
        licence=task.licence,
    )
