"""Verifies a bundle on this machine: hashes, known answers in every runtime, evidence against the GradientTape."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from edge_app.bundle import open_bundle
from edge_app.engine.keras_gradcam import KerasGradCam
from edge_app.engine.selftest import load_known_answers
from trainer.errors import TrainingError
from trainer.export.bundle import selftest

FLOAT_TOLERANCE = 1e-3
"""Maximum difference of the float file's evidence from the Keras model's Grad-CAM, as a share of its maximum."""


def verify(folder: Path) -> str:
    """Verifies a bundle.

    Args:
        folder: The bundle.

    Returns:
        The report.

    Raises:
        TrainingError: The self-test failed, or the float file's evidence is not the Keras model's Grad-CAM.
    """
    bundle = open_bundle(folder)
    report = selftest(folder)
    known = load_known_answers(bundle.known_answer_bytes())
    gradcam = KerasGradCam.load(bundle.keras_bytes()).batch(known.prepared)
    difference = float(np.abs(gradcam - known.evidence["float"]).max() / max(float(gradcam.max()), 1e-9))
    if difference > FLOAT_TOLERANCE:
        raise TrainingError(
            f"The float file's evidence differs from the Keras model's Grad-CAM by {difference:.2e} of its maximum.",
            hint="The bundle's files do not belong together; train it again.",
        )
    return f"{report}evidence of the float file = Grad-CAM of the Keras model within {difference:.1e} of its maximum"
