"""What a film's description says: an upright chest film or not, whose, and which way round.

Two small classifiers on the same 588 numbers, taught by `trainer.gating.teach`. They know nothing of the bundle's net,
and answer before it has run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edge_app.analysis.gate.description import Floats, mirrored

KINDS = ("home", "stranger", "inverted", "turned_left", "upside_down", "turned_right", "flipped", "other")
"""What a picture can be: an upright chest film of the population, of another patient, a film that has gone wrong in one
of the ways of `WRONG_VIEWS`, or anything else."""
_CHESTS = 2
"""So many of `KINDS` are upright chest films."""

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
        outside: Logit of a chest film being another patient's; very low where no such films were taught.
        mirrored: Logit of being mirrored left to right.
    """

    film: float
    kind: str
    outside: float
    mirrored: float


@dataclass(frozen=True, slots=True, eq=False)
class AppearanceClassifier:
    """Weights of both classifiers.

    Attributes:
        mean: `(588,)` float32, of chest films.
        scale: `(588,)` float32: their standard deviation.
        hidden: `(588, units)` float32, then rectified.
        hidden_bias: `(units,)` float32.
        output: `(units, 8)` float32: logits of `KINDS`.
        output_bias: `(8,)` float32.
        mirrored: `(588,)` float32: weights of the difference from the film's mirror image.
    """

    mean: Floats
    scale: Floats
    hidden: Floats
    hidden_bias: Floats
    output: Floats
    output_bias: Floats
    mirrored: Floats

    def normalised(self, descriptions: Floats) -> Floats:
        """Brings descriptions to the scale of the weights, `(..., 588)` float32."""
        scaled: Floats = np.clip((descriptions - self.mean) / self.scale, -_FARTHEST, _FARTHEST)
        return scaled

    def __call__(self, description: Floats) -> Appearance:
        """Classifies a film by its description, `(588,)` float32."""
        scaled = self.normalised(description)
        kinds = np.maximum(scaled @ self.hidden + self.hidden_bias, 0) @ self.output + self.output_bias
        difference = scaled - self.normalised(mirrored(description))
        return Appearance(
            film=_log_sum(kinds[:_CHESTS]) - _log_sum(kinds[_CHESTS:]),
            kind=KINDS[int(kinds.argmax())],
            outside=float(kinds[1] - kinds[0]),
            mirrored=float(difference @ self.mirrored),
        )


def _log_sum(logits: Floats) -> float:
    """log(sum(exp(logits))), without overflow."""
    highest = float(logits.max())
    return highest + float(np.log(np.exp(logits - highest).sum()))
