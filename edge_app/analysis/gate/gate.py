"""May this film be scored? The film, its header, its layout and its features are asked; one answer, with reasons."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from edge_app.analysis.gate.checks import notices_of, refusal_of
from edge_app.analysis.gate.hog import describe_layout
from edge_app.analysis.gate.image_statistics import FilmStatistics, measure
from edge_app.analysis.gate.neighbours import Floats, KnownSpace, Neighbourhood
from edge_app.analysis.gate.orientation import find_wrong_view
from edge_app.analysis.gate.population import header_notice, header_refusal, outside
from edge_app.bundle import Bundle
from edge_app.bundle.manifest import GateParameters
from edge_app.imaging.radiograph import Radiograph
from edge_app.system.errors import BundleError, FilmRefusedError
from edge_app.system.messages import Message

OutsidePolicy = Literal["flag", "refuse"]


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
class GateArrays:
    """The arrays of a fitted gate.

    Attributes:
        features: Space of the graph's features.
        layout: Space of `describe_layout`.
        other_features: `(films, components)` float32: chest films of another site, projected; may be empty.
        other_layout: The same for the layout.
        population: `(2 x components + 1,)` float32: weights and bias that tell the other site; empty without one.
    """

    features: KnownSpace
    layout: KnownSpace
    other_features: Floats
    other_layout: Floats
    population: Floats

    def population_score(self, features: Floats, layout: Floats) -> float | None:
        """How much more a film is like the other site's: a logit. None where no other site was given.

        Args:
            features: `(components,)` float32, projected.
            layout: `(components,)` float32, projected.
        """
        if not len(self.population):
            return None
        return float(np.concatenate([features, layout]) @ self.population[:-1] + self.population[-1])

    def save(self) -> bytes:
        """Writes the arrays as `.npz`; known films in half precision, which moves no distance by more than 0.1 %."""
        stream = io.BytesIO()
        np.savez(
            stream,
            **{
                f"{name}_{part}": np.asarray(getattr(space, part), dtype=np.float16 if part == "known" else np.float32)
                for name, space in (("features", self.features), ("layout", self.layout))
                for part in ("mean", "axes", "known")
            },
            other_features=self.other_features.astype(np.float16),
            other_layout=self.other_layout.astype(np.float16),
            population=self.population.astype(np.float32),
        )
        return stream.getvalue()

    @classmethod
    def load(cls, data: bytes) -> Self:
        """Reads what `save` wrote.

        Raises:
            BundleError: An array is missing or of another shape.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                arrays = {name: file[name].astype(np.float32) for name in file.files}
            spaces = {
                name: KnownSpace(arrays[f"{name}_mean"], arrays[f"{name}_axes"], arrays[f"{name}_known"])
                for name in ("features", "layout")
            }
            for space in spaces.values():
                components, length = space.axes.shape
                if space.mean.shape != (length,) or space.known.shape[1:] != (components,):
                    raise ValueError(f"{space.mean.shape}, {space.axes.shape}, {space.known.shape}")
            return cls(
                spaces["features"],
                spaces["layout"],
                arrays["other_features"],
                arrays["other_layout"],
                arrays["population"],
            )
        except (KeyError, ValueError, OSError) as error:
            raise BundleError("bundle.gate", detail=repr(error)) from error


class FittedGate:
    """Parameters and arrays of one fit, ready to measure films."""

    def __init__(self, parameters: GateParameters, arrays: GateArrays) -> None:
        """Joins what manifest and `.npz` hold.

        Args:
            parameters: Of the manifest.
            arrays: Of the bundle.
        """
        self.parameters = parameters
        self._arrays = arrays
        features, layout = (
            replace(space, median=scale.median, upper=scale.upper)
            for space, scale in ((arrays.features, parameters.features), (arrays.layout, parameters.layout))
        )
        self._features = Neighbourhood(features, arrays.other_features, parameters.neighbours)
        self._layout = Neighbourhood(layout, arrays.other_layout, parameters.neighbours)

    def describe(self, prepared: NDArray[np.uint8]) -> LayoutDistances:
        """Measures what a film looks like: all that needs no model.

        Args:
            prepared: `(height, width)` uint8, what the model sees.
        """
        described = describe_layout(prepared)
        projected = self._layout.space.project(described)
        home, any_site = map(self._layout.space.scaled, self._layout.distances(projected))
        return LayoutDistances(projected, home, any_site, find_wrong_view(self._layout, described, any_site))

    def measure(self, layout: LayoutDistances, features: NDArray[np.float32]) -> FilmDistances:
        """Measures a film.

        Args:
            layout: What it looks like.
            features: `(channels,)` float32, what the model made of it.
        """
        projected = self._features.space.project(features)
        home, any_site = map(self._features.space.scaled, self._features.distances(projected))
        return FilmDistances(
            home=home + layout.home,
            any_site=any_site + layout.any_site,
            other_site=self._arrays.population_score(projected, layout.projected),
            wrong_view=layout.wrong_view,
        )

    def is_outside(self, distances: FilmDistances) -> bool:
        """Whether the pixels speak against the population: like the other site's films, or unlike all known ones."""
        limit = self.parameters.population_above
        like_other = distances.other_site is not None and limit is not None and distances.other_site > limit
        return like_other or distances.home > self.parameters.flag_above


@dataclass(frozen=True, slots=True, eq=False)
class LayoutDistances:
    """What a film looks like, held against the known ones.

    Attributes:
        projected: `(components,)` float32.
        home: Scaled distance of its layout to the known films.
        any_site: The same to the nearer of the known films and the other site's.
        wrong_view: The way it has gone wrong, if it is a known film once that is put right; see `VIEWS`.
    """

    projected: Floats
    home: float
    any_site: float
    wrong_view: str | None


@dataclass(frozen=True, slots=True, eq=False)
class FilmDistances:
    """How far a film is from the known ones.

    Attributes:
        home: Sum of the scaled distances of features and layout to the known films.
        any_site: The same to the nearer of the known films and the other site's.
        other_site: Logit of being the other site's; None where none was given.
        wrong_view: Of its layout.
    """

    home: float
    any_site: float
    other_site: float | None
    wrong_view: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What the gate sees before the model has answered.

    Attributes:
        figures: Brightness, contrast, sharpness.
        layout: None without a fitted gate.
    """

    figures: FilmStatistics
    layout: LayoutDistances | None


class Gate:
    """The gate of a bundle, and the site's policy for films from outside the population."""

    def __init__(self, fitted: FittedGate | None, policy: OutsidePolicy = "flag") -> None:
        """Sets the policy.

        Args:
            fitted: None for a bundle without a gate; all its films are flagged.
            policy: A loud flag, or a refusal.
        """
        self._fitted = fitted
        self._policy = policy

    @classmethod
    def from_bundle(cls, bundle: Bundle, policy: OutsidePolicy = "flag") -> Self:
        """Builds the gate of a verified bundle.

        Raises:
            BundleError: Its arrays cannot be read.
        """
        data, parameters = bundle.gate_bytes(), bundle.manifest.gate
        if data is None or parameters is None:
            return cls(None, policy)
        return cls(FittedGate(parameters, GateArrays.load(data)), policy)

    def look(self, prepared: NDArray[np.uint8]) -> Look:
        """Looks at a film; may go on beside the model, of which it needs nothing.

        Args:
            prepared: `(height, width)` uint8, what the model sees.
        """
        return Look(measure(prepared), self._fitted.describe(prepared) if self._fitted else None)

    def examine(
        self, film: Radiograph, prepared: NDArray[np.uint8], features: NDArray[np.float32], look: Look | None = None
    ) -> Verdict:
        """Examines a film that the model has seen.

        Args:
            film: As decoded.
            prepared: `(height, width)` uint8, what the model saw.
            features: `(channels,)` float32, what it made of it.
            look: What `look` saw of it; None to look now.

        Returns:
            The verdict.
        """
        look = look or self.look(prepared)
        figures = look.figures
        refusal = refusal_of(film, figures) or header_refusal(film.acquisition)
        if self._fitted is None or look.layout is None:
            return Verdict(None, refusal, (Message("gate.missing"), *notices_of(film, figures, {})))
        parameters = self._fitted.parameters
        notices = notices_of(film, figures, parameters.statistics)
        distances = self._fitted.measure(look.layout, features)
        refusal = refusal or self._refusal(self._fitted, distances)
        flag = header_notice(film.acquisition, parameters.population)
        if flag is None and self._fitted.is_outside(distances):
            flag = outside(parameters.population, Message("population.appearance"))
        if flag is not None:
            notices.insert(0, flag)
            if self._policy == "refuse" and refusal is None:
                refusal = FilmRefusedError(flag)
        return Verdict(distances.home, refusal, tuple(notices))

    @staticmethod
    def _refusal(fitted: FittedGate, distances: FilmDistances) -> FilmRefusedError | None:
        wrong = distances.wrong_view
        if wrong == "inverted":
            return FilmRefusedError("gate.inverted")
        if wrong is not None:
            return FilmRefusedError("gate.rotated", reasons=(Message(f"view.{wrong}"),))
        # Chest films of the other site are near to theirs: they are flagged, not taken for something else.
        if distances.any_site <= fitted.parameters.refuse_above:
            return None
        return FilmRefusedError("gate.not_chest")
