"""The manifest's entry of a `.tflite` file."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import numpy as np

from edge_app.bundle.manifest import BundleFile, Estimate, LungLimits, ModelFile, OperatingPoint, Tensor, UncertainBand
from edge_app.engine.classifier import SIGNATURE
from trainer.calibration.operating_point import Calibration


def bundle_file(name: str, data: bytes) -> BundleFile:
    """Name, hash and size of a file of the bundle."""
    return BundleFile(path=name, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))


def draft(name: str, data: bytes) -> ModelFile:
    """Describes a file that is not calibrated yet: enough to run it, with a placeholder threshold.

    Args:
        name: The file's name in the bundle.
        data: Bytes of the file.

    Returns:
        The entry, to be completed by `calibrated`.
    """
    from ai_edge_litert.interpreter import Interpreter

    runner = Interpreter(model_content=data).get_signature_runner(SIGNATURE)
    unknown = Estimate(value=0, low=0, high=1)
    return ModelFile(
        file=bundle_file(name, data),
        inputs=_tensors(runner.get_input_details()),
        outputs=_tensors(runner.get_output_details()),
        temperature=1.0,
        operating_points=(
            OperatingPoint(
                name="balanced",
                threshold=0.5,
                rule="not chosen yet",
                sensitivity=unknown,
                specificity=unknown,
                measured_on="nothing",
            ),
        ),
        uncertain=UncertainBand(low=0.5, high=0.5, rule="not chosen yet"),
        evidence_scale=1.0,
    )


def calibrated(
    model: ModelFile, calibration: Calibration, evidence_scale: float, lungs: LungLimits | None = None
) -> ModelFile:
    """Completes a draft with the calibration from the validation films."""
    return msgspec.structs.replace(
        model,
        temperature=calibration.temperature,
        bias=calibration.bias,
        prevalence=calibration.prevalence,
        operating_points=calibration.points,
        uncertain=calibration.uncertain,
        evidence_scale=evidence_scale,
        lungs=lungs,
    )


def _tensors(details: dict[str, Any]) -> tuple[Tensor, ...]:
    return tuple(
        Tensor(
            name=name,
            shape=tuple(int(side) for side in detail["shape"]),
            dtype=np.dtype(detail["dtype"]).name,
            scale=round(float(detail["quantization"][0]), 9),
            zero_point=int(detail["quantization"][1]),
        )
        for name, detail in sorted(details.items())
    )
