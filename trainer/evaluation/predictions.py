"""Scores of a model file on a set of films; every later figure comes from the same scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.bundle import ModelFile, Variant
from edge_app.bundle.decision import calibrate, logit
from edge_app.engine.classifier import Classifier, Outputs
from edge_app.engine.runtime import Runtime, find_runtime
from trainer.nets.model import probability_of

Progress = Callable[[int, int], None]
VARIANTS: tuple[Variant, ...] = ("quant", "float")


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Outputs of a model file for a set of films.

    Attributes:
        probability: `(films,)` float64, uncalibrated.
        evidence: `(films, grid rows, grid columns)` float32.
        features: `(films, channels)` float32.
        lungs: `(films, rows, columns)` float32, 0..1; None from a net without a lung head.
    """

    probability: NDArray[np.float64]
    evidence: NDArray[np.float32]
    features: NDArray[np.float32]
    lungs: NDArray[np.float32] | None = None

    @classmethod
    def of(cls, outputs: Sequence[Outputs]) -> Scores:
        """Joins the outputs of single films; at least one."""
        return cls(
            np.array([output.probability for output in outputs], dtype=np.float64),
            np.stack([output.evidence for output in outputs]),
            np.stack([output.features for output in outputs]),
            _stacked([output.lungs for output in outputs]),
        )

    @property
    def logits(self) -> NDArray[np.float64]:
        """`(films,)` float64."""
        return np.array([logit(float(p)) for p in self.probability])


def score_tflite(
    films: NDArray[np.uint8],
    model_bytes: bytes,
    model: ModelFile,
    *,
    runtime: Runtime | None = None,
    progress: Progress | None = None,
) -> Scores:
    """Scores prepared films with the classifier that the edge app runs.

    Args:
        films: `(films, height, width)` uint8.
        model_bytes: The `.tflite` file.
        model: Entry of the file in the manifest.
        runtime: Interpreter; None for LiteRT, because tflite-runtime breaks in a process with TensorFlow.
        progress: Called with the number of films done and of all films.

    Returns:
        The scores, in the order of the films.
    """
    classifier = Classifier(model_bytes, model, runtime=runtime or find_runtime("litert"))
    outputs = []
    for index, film in enumerate(films):
        outputs.append(classifier(film))
        if progress:
            progress(index + 1, len(films))
    return Scores.of(outputs)


def calibrated_probabilities(raw: NDArray[np.float64], model: ModelFile) -> NDArray[np.float64]:
    """Applies a file's calibration to its raw probabilities, as the app does."""
    return np.array([calibrate(float(p), model.temperature, model.bias) for p in raw])


def score_keras(films: NDArray[np.uint8], model: Any, batch_size: int = 8) -> NDArray[np.float64]:
    """Scores prepared films with a Keras model.

    Args:
        films: `(films, height, width)` uint8.
        model: Model from `trainer.nets.model.build_model`.
        batch_size: Films in a batch. A Keras graph keeps every feature map of a batch, about 100 MB for a film of
            MobileNetV2.

    Returns:
        `(films,)` float64 probabilities, uncalibrated.
    """
    chunks: Sequence[NDArray[np.uint8]] = [films[i : i + batch_size] for i in range(0, len(films), batch_size)]
    scored = [
        np.asarray(probability_of(model(chunk[..., None].astype(np.float32), training=False)))[:, 0] for chunk in chunks
    ]
    return np.concatenate(scored).astype(np.float64)


def _stacked(maps: Sequence[NDArray[np.float32] | None]) -> NDArray[np.float32] | None:
    present = [one for one in maps if one is not None]
    return np.stack(present) if present else None
