"""The sanity check of Adebayo et al. 2018 (arXiv 1810.03292): a map that explains a model must change with its weights.

The weights of one layer after the other, from the head to the first, are shuffled within their tensors, which keeps
their distribution, and the maps are compared with those of the trained model. A map that does not change shows the
film, not the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from edge_app.engine.keras_gradcam import KerasGradCam
from trainer.heat_map_quality.evidence_maps import similarity, structural_similarity

STEPS = 8
"""Number of comparisons, equally spaced over the layers."""


@dataclass(frozen=True, slots=True)
class Step:
    """The maps after some layers were shuffled.

    Attributes:
        layer: The lowest shuffled layer; empty for the reference.
        layers: Number of shuffled layers.
        rank_correlation: Spearman's, over the cells of the grid, mean over films, -1..1; an empty map counts as 0.
        ssim: Structural similarity of the grids, mean over films, -1..1.
        empty: Share of films whose map shows no evidence at all.
    """

    layer: str
    layers: int
    rank_correlation: float
    ssim: float
    empty: float

    def as_plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "layer": self.layer,
            "layers": self.layers,
            "rank_correlation": round(self.rank_correlation, 4),
            "ssim": round(self.ssim, 4),
            "empty": round(self.empty, 4),
        }


def cascade(model: keras.Model, films: NDArray[np.uint8], seed: int) -> list[Step]:
    """Shuffles a copy of a model from the head down and compares its maps with the trained ones.

    Args:
        model: Model from `trainer.nets.model.build_model`; it is not changed.
        films: `(films, height, width)` uint8.
        seed: Seed of the random generator.

    Returns:
        First a reference, the similarity of the trained maps of different films. Then `STEPS` steps from the head to
        the first layer.
    """
    random = np.random.default_rng(seed)
    shuffled = keras.models.clone_model(model)
    shuffled.set_weights(model.get_weights())
    gradcam = KerasGradCam(shuffled)
    trained = gradcam.batch(films)
    steps = [_compare("", 0, trained, np.roll(trained, 1, axis=0))]
    layers = [layer for layer in reversed(shuffled.layers) if layer.weights]
    compared = {round(count) for count in np.linspace(1, len(layers), STEPS)}
    for count, layer in enumerate(layers, start=1):
        layer.set_weights([random.permuted(weight.ravel()).reshape(weight.shape) for weight in layer.get_weights()])
        if count in compared:
            steps.append(_compare(layer.name, count, trained, gradcam.batch(films)))
    return steps


def _compare(layer: str, layers: int, first: NDArray[np.float32], second: NDArray[np.float32]) -> Step:
    ranks = [similarity(a, b) or 0.0 for a, b in zip(first, second, strict=True)]
    structures = [structural_similarity(a, b) for a, b in zip(first, second, strict=True)]
    empty = [float(b.max() == 0) for b in second]
    return Step(layer, layers, float(np.mean(ranks)), float(np.mean(structures)), float(np.mean(empty)))
