"""How far a film is from the films that are known: nearest neighbours after whitening."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class KnownSpace:
    """Descriptions of known films, reduced to their whitened principal components.

    Nearest neighbours on 64 components separate best of what was tried (docs/gate.md): fewer lose detail, more drown
    it, and the Mahalanobis distance takes the films for one Gaussian cloud, which they are not.

    Attributes:
        mean: `(length,)` float32.
        axes: `(components, length)` float32: principal axes, each divided by its standard deviation.
        known: `(films, components)` float32: films of the population.
        others: `(films, components)` float32: chest films of other patients; may be empty.
    """

    mean: Floats
    axes: Floats
    known: Floats
    others: Floats

    def project(self, descriptions: Floats) -> Floats:
        """Whitens: `(..., length)` to `(..., components)`, float32."""
        projected: Floats = ((descriptions - self.mean) @ self.axes.T).astype(np.float32, copy=False)
        return projected


class Neighbourhood:
    """The films of a space, ready to be asked for the nearest."""

    def __init__(self, space: KnownSpace, neighbours: int) -> None:
        """Prepares the products.

        Args:
            space: With its films.
            neighbours: Number of nearest films whose mean distance counts.
        """
        self._space = space
        films: Floats = np.concatenate([space.known, space.others])
        self._squared_norms: Floats = np.einsum("ij,ij->i", films, films)
        self._minus_twice: Floats = np.ascontiguousarray(-2 * films.T)
        self._neighbours = neighbours

    def distances(self, description: Floats) -> tuple[float, float]:
        """Mean distances to the nearest films, in standard deviations of the known ones.

        Args:
            description: `(length,)` float32.

        Returns:
            To films of the population, and to the nearer of these and the other patients'.
        """
        point = self._space.project(description)
        # |k - p|^2 - |p|^2 = |k|^2 - 2 k.p for every film k: one product instead of a difference for each of them.
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
