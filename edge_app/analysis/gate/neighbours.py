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
        known: `(films, components)` float32: the known films.
        median: Distance of the median film that is like the known ones, but not among them.
        upper: Distance that 99 % of such films stay below.
    """

    mean: Floats
    axes: Floats
    known: Floats
    median: float = 0.0
    upper: float = 1.0

    def project(self, descriptions: Floats) -> Floats:
        """Whitens: `(..., length)` to `(..., components)`, float32."""
        projected: Floats = ((descriptions - self.mean) @ self.axes.T).astype(np.float32, copy=False)
        return projected

    def scaled(self, distance: float) -> float:
        """A distance as a score: 0 for the median film, 1 where 99 % of films like the known ones stay below."""
        return (distance - self.median) / (self.upper - self.median)

    def unscaled(self, score: float) -> float:
        """The distance that has a score: `scaled` the other way round."""
        return self.median + score * (self.upper - self.median)


class Neighbourhood:
    """The known films of a space, and those of another site, ready to be asked for the nearest."""

    def __init__(self, space: KnownSpace, others: Floats, neighbours: int) -> None:
        """Joins the films.

        Args:
            space: With the known films.
            others: `(films, components)` float32: chest films of another site, projected; may be empty.
            neighbours: Of how many films the distance is the mean.
        """
        self.space = space
        self.films: Floats = np.concatenate([space.known, others])
        self._squared_norms: Floats = np.einsum("ij,ij->i", self.films, self.films)
        self._minus_twice: Floats = np.ascontiguousarray(-2 * self.films.T)
        self._home = len(space.known)
        self._neighbours = neighbours

    def distances(self, projected: Floats) -> tuple[float, float]:
        """Mean distances to the nearest films, in standard deviations of the known ones.

        Args:
            projected: `(components,)` float32.

        Returns:
            To the known films, and to the nearer of these and the other site's.
        """
        relative = self._relative(projected)
        rest = float(projected @ projected)
        home = self._mean_nearest(relative[: self._home], rest)
        if len(relative) - self._home < self._neighbours:
            return home, home
        return home, min(home, self._mean_nearest(relative[self._home :], rest))

    def nearest(self, projected: Floats) -> Floats:
        """Distances to the nearest film of any site.

        Args:
            projected: `(points, components)` float32.

        Returns:
            `(points,)` float32.
        """
        relative = self._relative(projected).min(axis=1)
        distances: Floats = np.sqrt(np.maximum(relative + np.einsum("pc,pc->p", projected, projected), 0))
        return distances

    def _relative(self, projected: Floats) -> Floats:
        """|k - p|^2 - |p|^2 = |k|^2 - 2 k.p for every film k: one product instead of a difference for each of them."""
        relative: Floats = projected @ self._minus_twice
        relative += self._squared_norms
        return relative

    def _mean_nearest(self, relative: Floats, rest: float) -> float:
        relative.partition(self._neighbours - 1)
        nearest = relative[: self._neighbours].tolist()
        return sum(math.sqrt(max(squared + rest, 0.0)) for squared in nearest) / len(nearest)
