"""Classifiers on a film's description: upright chest film, population, and orientation.

Three small classifiers use the same 588 numbers; `trainer.gating.teach` trains them. They do not need the model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edge_app.analysis.gate.description import Floats, layout_of, mirrored

KINDS = (
    "film",
    "inverted",
    "turned_left",
    "upside_down",
    "turned_right",
    "flipped",
    "other",
)
"""Classes of an image. The first is an upright chest film; the last is any other image."""

WRONG_VIEWS: dict[str, tuple[int, bool, bool]] = {
    "inverted": (0, False, True),
    "turned_left": (1, False, False),
    "upside_down": (2, False, False),
    "turned_right": (3, False, False),
    "flipped": (0, True, False),
}
"""Transformation of an upright film into each kind: counter-clockwise quarter turns, flipped first, inverted."""

_FARTHEST = 6.0
"""Limit of normalised numbers, in standard deviations from the mean of chest films."""


@dataclass(frozen=True, slots=True, eq=False)
class Appearance:
    """The results of the classifiers.

    Attributes:
        film: Logit of "upright chest film", of any patient.
        kind: The most probable of `KINDS`.
        outside: Logit of "outside the population"; None if not trained.
        mirrored: Logit of "mirrored left to right"; None if not trained.
    """

    film: float
    kind: str
    outside: float | None
    mirrored: float | None


@dataclass(frozen=True, slots=True, eq=False)
class AppearanceClassifier:
    """Weights of the three classifiers.

    Attributes:
        mean: `(588,)` float32: mean of chest films.
        scale: `(588,)` float32: standard deviation of chest films.
        hidden: `(588, units)` float32: hidden layer, with ReLU.
        hidden_bias: `(units,)` float32.
        output: `(units, 7)` float32: output layer, logits of `KINDS`.
        output_bias: `(7,)` float32.
        outside: `(393,)` float32: weights of the layout, then the bias; empty if not trained.
        mirrored: `(588,)` float32: weights of the difference from the mirror image; empty if not trained.
    """

    mean: Floats
    scale: Floats
    hidden: Floats
    hidden_bias: Floats
    output: Floats
    output_bias: Floats
    outside: Floats
    mirrored: Floats

    def normalised(self, descriptions: Floats) -> Floats:
        """Normalises descriptions, `(..., 588)` float32."""
        scaled: Floats = np.clip((descriptions - self.mean) / self.scale, -_FARTHEST, _FARTHEST)
        return scaled

    def __call__(self, description: Floats) -> Appearance:
        """Classifies a film by its description, `(588,)` float32."""
        scaled = self.normalised(description)
        kinds = np.maximum(scaled @ self.hidden + self.hidden_bias, 0) @ self.output + self.output_bias
        highest = float(kinds[1:].max())
        rest = highest + float(np.log(np.exp(kinds[1:] - highest).sum()))
        outside = mirror = None
        if len(self.outside):
            outside = float(layout_of(scaled) @ self.outside[:-1] + self.outside[-1])
        if len(self.mirrored):
            mirror = float((scaled - self.normalised(mirrored(description))) @ self.mirrored)
        return Appearance(float(kinds[0]) - rest, KINDS[int(kinds.argmax())], outside, mirror)
