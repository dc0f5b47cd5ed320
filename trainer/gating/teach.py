"""Teaches the classifiers of a film's appearance: whose chest film, or none, and mirrored or not.

Taught on chest films with variations of their acquisition, on the same films turned and inverted, and on drawings.
Fitted by scikit-learn on the CPU; the same input gives the same weights on one machine.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from edge_app.analysis.gate.appearance import KINDS, WRONG_VIEWS, AppearanceClassifier
from edge_app.analysis.gate.description import Floats, describe, mirrored
from trainer.gating.other_pictures import draw_other

Grey = NDArray[np.uint8]

_HIDDEN_UNITS = 64
_WEIGHT_DECAY = 0.3
_EPOCHS = 16
_LEAST_SCALE = 0.02
_NEVER = -1e4
"""Logit of a kind that was not taught."""
_MIRROR_INVERSE_PENALTY = 0.1
_DRAWING_PX = 112
"""Side at which drawn pictures are made: the description averages to 56, and four times the pixels say no more."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class TaughtFilms:
    """Chest films of one kind of patients, plain and varied.

    Attributes:
        plain: `(films, height, width)` uint8, prepared.
        varied: `(films, height, width)` uint8: some of them with another acquisition, prepared.
    """

    plain: Grey
    varied: Grey

    def descriptions(self) -> tuple[Floats, Floats]:
        """Of plain and of varied films, `(films, 588)` float32 each."""
        return describe_all(self.plain), describe_all(self.varied)


def describe_all(prepared: Sequence[Grey] | Grey) -> Floats:
    """Descriptions of many films, `(films, 588)` float32."""
    return np.stack([describe(pixels) for pixels in prepared])


def teach(home: TaughtFilms, other: TaughtFilms | None, *, drawings: int, seed: int) -> AppearanceClassifier:
    """Fits both classifiers.

    Args:
        home: Films of the population.
        other: Chest films of other patients, if there are any.
        drawings: Number of pictures to draw that are no chest films.
        seed: Seed of the random generator.

    Returns:
        The weights, float32.
    """
    rng = np.random.default_rng(seed)
    home_plain, home_varied = home.descriptions()
    chests = [np.concatenate([home_plain, home_varied])]
    if other is not None:
        chests.append(np.concatenate(other.descriptions()))
    mean = np.mean([part.mean(axis=0) for part in chests], axis=0)
    scale = np.concatenate(chests).std(axis=0) + _LEAST_SCALE
    nothing = np.empty(0, dtype=np.float32)
    blank = AppearanceClassifier(
        mean.astype(np.float32), scale.astype(np.float32), nothing, nothing, nothing, nothing, nothing
    )
    pool = _pool(home, other, rng)
    hidden, hidden_bias, output, output_bias = _kinds(blank, chests, pool, drawings, seed, rng)
    mirror = _mirror(blank, chests[0])
    return AppearanceClassifier(blank.mean, blank.scale, hidden, hidden_bias, output, output_bias, mirror)


def _pool(home: TaughtFilms, other: TaughtFilms | None, rng: np.random.Generator) -> Grey:
    """Films to turn, to invert and to cut to pieces: as many of home as of other patients, shuffled."""
    films = np.concatenate([home.plain, home.varied])
    if other is not None:
        others = np.concatenate([other.plain, other.varied])
        each = min(len(films), len(others))
        films = np.concatenate([part[rng.permutation(len(part))[:each]] for part in (films, others)])
    return films[rng.permutation(len(films))]


def _kinds(
    blank: AppearanceClassifier,
    chests: list[Floats],
    pool: Grey,
    drawings: int,
    seed: int,
    rng: np.random.Generator,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Fits a net with one hidden layer to `KINDS`; as many films of home as of other patients."""
    most = max(len(part) for part in chests)
    described = [part[np.arange(most) % len(part)] for part in chests]
    present = list(range(len(chests))) + list(range(2, len(KINDS)))
    turned = pool[: max(1, drawings // 4)]
    for quarters, flipped, inverted in WRONG_VIEWS.values():
        described.append(
            describe_all(
                [
                    np.ascontiguousarray(_wrong(film, quarters=quarters, flipped=flipped, inverted=inverted))
                    for film in turned
                ]
            )
        )
    described.append(
        np.stack(
            [
                describe(draw_other(_reduced(pool[int(rng.integers(len(pool)))]), index, rng))
                for index in range(drawings)
            ]
        )
    )
    labels = np.repeat(present, [len(part) for part in described])
    net = MLPClassifier(
        (_HIDDEN_UNITS,),
        alpha=_WEIGHT_DECAY,
        batch_size=min(256, len(labels)),
        max_iter=_EPOCHS,
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the number of epochs is chosen, not reached
        net.fit(blank.normalised(np.concatenate(described)), labels)
    films = int((labels < 2).sum())
    _LOG.info("taught %d chest films and %d other pictures", films, len(labels) - films)
    hidden, hidden_bias = np.asarray(net.coefs_[0], np.float32), np.asarray(net.intercepts_[0], np.float32)
    output = np.zeros((_HIDDEN_UNITS, len(KINDS)), dtype=np.float32)
    output_bias = np.full(len(KINDS), _NEVER, dtype=np.float32)
    output[:, present], output_bias[present] = net.coefs_[1], net.intercepts_[1]
    return hidden, hidden_bias, output, output_bias


def _mirror(blank: AppearanceClassifier, home: Floats) -> Floats:
    """Fits a logistic regression of the difference between a film and its mirror image, which changes only its sign."""
    difference = blank.normalised(home) - blank.normalised(mirrored(home))
    model = LogisticRegression(C=_MIRROR_INVERSE_PENALTY, max_iter=300, fit_intercept=False)
    model.fit(np.concatenate([difference, -difference]), np.repeat([0, 1], len(difference)))
    weights: Floats = model.coef_[0].astype(np.float32)
    return weights


def _wrong(film: Grey, *, quarters: int, flipped: bool, inverted: bool) -> Grey:
    turned = np.rot90(film[::-1] if flipped else film, quarters)
    return np.subtract(255, turned, dtype=np.uint8) if inverted else turned


def _reduced(film: Grey) -> Grey:
    picture = Image.fromarray(film).resize((_DRAWING_PX, _DRAWING_PX), Image.Resampling.BOX)
    return np.asarray(picture)
