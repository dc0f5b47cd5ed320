"""What a film's description says: an upright chest film or not, whose, and which way round.

Three small classifiers on the same 588 numbers, taught by `trainer.gating.teach`. They know nothing of the bundle's
net, and answer before it has run.
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
"""What a picture can be. The first is an upright chest film; the last is anything else."""

WRONG_VIEWS: dict[str, tuple[int, bool, bool]] = {
    "inverted": (0, False, True),
    "turned_left": (1, False, False),
    "upside_down": (2, False, False),
    "turned_right": (3, False, False),
    "flipped": (0, True, False),
}
"""How an upright film becomes one of each kind: quarter turns counter-clockwise, after a flip; inverted."""

_FARTHEST = 6.0
"""Numbers farther from the mean of chest films, in standard deviations, say no more than this."""


@dataclass(frozen=True, slots=True, eq=False)
class Appearance:
    """What a film looks like.

    Attributes:
        film: Logit of being an upright chest film, of any patient.
        kind: The likeliest of `KINDS`.
        outside: Logit of being a patient from outside the population; None where no such films were taught.
        mirrored: Logit of being mirrored left to right; None where it was not taught.
    """

    film: float
    kind: str
    outside: float | None
    mirrored: float | None


@dataclass(frozen=True, slots=True, eq=False)
class AppearanceClassifier:
    """Weights of the three classifiers.

    Attributes:
        mean: `(588,)` float32, of chest films.
        scale: `(588,)` float32: their standard deviation.
        hidden: `(588, units)` float32, then rectified.
        hidden_bias: `(units,)` float32.
        output: `(units, 7)` float32: logits of `KINDS`.
        output_bias: `(7,)` float32.
        outside: `(393,)` float32: weights of the layout, then the bias; empty where it was not taught.
        mirrored: `(588,)` float32: weights of the difference from the film's mirror image; empty where not taught.
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
        """Brings descriptions to the scale of the weights, `(..., 588)` float32."""
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
