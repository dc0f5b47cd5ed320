"""What decoders share about pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_COLOUR_TOLERANCE = 8 / 255
"""Share of white by which the channels of a grey film may differ after JPEG's chroma rounding."""


def has_colour(rgb: NDArray[Any], white: int = 255) -> bool:
    """Whether the channels differ by more than rounding, looked at in a 1/8 grid.

    Args:
        rgb: `(rows, columns, 3)` of an unsigned integer type.
        white: The highest value a channel can have.
    """
    sample = rgb[::8, ::8].astype(np.int32)
    return bool((sample.max(axis=2) - sample.min(axis=2) > _COLOUR_TOLERANCE * white).any())
