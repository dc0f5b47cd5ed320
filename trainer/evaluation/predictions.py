"""Scores of one model file on one set of films, kept so that every later number comes from the same scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.bundle import ModelFile
from edge_app.bundle.decision import logit
from edge_app.engine.classifier import Classifier
from edge_app.engine.runtime import Runtime, find_runtime

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """What a model file says of a set of films.

    Attributes:
        probability: `(films,)` float64, uncalibrated.
        evidence: `(films, grid rows, grid columns)` float32.
        features: `(films, channels)` float32.
    """

    probability: NDArray[np.float64]
    evidence: NDArray[np.float32]
    features: NDArray[np.float32]

    @property
    def logits(self) -> NDArray[np.float64]:
        """`(films,)` float64."""
        return np.array([logit(float(p)) for p in self.probability])

    def save(self, path: Path) -> None:
        """Writes an `.npz` without features."""
        np.savez_compressed(path, probability=self.probability, evidence=self.evidence)


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
        model: Its entry in the manifest.
        runtime: LiteRT where None: tflite-runtime does not live in a process with TensorFlow.
        progress: Called with films done and films in all.

    Returns:
        The scores, in the order of the films.
    """
    classifier = Classifier(model_bytes, model, runtime=runtime or find_runtime("litert"))
    outputs = []
    for index, film in enumerate(films):
        outputs.append(classifier(film))
        if progress:
            progress(index + 1, len(films))
    return Scores(
        np.array([output.probability for output in outputs], dtype=np.float64),
        np.stack([output.evidence for output in outputs]),
        np.stack([output.features for output in outputs]),
    )


def score_keras(films: NDArray[np.uint8], model: Any, batch_size: int = 8) -> NDArray[np.float64]:
    """Scores prepared films with a Keras model.

    Args:
        films: `(films, height, width)` uint8.
        model: From `trainer.nets.model.build_model`.
        batch_size: Films at a time. A Keras graph keeps every feature map of a batch until its end, about 100 MB for a
            film of MobileNetV2.

    Returns:
        `(films,)` float64 probabilities, uncalibrated.
    """
    chunks: Sequence[NDArray[np.uint8]] = [films[i : i + batch_size] for i in range(0, len(films), batch_size)]
    scored = [np.asarray(model(chunk[..., None].astype(np.float32), training=False))[:, 0] for chunk in chunks]
    return np.concatenate(scored).astype(np.float64)
