"""Has a film been turned, flipped or inverted? Put right, it would be a known one."""

from __future__ import annotations

import numpy as np

from edge_app.inference.gates.layout import VIEWS, undo_views
from edge_app.inference.gates.space import Floats, Neighbourhood

_MARGIN = 0.5
"""Put right, a film must be closer to the known ones by so much of the way from the median to the 99th percentile."""
_KNOWN_LAYOUT = 1.2
"""Put right, its layout must then be that of a chest film: 1 is the 99th percentile of such films."""
_ROUNDING = 1e-3
"""What float32 may be wrong by in a distance, generously."""
_NAMES = tuple(VIEWS)
_FRONT = 8
"""Films of each direction that are always looked at; few films have more of them within reach."""


class ViewFinder:
    """Tries the ways of `VIEWS` on a film's layout.

    Nearly every film is upright, and most known ones lie too far off in the direction of a wrong view to be near to it:
    the difference along that direction is at most the distance. Only where some are left are distances measured.
    """

    def __init__(self, layouts: Neighbourhood) -> None:
        """Finds the directions: from the known films to what their mean is when it goes wrong.

        Args:
            layouts: The known layouts.
        """
        self._layouts = layouts
        directions = layouts.space.project(undo_views(layouts.space.mean))
        self._directions: Floats = directions / np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-12)
        along = (layouts.films @ self._directions.T).T
        self._farthest = np.argsort(-along, axis=1)
        """Films in the order of how far they lie in each direction, the farthest first."""
        self._nearness = np.take_along_axis(-along, self._farthest, axis=1)
        self._front: Floats = layouts.films[self._farthest[:, :_FRONT]]
        """`(views, films, components)`: the first films of that order."""
        whole = self._nearness.shape[1] <= _FRONT
        self._behind = np.full(len(VIEWS), np.inf) if whole else self._nearness[:, _FRONT]
        """Where the next film lies in each direction."""

    def find(self, described: Floats, score: float) -> str | None:
        """Names the way a film has gone wrong.

        Args:
            described: `(392,)` float32, from `describe_layout`.
            score: The scaled distance of this layout, as it is.

        Returns:
            A key of `VIEWS`, or None for a film that is upright, or not known in any view.
        """
        space = self._layouts.space
        best, best_score = None, score - _MARGIN
        limit = space.unscaled(min(best_score, _KNOWN_LAYOUT)) + _ROUNDING
        projected = space.project(undo_views(described))
        apart = self._front - projected[:, None]
        is_near = np.einsum("vfc,vfc->vf", apart, apart).min(axis=1) <= max(limit, 0.0) ** 2
        reach = limit - np.einsum("vc,vc->v", projected, self._directions)
        for index in np.flatnonzero(is_near | (self._behind < reach)):
            if not is_near[index] and not self._is_near_behind(index, projected[index], reach[index], limit):
                continue
            found = space.scaled(self._layouts.distances(projected[index])[1])
            if found < best_score:
                best, best_score = _NAMES[index], found
        return best if best_score <= _KNOWN_LAYOUT else None

    def _is_near_behind(self, view: int, projected: Floats, reach: float, limit: float) -> bool:
        """Whether a film behind the front, and within reach in the direction of a view, lies within the limit."""
        left = self._farthest[view, _FRONT : np.searchsorted(self._nearness[view], reach)]
        return bool(np.square(self._layouts.films[left] - projected).sum(axis=1).min() <= max(limit, 0.0) ** 2)
