"""What decoders share about pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

COLOUR_STEP = 8
_COLOUR_TOLERANCE = 8 / 255
"""Share of white by which the channels of a grey film may differ after JPEG's chroma rounding."""


def has_colour(rgb: NDArray[Any], white: int = 255) -> bool:
    """Whether the channels differ by more than rounding.

    Args:
        rgb: `(rows, columns, 3 or 4)` of an unsigned integer type: every `COLOUR_STEP`th pixel of a picture is enough.
        white: The highest value a channel can have.
    """
    if (rgb[:, :, 0] == rgb[:, :, 1]).all() and (rgb[:, :, 0] == rgb[:, :, 2]).all():
        return False  # a grey film stored in colour, as nearly all are
    # Not a reduction over the last axis, which is slow for as few as three values.
    red, green, blue = np.moveaxis(rgb[:, :, :3].astype(np.int32), 2, 0)
    spread = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    return bool((spread > _COLOUR_TOLERANCE * white).any())
