"""The gate combines image statistics, file header, appearance and features into one verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from edge_app.analysis.gate.appearance import WRONG_VIEWS, Appearance
from edge_app.analysis.gate.arrays import GateArrays
from edge_app.analysis.gate.checks import notices_of, refusal_of
from edge_app.analysis.gate.description import Floats, describe, layout_of
from edge_app.analysis.gate.image_statistics import FilmStatistics, measure
from edge_app.analysis.gate.neighbours import Neighbourhood
from edge_app.analysis.gate.population import header_notice, header_refusal, outside
from edge_app.bundle import Bundle
from edge_app.bundle.manifest import GateParameters
from edge_app.imaging.radiograph import Radiograph
from edge_app.system.errors import BundleError, FilmRefusedError
from edge_app.system.messages import Message

OutsidePolicy = Literal["flag", "refuse"]

_ANSWER_TOLERANCE = 1e-2
"""Maximum difference between two machines; rounding causes 1e-5."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict of the gate on a film.

    Attributes:
        score: Distance from the known films: about 0 at the median, 2 at the 99th percentile; None without a gate.
        refusal: Reason to refuse the film; None if it may be scored.
        notices: Warnings about the score.
    """

    score: float | None = None
    refusal: FilmRefusedError | None = None
    notices: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class GateFeatures:
    """The features that the gate computes without the model.

    Attributes:
        figures: Image statistics.
        description: `(588,)` float32; empty without a fitted gate.
        appearance: Classification of the description; None without a fitted gate.
    """

    figures: FilmStatistics
    description: Floats
    appearance: Appearance | None


class Gate:
    """The gate of a bundle, with the site's policy for films from outside the population."""

    def __init__(
        self, parameters: GateParameters | None, arrays: GateArrays | None, policy: OutsidePolicy = "flag"
    ) -> None:
        """Creates a gate.

        Args:
            parameters: Limits from the manifest; None for a bundle without a gate, which flags all films.
            arrays: Arrays of the same fit; None if `parameters` is None.
            policy: Flag or refuse films from outside the population.
        """
        self.parameters = parameters
        self._policy = policy
        self._arrays = arrays
        if parameters is not None and arrays is not None:
            self._feature_space = Neighbourhood(arrays.features, parameters.neighbours)
            self._layout_space = Neighbourhood(arrays.layout, parameters.neighbours)

    @classmethod
    def from_bundle(cls, bundle: Bundle, policy: OutsidePolicy = "flag") -> Self:
        """Builds the gate of a verified bundle.

        Raises:
            BundleError: The arrays cannot be read, or this machine does not reproduce the answers of the fit.
        """
        data, parameters = bundle.gate_bytes(), bundle.manifest.gate
        if data is None or parameters is None:
            return cls(None, None, policy)
        gate = cls(parameters, GateArrays.load(data), policy)
        gate.check_answers()
        return gate

    def check_answers(self) -> None:
        """Checks that this machine reproduces the answers of the fit.

        Raises:
            BundleError: The answers differ.
        """
        if self._arrays is None:
            return
        found, known = self.answers(self._arrays.example), self._arrays.answers
        if not np.allclose(found, known, rtol=_ANSWER_TOLERANCE, atol=_ANSWER_TOLERANCE, equal_nan=True):
            raise BundleError("bundle.gate", detail=f"answers {found.tolist()} instead of {known.tolist()}")

    def answers(self, prepared: NDArray[np.uint8]) -> Floats:
        """Returns the results of the gate that do not need the model.

        Args:
            prepared: `(height, width)` uint8.

        Returns:
            `(4,)` float32: the logits of film, outside and mirrored (NaN if not trained), and the layout distance.

        Raises:
            ValueError: The gate was not fitted.
        """
        own = self.features(prepared)
        if own.appearance is None:
            raise ValueError("The bundle has no gate.")
        appearance = own.appearance
        logits = (appearance.film, appearance.outside, appearance.mirrored)
        distance = self._layout_space.distances(layout_of(own.description))[0]
        return np.array([*(np.nan if one is None else one for one in logits), distance], dtype=np.float32)

    def features(self, prepared: NDArray[np.uint8]) -> GateFeatures:
        """Computes the gate's own features of a preprocessed film, `(height, width)` uint8, without the model."""
        figures = measure(prepared)
        if self._arrays is None:
            return GateFeatures(figures, np.empty(0, dtype=np.float32), None)
        description = describe(prepared)
        return GateFeatures(figures, description, self._arrays.appearance(description))

    def outside_margin(self, own: GateFeatures) -> float | None:
        """Returns the difference of the "outside the population" logit from its limit; above 0 the film is outside.

        It needs no model. With several bundles, a film belongs to the one with the lowest margin below 0.

        Args:
            own: Result of `features`.

        Returns:
            The difference; None if the gate was not trained on other patients.
        """
        if self.parameters is None or self.parameters.outside_above is None:
            return None
        if own.appearance is None or own.appearance.outside is None:
            return None
        return own.appearance.outside - self.parameters.outside_above

    def distances(self, description: Floats, features: Floats) -> tuple[float, float]:
        """Computes the distances of a film from the known films.

        Args:
            description: `(588,)` float32, from `features`.
            features: `(channels,)` float32, features of the model.

        Returns:
            The sum of the scaled feature and layout distances: to films of the population, and to the nearest films of
            any patients.

        Raises:
            ValueError: The gate was not fitted.
        """
        if self.parameters is None:
            raise ValueError("The bundle has no gate.")
        home, nearest = 0.0, 0.0
        for space, scale, vector in (
            (self._feature_space, self.parameters.features, features),
            (self._layout_space, self.parameters.layout, layout_of(description)),
        ):
            to_home, to_nearest = space.distances(vector)
            home += scale.scaled(to_home)
            nearest += scale.scaled(to_nearest)
        return home, nearest

    def examine(
        self,
        film: Radiograph,
        prepared: NDArray[np.uint8],
        features: NDArray[np.float32],
        own: GateFeatures | None = None,
    ) -> Verdict:
        """Returns the verdict on a film.

        Args:
            film: The decoded film.
            prepared: `(height, width)` uint8, the model's input.
            features: `(channels,)` float32, features of the model.
            own: Result of `Gate.features`; None to compute it now.
        """
        own = own or self.features(prepared)
        refusal = refusal_of(film, own.figures) or header_refusal(film.acquisition)
        if self.parameters is None or own.appearance is None:
            return Verdict(None, refusal, (Message("gate.missing"), *notices_of(film, own.figures, {})))
        home, nearest = self.distances(own.description, features)
        refusal = (
            refusal
            or _refusal_by_appearance(own.appearance, self.parameters)
            or (FilmRefusedError("gate.not_chest") if nearest > self.parameters.refuse_above else None)
        )
        notices = notices_of(film, own.figures, self.parameters.statistics)
        if _exceeds(own.appearance.mirrored, self.parameters.mirrored_above):
            notices.append(Message("quality.mirrored"))
        flag = header_notice(film.acquisition, self.parameters.population)
        if flag is None and (
            _exceeds(own.appearance.outside, self.parameters.outside_above) or home > self.parameters.flag_above
        ):
            flag = outside(self.parameters.population, Message("population.appearance"))
        if flag is not None:
            notices.insert(0, flag)
            if self._policy == "refuse" and refusal is None:
                refusal = FilmRefusedError(flag)
        return Verdict(home, refusal, tuple(notices))


def _exceeds(value: float | None, limit: float | None) -> bool:
    return value is not None and limit is not None and value > limit


def _refusal_by_appearance(appearance: Appearance, parameters: GateParameters) -> FilmRefusedError | None:
    if appearance.film >= parameters.film_above:
        return None
    if appearance.kind == "inverted":
        return FilmRefusedError("gate.inverted")
    if appearance.kind in WRONG_VIEWS:
        return FilmRefusedError("gate.rotated", reasons=(Message(f"view.{appearance.kind}"),))
    return FilmRefusedError("gate.not_film")
