"""How far a film is from the films that are known: nearest neighbours after whitening."""

from __future__ import annotations

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
        projected: Floats = ((descriptions - self.mean) @ self.axes.T).astype(np.float32)
        return projected

    def distance(self, projected: Floats, neighbours: int, others: Floats | None = None) -> float:
        """Mean distance to the nearest known films.

        Args:
            projected: `(components,)` float32.
            neighbours: How many.
            others: More films, `(films, components)`: the smaller of the two distances counts.

        Returns:
            The distance, in standard deviations of the known films.
        """
        found = _mean_nearest(self.known, projected, neighbours)
        if others is not None and len(others) >= neighbours:
            found = min(found, _mean_nearest(others, projected, neighbours))
        return found

    def scaled(self, distance: float) -> float:
        """A distance as a score: 0 for the median film, 1 where 99 % of films like the known ones stay below."""
        return (distance - self.median) / (self.upper - self.median)


def _mean_nearest(known: Floats, projected: Floats, neighbours: int) -> float:
    squared = np.square(known - projected).sum(axis=1)
    nearest = np.partition(squared, neighbours - 1)[:neighbours]
    return float(np.sqrt(nearest).mean())
