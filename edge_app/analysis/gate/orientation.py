"""Has a film been turned, flipped or inverted? Put right, it would be a known one."""

from __future__ import annotations

import numpy as np

from edge_app.analysis.gate.hog import VIEWS, undo_views
from edge_app.analysis.gate.neighbours import Floats, Neighbourhood

_MARGIN = 0.5
"""Put right, a film must be closer to the known ones by so much of the way from the median to the 99th percentile."""
_KNOWN_LAYOUT = 1.2
"""Put right, its layout must then be that of a chest film: 1 is the 99th percentile of such films."""
_ROUNDING = 1e-3
"""What float32 may be wrong by in a distance, generously."""
_UPRIGHT = 0.25
"""A film that is no farther from the known ones is upright: of 3,740 validation films that were turned, flipped or
inverted the nearest lay at 0.62 (docs/gate.md)."""
_NAMES = tuple(VIEWS)


def find_wrong_view(layouts: Neighbourhood, described: Floats, score: float) -> str | None:
    """Tries the ways of `VIEWS` on a film's layout, and names the one it has gone wrong in.

    Args:
        layouts: The known layouts.
        described: `(392,)` float32, from `describe_layout`.
        score: The scaled distance of this layout, as it is.

    Returns:
        A key of `VIEWS`, or None for a film that is upright, or not known in any view.
    """
    if score <= _UPRIGHT:
        return None
    space = layouts.space
    best, best_score = None, score - _MARGIN
    limit = space.unscaled(min(best_score, _KNOWN_LAYOUT)) + _ROUNDING
    projected = space.project(undo_views(described))
    # The mean over several films is no less than the distance to the nearest one, which nearly always is too far.
    for index in np.flatnonzero(layouts.nearest(projected) <= limit):
        found = space.scaled(layouts.distances(projected[index])[1])
        if found < best_score:
            best, best_score = _NAMES[index], found
    return best if best_score <= _KNOWN_LAYOUT else None
