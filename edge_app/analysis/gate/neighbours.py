"""The distance of a film from known films: nearest neighbours after whitening."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class KnownSpace:
    """Whitened principal components of known films.

    Nearest neighbours on 64 components separate best (docs/gate.md): fewer components lose detail, more add noise, and
    the Mahalanobis distance assumes a single Gaussian distribution.

    Attributes:
        mean: `(length,)` float32: mean of the known films.
        axes: `(components, length)` float32: principal axes, each divided by its standard deviation.
        known: `(films, components)` float32: films of the population.
        others: `(films, components)` float32: chest films of other patients; may be empty.
    """

    mean: Floats
    axes: Floats
    known: Floats
    others: Floats

    def project(self, descriptions: Floats) -> Floats:
        """Whitens descriptions: `(..., length)` to `(..., components)`, float32."""
        projected: Floats = ((descriptions - self.mean) @ self.axes.T).astype(np.float32, copy=False)
        return projected


class Neighbourhood:
    """Nearest-neighbour search in a space."""

    def __init__(self, space: KnownSpace, neighbours: int) -> None:
        """Precomputes norms.

        Args:
            space: Space with its films.
            neighbours: Number of nearest films for the mean distance.
        """
        self._space = space
        films: Floats = np.concatenate([space.known, space.others])
        self._squared_norms: Floats = np.einsum("ij,ij->i", films, films)
        self._minus_twice: Floats = np.ascontiguousarray(-2 * films.T)
        self._neighbours = neighbours

    def distances(self, description: Floats) -> tuple[float, float]:
        """Computes mean distances to the nearest films, in standard deviations.

        Args:
            description: `(length,)` float32.

        Returns:
            The distance to films of the population, and to the nearest films of any patients.
        """
        point = self._space.project(description)
        # |k - p|^2 - |p|^2 = |k|^2 - 2 k.p for every film k: one matrix product for all differences.
        relative = point @ self._minus_twice + self._squared_norms
        rest = float(point @ point)
        known = len(self._space.known)
        home = self._mean_nearest(relative[:known], rest)
        if len(relative) - known < self._neighbours:
            return home, home
        return home, min(home, self._mean_nearest(relative[known:], rest))

    def _mean_nearest(self, relative: Floats, rest: float) -> float:
        relative.partition(self._neighbours - 1)
        nearest = relative[: self._neighbours].tolist()
        return sum(math.sqrt(max(squared + rest, 0.0)) for squared in nearest) / len(nearest)
