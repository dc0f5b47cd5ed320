"""Fits the gate from training films: what they look like to the model and to the eye, and how far is too far.

It is a one-class fit: no picture of anything else is needed, and none is looked at. Distances are calibrated on
patients who are kept out of the known films, because a film is always near to another film of the same patient.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_app.analysis.gate.gate import FilmDistances, FittedGate, GateArrays
from edge_app.analysis.gate.hog import describe_layout
from edge_app.analysis.gate.image_statistics import measure
from edge_app.analysis.gate.neighbours import KnownSpace, Neighbourhood
from edge_app.bundle.manifest import Bounds, BundleFile, DistanceScale, Estimate, GateParameters, Population
from trainer.statistics.metrics import wilson

Floats = NDArray[np.float32]

GATE_FILE = "gate.npz"
COMPONENTS = 64
NEIGHBOURS = 5
MAX_KNOWN = 1000
"""Known films that are kept. Four times as many refuse and flag as many films of home that were held out, flag fewer of
the other site's (docs/gate.md), and take four times as long to look through."""

CHILDREN = Population(
    noun="1- to 5-year-old children, AP view, of one hospital",
    outside_noun="adults or other patients",
    least_age_years=1.0,
    greatest_age_years=5.0,
    views=("AP",),
    modalities=("CR", "DX", "RG", "SC", "OT", "DR"),
)

# Of held-out training films, so many are flagged or refused by each rule. They add up to less than the 2 % and 3 % of
# films that may be refused and flagged on new films, which lie a little farther out than those the model trained on.
_REFUSE_BEYOND = 1.3
"""Times the score that 99 % stay below: pictures of other things lie at 1.4 to 4 times it."""
_FLAG_BEYOND = (1 + _REFUSE_BEYOND) / 2
"""Midway between what known films reach and what is refused: films of another year of the same hospital lie farther out
than the ones it was measured on, and another site has the discriminant against it as well."""
_UPPER_QUANTILE = 0.99
_FOLDS = 5
_OTHER_SITE_QUANTILE = 0.998
_OTHER_SITE_TAIL = 0.05
"""Of the other site's films that the discriminant did not learn from, so many may go unflagged. What is asked of films
of unseen patients is 0.1; the rest of that room is left to them, and all room above the limit to films of home."""
_STATISTIC_TAIL = 0.001
_STATISTIC_MARGIN = 0.15
_RIDGE = 1.0
_LEAST_WIDTH = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class FittedParts:
    """What a fit gives to the bundle.

    Attributes:
        arrays: Bytes of `gate.npz`.
        parameters: For the manifest, with the record of that file.
    """

    arrays: bytes
    parameters: GateParameters

    def gate(self) -> FittedGate:
        """The gate as the app will build it from the bundle."""
        return FittedGate(self.parameters, GateArrays.load(self.arrays))


@dataclass(frozen=True, slots=True)
class GateRates:
    """What the gate does to a set of films, as counts.

    Attributes:
        films: How many there are.
        refused: Not scored: no chest film, inverted, turned.
        outside: Flagged as outside the population, by their pixels alone.
    """

    films: int
    refused: int
    outside: int

    @property
    def refused_share(self) -> Estimate:
        """Refused films, 0..1, with a 95 % Wilson interval."""
        return wilson(self.refused, self.films)

    @property
    def outside_share(self) -> Estimate:
        """Flagged films, 0..1, with a 95 % Wilson interval."""
        return wilson(self.outside, self.films)


def fit_gate(
    features: Floats,
    prepared: NDArray[np.uint8],
    *,
    patients: Sequence[str] | None = None,
    held_out: NDArray[np.bool_] | None = None,
    other_features: Floats | None = None,
    other_prepared: NDArray[np.uint8] | None = None,
    other_patients: Sequence[str] | None = None,
    population: Population = CHILDREN,
    measured_on: str = "training films of held-out patients",
    seed: int = 0,
) -> FittedParts:
    """Fits the gate.

    Args:
        features: `(films, channels)` float32 of training films, as the shipped file emits them.
        prepared: `(films, height, width)` uint8 of the same films.
        patients: One name for each film; None where every film is another patient's.
        held_out: `(films,)`: which of them calibrate and are not among the known ones. Films that the model was not
            trained on are best, because those it was trained on lie a little nearer. None for a fifth of the patients.
        other_features: `(films, channels)` float32 of chest films from outside the population, if there are any.
        other_prepared: `(films, height, width)` uint8 of them.
        other_patients: One name for each of them.
        population: Whom the model knows, for headers and for the words of the flag.
        measured_on: Which films the false rates come from, in words.
        seed: Of the split and of the choice of known films.

    Returns:
        Arrays and parameters. The same input gives the same bytes.

    Raises:
        ValueError: There are too few films, or arrays do not belong together.
    """
    _check(features, prepared, patients)
    rng = np.random.default_rng(seed)
    if held_out is None:
        held_out = _held_out(patients, len(features), rng)
    known = np.flatnonzero(~held_out)
    if len(known) > MAX_KNOWN:
        known = np.sort(rng.choice(known, MAX_KNOWN, replace=False))
    layouts = describe_all(prepared)
    space_f = _space(features, known)
    space_l = _space(layouts, known)
    scale_f = _scale(space_f, features[held_out])
    scale_l = _scale(space_l, layouts[held_out])
    space_f, space_l = _with_scale(space_f, scale_f), _with_scale(space_l, scale_l)
    others = _others(space_f, space_l, other_features, other_prepared, other_patients)
    home = np.hstack([space_f.project(features), space_l.project(layouts)])
    weights, population_above = _other_site(home, held_out, *others, other_patients, rng)
    arrays = GateArrays(space_f, space_l, others[0], others[1], weights)
    data = arrays.save()

    by_features, by_layout = _distances(space_f, features[held_out]), _distances(space_l, layouts[held_out])
    scores = [space_f.scaled(one) + space_l.scaled(two) for one, two in zip(by_features, by_layout, strict=True)]
    upper = float(np.quantile(scores, _UPPER_QUANTILE))
    nothing = Estimate(value=0.0, low=0.0, high=1.0)
    parameters = GateParameters(
        arrays=BundleFile(path=GATE_FILE, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data)),
        neighbours=NEIGHBOURS,
        features=scale_f,
        layout=scale_l,
        refuse_above=_rounded(upper * _REFUSE_BEYOND),
        flag_above=_rounded(upper * _FLAG_BEYOND),
        population_above=population_above,
        statistics=_statistics(prepared),
        population=population,
        false_refusals=nothing,
        false_flags=nothing,
        measured_on=measured_on,
    )
    fitted = FittedParts(data, parameters)
    rates = measure_rates(fitted.gate(), features[held_out], prepared[held_out])
    return with_rates(fitted, rates, measured_on)


def measure_rates(gate: FittedGate, features: Floats, prepared: NDArray[np.uint8]) -> GateRates:
    """Runs films through a gate, by their pixels alone.

    Args:
        gate: The fitted gate.
        features: `(films, channels)` float32.
        prepared: `(films, height, width)` uint8.

    Returns:
        How many are refused and flagged.
    """
    refused = outside = 0
    for pixels, vector in zip(prepared, features, strict=True):
        distances = gate.measure(gate.describe(pixels), vector)
        refused += is_refused(gate, distances)
        outside += gate.is_outside(distances)
    return GateRates(len(features), refused, outside)


def is_refused(gate: FittedGate, distances: FilmDistances) -> bool:
    """Whether the gate refuses a film by what it looks like."""
    return distances.any_site > gate.parameters.refuse_above or distances.wrong_view is not None


def with_rates(fitted: FittedParts, rates: GateRates, measured_on: str) -> FittedParts:
    """Writes measured rates into the parameters: those of the fit, or better ones from films held out of everything."""
    import msgspec

    parameters = msgspec.structs.replace(
        fitted.parameters,
        false_refusals=rates.refused_share,
        false_flags=rates.outside_share,
        measured_on=measured_on,
    )
    return FittedParts(fitted.arrays, parameters)


def describe_all(prepared: Iterable[NDArray[np.uint8]]) -> Floats:
    """Layouts of many films, `(films, 392)` float32."""
    return np.stack([describe_layout(pixels) for pixels in prepared])


def _check(features: Floats, prepared: NDArray[np.uint8], patients: Sequence[str] | None) -> None:
    if len(features) != len(prepared) or (patients is not None and len(patients) != len(features)):
        raise ValueError(f"As many films as features and patients. Received: {len(prepared)}, {len(features)}.")
    if len(features) < 4 * NEIGHBOURS:
        raise ValueError(f"A gate needs at least {4 * NEIGHBOURS} films. Received: {len(features)}.")


def _held_out(patients: Sequence[str] | None, count: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """A fifth of the patients, to calibrate on."""
    return _folds(patients, count, rng)[0]


def _folds(patients: Sequence[str] | None, count: int, rng: np.random.Generator) -> list[NDArray[np.bool_]]:
    """Parts of the films, `(films,)` each, that share no patient; none is empty."""
    groups = np.arange(count) if patients is None else np.unique(np.asarray(patients), return_inverse=True)[1]
    names = rng.permutation(np.unique(groups))
    parts = np.array_split(names, min(_FOLDS, len(names)))
    return [np.isin(groups, part) for part in parts]


def _space(descriptions: Floats, known: NDArray[np.intp]) -> KnownSpace:
    """Principal components of the known films, whitened; as many as carry any variance, at most `COMPONENTS`."""
    chosen = descriptions[known].astype(np.float64)
    mean = chosen.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(chosen - mean, rowvar=False))
    order = np.argsort(values)[::-1][: min(COMPONENTS, len(known) // 2)]
    order = order[values[order] > 1e-9 * values.max()]
    axes = (vectors[:, order] / np.sqrt(values[order])).T
    axes *= np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])[:, None]  # eigenvectors have no sign
    space = KnownSpace(mean.astype(np.float32), axes.astype(np.float32), np.empty((0, len(axes)), dtype=np.float32))
    # In the half precision in which they are stored, so that the app measures what was calibrated.
    projected = space.project(descriptions[known]).astype(np.float16).astype(np.float32)
    return KnownSpace(space.mean, space.axes, projected)


def _scale(space: KnownSpace, descriptions: Floats) -> DistanceScale:
    median, upper = np.quantile(_distances(space, descriptions), (0.5, _UPPER_QUANTILE))
    # A net that has learnt nothing gives every film the same features; a scale needs a width all the same.
    upper = max(upper, median + _LEAST_WIDTH)
    return DistanceScale(median=_rounded(float(median)), upper=_rounded(float(upper)))


def _with_scale(space: KnownSpace, scale: DistanceScale) -> KnownSpace:
    return KnownSpace(space.mean, space.axes, space.known, scale.median, scale.upper)


def _distances(space: KnownSpace, descriptions: Floats) -> list[float]:
    """Distances of films to the known ones alone."""
    known = Neighbourhood(space, np.empty((0, len(space.axes)), dtype=np.float32), NEIGHBOURS)
    return [known.distances(one)[0] for one in space.project(descriptions)]


def _others(
    space_f: KnownSpace,
    space_l: KnownSpace,
    features: Floats | None,
    prepared: NDArray[np.uint8] | None,
    patients: Sequence[str] | None,
) -> tuple[Floats, Floats]:
    if features is None or prepared is None or not len(features):
        empty = np.empty((0, len(space_f.axes)), dtype=np.float32)
        return empty, np.empty((0, len(space_l.axes)), dtype=np.float32)
    _check(features, prepared, patients)
    return space_f.project(features), space_l.project(describe_all(prepared))


def _other_site(
    home: Floats,
    held_out: NDArray[np.bool_],
    other_f: Floats,
    other_l: Floats,
    patients: Sequence[str] | None,
    rng: np.random.Generator,
) -> tuple[Floats, float | None]:
    """Fits a linear discriminant between home and the other site (ridge-regularized, Fisher 1936).

    Its limit comes from films that it did not learn from: home's held-out ones, and the other site's in turn, a fifth
    of the patients at a time. One draw of a fifth would be some fifty films, and the limit a matter of luck.

    Returns:
        Weights and bias `(2 x components + 1,)`, and the logit above which a film counts as the other site's: what 95 %
        of the other site's held-out films stay above, or what 99.8 % of home's stay below, whichever is greater.
    """
    if not len(other_f):
        return np.empty(0, dtype=np.float32), None
    other = np.hstack([other_f, other_l]).astype(np.float64)
    known = home[~held_out].astype(np.float64)
    weights = _discriminant(known, other)
    limit = float(np.quantile(home[held_out] @ weights[:-1] + weights[-1], _OTHER_SITE_QUANTILE))
    folds = _folds(patients, len(other), rng)
    if len(folds) > 1:
        logits = np.empty(len(other))
        for fold in folds:
            partial = _discriminant(known, other[~fold])
            logits[fold] = other[fold] @ partial[:-1] + partial[-1]
        limit = max(limit, float(np.quantile(logits, _OTHER_SITE_TAIL)))
    return weights.astype(np.float32), _rounded(limit)


def _discriminant(home: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    within = (np.cov(home, rowvar=False) + np.cov(other, rowvar=False)) / 2
    within += _RIDGE * np.trace(within) / len(within) * np.eye(len(within))
    direction = np.linalg.solve(within, other.mean(axis=0) - home.mean(axis=0))
    middle = (other.mean(axis=0) + home.mean(axis=0)) / 2
    return np.append(direction, -direction @ middle)


def _statistics(prepared: NDArray[np.uint8]) -> dict[str, Bounds]:
    figures = [measure(pixels) for pixels in prepared]
    bounds = {}
    for name in ("mean", "contrast", "sharpness", "empty_share", "clipped_share"):
        values = np.array([getattr(one, name) for one in figures], dtype=np.float64)
        low, high = np.quantile(values, (_STATISTIC_TAIL, 1 - _STATISTIC_TAIL))
        margin = _STATISTIC_MARGIN * (high - low)
        bounds[name] = Bounds(low=_rounded(low - margin), high=_rounded(high + margin))
    return bounds


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")
