"""May this film be scored? Film, header, appearance and features are asked; one answer, with reasons."""

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
"""By which the answers of two machines may differ; rounding differs by 1e-5."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of a film.

    Attributes:
        score: Distance from the known films: about 0 for the median one, 2 for the farthest per cent; None without a
            gate.
        refusal: Why it must not be scored; None where it may.
        notices: What lowers trust in the score.
    """

    score: float | None = None
    refusal: FilmRefusedError | None = None
    notices: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class GateFeatures:
    """What the gate sees before the model has answered.

    Attributes:
        figures: Brightness, contrast, sharpness.
        description: `(588,)` float32; empty without a fitted gate.
        appearance: What the description says; None without a fitted gate.
    """

    figures: FilmStatistics
    description: Floats
    appearance: Appearance | None


class Gate:
    """The gate of a bundle, and the site's policy for films from outside the population."""

    def __init__(
        self, parameters: GateParameters | None, arrays: GateArrays | None, policy: OutsidePolicy = "flag"
    ) -> None:
        """Joins limits and arrays.

        Args:
            parameters: Limits, from the manifest; None for a bundle without a gate, all of whose films are flagged.
            arrays: Of the same fit; None with `parameters`.
            policy: What happens to films from outside the population: a loud flag, or a refusal.
        """
        self.parameters = parameters
        self._policy = policy
        self._arrays = arrays
        if parameters is not None and arrays is not None:
            self._features = Neighbourhood(arrays.features, parameters.neighbours)
            self._layout = Neighbourhood(arrays.layout, parameters.neighbours)

    @classmethod
    def from_bundle(cls, bundle: Bundle, policy: OutsidePolicy = "flag") -> Self:
        """Builds the gate of a verified bundle.

        Raises:
            BundleError: Its arrays cannot be read, or this machine does not give the answers of the fit.
        """
        data, parameters = bundle.gate_bytes(), bundle.manifest.gate
        if data is None or parameters is None:
            return cls(None, None, policy)
        gate = cls(parameters, GateArrays.load(data), policy)
        gate.check_answers()
        return gate

    def check_answers(self) -> None:
        """Proves that this machine gives the answers that the gate was fitted with.

        Raises:
            BundleError: It gives others.
        """
        if self._arrays is None:
            return
        found, known = self.answers(self._arrays.example), self._arrays.answers
        if not np.allclose(found, known, rtol=_ANSWER_TOLERANCE, atol=_ANSWER_TOLERANCE):
            raise BundleError("bundle.gate", detail=f"answers {found.tolist()} instead of {known.tolist()}")

    def answers(self, prepared: NDArray[np.uint8]) -> Floats:
        """All that the gate computes of a film without the model.

        Args:
            prepared: `(height, width)` uint8.

        Returns:
            `(4,)` float32: the logits of film, outside and mirrored, and the distance of the layout.

        Raises:
            ValueError: The gate was not fitted.
        """
        own = self.features(prepared)
        if own.appearance is None:
            raise ValueError("The bundle has no gate.")
        seen, distance = own.appearance, self._layout.distances(layout_of(own.description))[0]
        return np.array([seen.film, seen.outside, seen.mirrored, distance], dtype=np.float32)

    def features(self, prepared: NDArray[np.uint8]) -> GateFeatures:
        """Looks at a film; can run beside the model, of which it needs nothing.

        Args:
            prepared: `(height, width)` uint8, what the model sees.
        """
        figures = measure(prepared)
        if self._arrays is None:
            return GateFeatures(figures, np.empty(0, dtype=np.float32), None)
        description = describe(prepared)
        return GateFeatures(figures, description, self._arrays.appearance(description))

    def outside_margin(self, own: GateFeatures) -> float | None:
        """By how much a film looks stranger than films of the population do.

        It needs no model, so that a film can be sent to the bundle whose population it belongs to: the one with the
        lowest margin below 0.

        Args:
            own: Features from `features`.

        Returns:
            A difference of scores: above 0 for a stranger; None without a fitted gate.
        """
        if self.parameters is None or own.appearance is None:
            return None
        distance = self._layout.distances(layout_of(own.description))[0]
        strangeness = self.parameters.layout.scaled(distance) + self._leaning(own.appearance)
        return strangeness - self.parameters.look_above

    def strangeness(self, appearance: Appearance, home: float) -> float:
        """How unlike those of the population a film is.

        Args:
            appearance: From `features`.
            home: Distance from films of the population, from `distances`.

        Returns:
            A score; films above `flag_above` are flagged.
        """
        return home + self._leaning(appearance)

    def _leaning(self, appearance: Appearance) -> float:
        """How much more a film looks like another patient's, in standard deviations of films of the population."""
        scale = self.parameters.outside_scale if self.parameters else None
        return appearance.outside / scale if scale is not None else 0.0

    def distances(self, description: Floats, features: Floats) -> tuple[float, float]:
        """Measures how far a film is from the known ones.

        Args:
            description: `(588,)` float32, from `features`.
            features: `(channels,)` float32, what the model made of it.

        Returns:
            The sum of the scaled distances of features and layout: to films of the population, and to the nearer of
            these and other patients' chest films.

        Raises:
            ValueError: The gate was not fitted.
        """
        if self.parameters is None:
            raise ValueError("The bundle has no gate.")
        home, nearest = 0.0, 0.0
        for space, scale, vector in (
            (self._features, self.parameters.features, features),
            (self._layout, self.parameters.layout, layout_of(description)),
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
        """Examines a film that the model has seen.

        Args:
            film: As decoded.
            prepared: `(height, width)` uint8, what the model saw.
            features: `(channels,)` float32, what it made of it.
            own: Features of the film from `features`; None computes them.

        Returns:
            The verdict.
        """
        own = own or self.features(prepared)
        refusal = refusal_of(film, own.figures) or header_refusal(film.acquisition)
        if self.parameters is None or own.appearance is None:
            return Verdict(None, refusal, (Message("gate.missing"), *notices_of(film, own.figures, {})))
        home, nearest = self.distances(own.description, features)
        refusal = (
            refusal
            or _refusal_by_appearance(own.appearance, self.parameters)
            or _refusal_by_distance(nearest, self.parameters)
        )
        notices = notices_of(film, own.figures, self.parameters.statistics)
        if own.appearance.mirrored > self.parameters.mirrored_above:
            notices.append(Message("quality.mirrored"))
        flag = header_notice(film.acquisition, self.parameters.population)
        if flag is None and self.strangeness(own.appearance, home) > self.parameters.flag_above:
            flag = outside(self.parameters.population, Message("population.appearance"))
        if flag is not None:
            notices.insert(0, flag)
            if self._policy == "refuse" and refusal is None:
                refusal = FilmRefusedError(flag)
        return Verdict(home, refusal, tuple(notices))


def _refusal_by_appearance(appearance: Appearance, parameters: GateParameters) -> FilmRefusedError | None:
    if appearance.film >= parameters.film_above:
        return None
    if appearance.kind == "inverted":
        return FilmRefusedError("gate.inverted")
    if appearance.kind in WRONG_VIEWS:
        return FilmRefusedError("gate.rotated", reasons=(Message(f"view.{appearance.kind}"),))
    return FilmRefusedError("gate.not_film")


def _refusal_by_distance(nearest: float, parameters: GateParameters) -> FilmRefusedError | None:
    return FilmRefusedError("gate.not_chest") if nearest > parameters.refuse_above else None
