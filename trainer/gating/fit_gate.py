"""Fits the gate of a bundle: what its films look like, to the eye and to the model, and how far is too far.

Limits are set on patients who taught nothing, because a film is always near to another film of the same patient.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from edge_app.analysis.gate import Gate, GateArrays, Verdict
from edge_app.analysis.gate.description import layout_of
from edge_app.analysis.gate.image_statistics import measure
from edge_app.analysis.gate.neighbours import KnownSpace, Neighbourhood
from edge_app.analysis.gate.population import OUTSIDE_CODE
from edge_app.bundle import ModelFile
from edge_app.bundle.manifest import Bounds, BundleFile, DistanceScale, Estimate, GateParameters, Population
from edge_app.imaging.preprocess import PreprocessSpec, preprocess
from edge_app.imaging.radiograph import Radiograph
from trainer.evaluation.predictions import score_tflite
from trainer.gating.teach import TaughtFilms, describe_all, teach
from trainer.gating.variations import vary
from trainer.statistics.metrics import wilson

Floats = NDArray[np.float32]
Grey = NDArray[np.uint8]
FeaturesOf = Callable[[Grey], Floats]
"""Prepared films, `(films, height, width)` uint8, to the features of the shipped file, `(films, channels)` float32."""

GATE_FILE = "gate.npz"
COMPONENTS = 64
NEIGHBOURS = 5
MAX_KNOWN = 500
"""Known films of the population that are kept, plain; as many varied ones and as many of other patients join them. More
take longer to look through and tell no more (docs/gate.md)."""
DRAWINGS = 12_000
VARIATIONS = 9_000
_MOST_VARIATIONS = 12
"""Variations of one film; few films stand for more acquisitions each."""

CHILDREN = Population(
    noun="1- to 5-year-old children, AP view, of one hospital",
    outside_noun="adults or other patients",
    least_age_years=1.0,
    greatest_age_years=5.0,
    views=("AP",),
    modalities=("CR", "DX", "RG", "SC", "OT", "DR"),
)

# The rule of each limit; docs/adr/0031 says why. Together they flag at most 3 % and refuse at most 0.2 % of held-out
# films of the population.
_REFUSE_BEYOND = 1.3
"""Times the distance that 99 % of held-out films stay below."""
_QUANTILE = 0.99
"""Of held-out films of the population, so many stay below the upper end of each scale, and below the flag."""
_MIRRORED_QUANTILE = 0.998
_FILM_QUANTILE = 0.001
_GREATEST_FILM_LIMIT = -1.0
"""A picture that is a film with a probability of 27 % or more is let through, whatever the quantile says."""
_STATISTIC_TAIL = 0.001
_STATISTIC_MARGIN = 0.15
_LEAST_WIDTH = 1e-3
_NOT_MEASURED = Estimate(value=0.0, low=0.0, high=1.0)


@dataclass(frozen=True, slots=True, eq=False)
class FittedGate:
    """What a fit gives to the bundle.

    Attributes:
        data: Bytes of `gate.npz`.
        parameters: For the manifest, with the record of that file.
    """

    data: bytes
    parameters: GateParameters

    def gate(self) -> Gate:
        """The gate as the app builds it from the bundle."""
        return Gate(self.parameters, GateArrays.load(self.data))


@dataclass(frozen=True, slots=True)
class GateRates:
    """What the gate does to a set of films that come without a header, as counts.

    Attributes:
        films: All of them.
        refused: Not scored.
        not_film: Of these, those whose appearance is not that of an upright chest film.
        outside: Flagged as outside the population, refused or not.
        silent: Scored without this flag.
    """

    films: int
    refused: int
    not_film: int
    outside: int
    silent: int

    def share(self, count: int) -> Estimate:
        """A count of films as a share, 0..1, with a 95 % Wilson interval."""
        return wilson(count, self.films)


def fit_gate(
    home: Grey,
    held_out: Grey,
    features_of: FeaturesOf,
    *,
    other: Grey | None = None,
    population: Population = CHILDREN,
    sources: tuple[str, ...] = (),
    measured_on: str = "films of held-out patients",
    drawings: int = DRAWINGS,
    variations: int = VARIATIONS,
    seed: int = 0,
) -> FittedGate:
    """Fits the gate.

    Args:
        home: `(films, height, width)` uint8 films of the population, prepared.
        held_out: The same of other patients of the population; best such that the model was not trained on.
        features_of: Computes features of prepared films.
        other: `(films, height, width)` uint8 chest films from outside the population, if there are any.
        population: Whom the model knows, for headers and for the words of the flag.
        sources: Whose films these are, with their terms of use.
        measured_on: Which films the false rates come from, in words.
        drawings: Number of pictures to draw that are no chest films.
        variations: Number of films with another acquisition to draw of either kind of patients, about.
        seed: Seed of the random generator.

    Returns:
        Arrays and limits. The same input gives the same bytes on one machine.

    Raises:
        ValueError: There are too few films.
    """
    for films in (home, held_out):
        if len(films) < 2 * NEIGHBOURS:
            raise ValueError(f"A gate needs at least {2 * NEIGHBOURS} films of each side. Received: {len(films)}.")
    rng = np.random.default_rng(seed)
    taught_home = _with_variations(home, variations, rng)
    taught_other = _with_variations(other, variations, rng) if other is not None and len(other) else None
    appearance = teach(taught_home, taught_other, drawings=drawings, seed=seed)

    known = _drawn(taught_home, rng)
    others = _drawn(taught_other, rng) if taught_other else None
    features, layout = (
        _space(describer(known), None if others is None else describer(others))
        for describer in (features_of, lambda films: layout_of(describe_all(films)))
    )
    arrays = GateArrays(features, layout, appearance, home.mean(axis=0).astype(np.uint8), np.zeros(4, dtype=np.float32))
    held_out_features = features_of(held_out)
    parameters = _limits(GateArrays.load(arrays.save()), held_out, held_out_features, population)
    data = with_answers(arrays, parameters).save()
    parameters = msgspec.structs.replace(
        parameters,
        arrays=BundleFile(path=GATE_FILE, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data)),
        statistics=_statistics(np.concatenate([home, held_out])),
        sources=sources,
    )
    fitted = FittedGate(data, parameters)
    return with_rates(fitted, measure_rates(fitted.gate(), held_out, held_out_features), measured_on)


def with_answers(arrays: GateArrays, parameters: GateParameters) -> GateArrays:
    """Adds what the gate says of its example, from arrays as the app will read them."""
    answers = Gate(parameters, GateArrays.load(arrays.save())).answers(arrays.example)
    return replace(arrays, answers=answers)


def features_by(model_bytes: bytes, model: ModelFile) -> FeaturesOf:
    """Features as the shipped file emits them.

    Args:
        model_bytes: The `.tflite` file, the quantized one.
        model: Its entry in the manifest.
    """
    return lambda films: score_tflite(films, model_bytes, model).features


def measure_rates(gate: Gate, prepared: Grey, features: Floats) -> GateRates:
    """Runs films through a gate, by their pixels alone.

    Args:
        gate: The fitted gate.
        prepared: `(films, height, width)` uint8.
        features: `(films, channels)` float32.

    Returns:
        Number of refused, flagged and silent films.
    """
    verdicts = [
        gate.examine(Radiograph(pixels, "0" * 64, "prepared"), pixels, vector)
        for pixels, vector in zip(prepared, features, strict=True)
    ]
    codes = [verdict.refusal.code if verdict.refusal else None for verdict in verdicts]
    return GateRates(
        films=len(verdicts),
        refused=sum(code is not None for code in codes),
        not_film=sum(code in ("gate.not_film", "gate.inverted", "gate.rotated") for code in codes),
        outside=sum(map(is_outside, verdicts)),
        silent=sum(verdict.refusal is None and not is_outside(verdict) for verdict in verdicts),
    )


def is_outside(verdict: Verdict) -> bool:
    """Whether a film was flagged as outside the population."""
    return any(notice.code == OUTSIDE_CODE for notice in verdict.notices)


def with_rates(fitted: FittedGate, rates: GateRates, measured_on: str) -> FittedGate:
    """Writes measured rates into the manifest's part."""
    parameters = msgspec.structs.replace(
        fitted.parameters,
        false_refusals=rates.share(rates.refused),
        false_flags=rates.share(rates.outside),
        measured_on=measured_on,
    )
    return FittedGate(fitted.data, parameters)


def vary_all(films: Grey, each: int, rng: np.random.Generator) -> Grey:
    """Films with another acquisition, prepared.

    Args:
        films: `(films, height, width)` uint8, prepared.
        each: Variations of each film.
        rng: Random generator.

    Returns:
        `(films x each, height, width)` uint8.
    """
    spec = PreprocessSpec(height=films.shape[1], width=films.shape[2])
    varied = (np.ascontiguousarray(vary(film, rng)) for film in films for _ in range(each))
    return np.stack([preprocess(Radiograph(pixels, "0" * 64, "variation"), spec).pixels for pixels in varied])


def _with_variations(films: Grey, variations: int, rng: np.random.Generator) -> TaughtFilms:
    each = min(max(1, round(variations / len(films))), _MOST_VARIATIONS)
    return TaughtFilms(films, vary_all(films, each, rng))


def _drawn(films: TaughtFilms, rng: np.random.Generator) -> Grey:
    """At most `MAX_KNOWN` plain and as many varied films."""
    return np.concatenate([part[rng.permutation(len(part))[:MAX_KNOWN]] for part in (films.plain, films.varied)])


def _space(known: Floats, others: Floats | None) -> KnownSpace:
    """Principal components of the known films, whitened; as many as carry any variance, at most `COMPONENTS`."""
    chosen = known.astype(np.float64)
    mean = chosen.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(chosen - mean, rowvar=False))
    order = np.argsort(values)[::-1][: min(COMPONENTS, len(known) // 2)]
    order = order[values[order] > 1e-9 * values.max()]
    axes = (vectors[:, order] / np.sqrt(values[order])).T
    axes *= np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])[:, None]  # eigenvectors have no sign
    empty = np.empty((0, len(axes)), dtype=np.float32)
    space = KnownSpace(mean.astype(np.float32), axes.astype(np.float32), empty, empty)
    return KnownSpace(space.mean, space.axes, space.project(known), empty if others is None else space.project(others))


def _limits(arrays: GateArrays, held_out: Grey, features: Floats, population: Population) -> GateParameters:
    """Sets the limits on held-out films of the population, by the rules at the head of this module."""
    descriptions = describe_all(held_out)
    by_features = _home_distances(arrays.features, features)
    by_layout = _home_distances(arrays.layout, layout_of(descriptions))
    scale_f, scale_l = _scale(by_features), _scale(by_layout)
    layouts = np.array([scale_l.scaled(distance) for distance in by_layout])
    distances = layouts + [scale_f.scaled(distance) for distance in by_features]
    appearances = [arrays.appearance(description) for description in descriptions]
    leaning, spread = np.zeros(len(appearances)), None
    if len(arrays.layout.others):
        logits = np.array([appearance.outside for appearance in appearances])
        spread = _rounded(max(float(logits.std()), _LEAST_WIDTH))
        leaning = logits / spread
    film = float(np.quantile([appearance.film for appearance in appearances], _FILM_QUANTILE))
    mirrored = float(np.quantile([appearance.mirrored for appearance in appearances], _MIRRORED_QUANTILE))
    return GateParameters(
        arrays=BundleFile(path=GATE_FILE, sha256="0" * 64, bytes=1),
        neighbours=NEIGHBOURS,
        features=scale_f,
        layout=scale_l,
        refuse_above=_rounded(float(np.quantile(distances, _QUANTILE)) * _REFUSE_BEYOND),
        flag_above=_rounded(float(np.quantile(distances + leaning, _QUANTILE))),
        look_above=_rounded(float(np.quantile(layouts + leaning, _QUANTILE))),
        film_above=_rounded(min(film, _GREATEST_FILM_LIMIT)),
        outside_scale=spread,
        mirrored_above=_rounded(mirrored),
        statistics={},
        population=population,
        sources=(),
        false_refusals=_NOT_MEASURED,
        false_flags=_NOT_MEASURED,
        measured_on="",
    )


def _home_distances(space: KnownSpace, vectors: Floats) -> list[float]:
    neighbourhood = Neighbourhood(space, NEIGHBOURS)
    return [neighbourhood.distances(vector)[0] for vector in vectors]


def _scale(distances: list[float]) -> DistanceScale:
    median, upper = np.quantile(distances, (0.5, _QUANTILE))
    # A net that has learnt nothing gives every film the same features; a scale needs a width all the same.
    upper = max(upper, median + _LEAST_WIDTH)
    return DistanceScale(median=_rounded(float(median)), upper=_rounded(float(upper)))


def _statistics(prepared: Grey) -> dict[str, Bounds]:
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
