"""What three samples of a pixel are, RGB or YCbCr, told by the samples themselves: labels are often wrong.

A film has no colours. Stored as RGB, its three samples are equal; stored as YCbCr, the second and the third lie at
mid-scale. A label that says otherwise would turn the one into the other: a normal film becomes a grey that the model
calls pneumonia.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

ColourSpace = Literal["RGB", "YBR"]

STEP = 8
"""Every 8th pixel of every 8th row is enough to tell."""
_TOLERANCE = 8 / 255
"""Share of white by which the samples of a grey film may differ after JPEG's rounding."""
_ENOUGH = 0.5
"""Share of grey pixels that tells the colour space: the rest may be coloured marks and letters."""
_CHROMA_SHARE = 0.35
"""Spread of Cb and Cr against that of Y, at most, in photographs of films. R, G and B have the same spread."""
_CORRELATED = 0.9
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""ITU-R BT.601, as in JPEG and in Pillow's convert("L")."""
_BLOCK_ROWS = 256


class Appearance(NamedTuple):
    """What samples look like.

    Attributes:
        space: Their colour space; None where they could be either.
        is_grey: Whether at least half of the pixels are grey, which leaves no doubt of the colour space.
    """

    space: ColourSpace | None
    is_grey: bool


def appearance(samples: NDArray[Any], white: int) -> Appearance:
    """Tells what three samples of a pixel are.

    Args:
        samples: `(rows, columns, 3)` of an unsigned integer type.
        white: The highest value a sample can have.
    """
    first, second, third = np.moveaxis(samples[::STEP, ::STEP, :3].astype(np.float32) / white, 2, 0)
    spread = np.maximum(np.maximum(first, second), third) - np.minimum(np.minimum(first, second), third)
    equal = float((spread <= _TOLERANCE).mean())
    neutral = float((np.maximum(np.abs(second - 0.5), np.abs(third - 0.5)) <= _TOLERANCE).mean())
    if max(equal, neutral) >= _ENOUGH:
        return Appearance("RGB" if equal >= neutral else "YBR", True)
    deviations = [float(plane.std()) for plane in (first, second, third)]
    centred = max(abs(float(plane.mean()) - 0.5) for plane in (second, third)) < 0.25
    if centred and max(deviations[1:]) < _CHROMA_SHARE * deviations[0]:
        return Appearance("YBR", False)
    if min(deviations) > _CHROMA_SHARE * max(deviations):
        correlations = np.corrcoef([first.ravel(), second.ravel(), third.ravel()])[0, 1:]
        if float(correlations.min()) > _CORRELATED:
            return Appearance("RGB", False)
    return Appearance(None, False)


def has_colour(samples: NDArray[Any], white: int, space: ColourSpace = "RGB") -> bool:
    """Whether samples differ from grey by more than rounding.

    Args:
        samples: `(rows, columns, 3 or 4)` of an unsigned integer type: every `STEP`th pixel of a picture is enough.
        white: The highest value a sample can have.
        space: What the samples are.
    """
    planes = samples[:, :, :3].astype(np.int32)
    if space == "YBR":
        return bool((np.abs(planes[:, :, 1:] - (white + 1) // 2) > _TOLERANCE * white).any())
    # Not a reduction over the last axis, which is slow for as few as three values.
    red, green, blue = np.moveaxis(planes, 2, 0)
    spread = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    return bool((spread > _TOLERANCE * white).any())


def brightness(samples: NDArray[Any], white: int, space: ColourSpace, scale: int) -> NDArray[np.uint16]:
    """Reduces colours to their brightness; grey samples keep their value.

    Args:
        samples: `(rows, columns, 3)` of an unsigned integer type.
        white: The highest value a sample can have.
        space: What the samples are.
        scale: The value of white in the result.

    Returns:
        `(rows, columns)` uint16.
    """
    grey = np.empty(samples.shape[:2], dtype=np.uint16)
    for start in range(0, len(samples), _BLOCK_ROWS):  # the floats of a whole film would need four times its memory
        block = samples[start : start + _BLOCK_ROWS]
        if space == "YBR" and has_colour(block, white, space):
            values = _rgb(block, white) @ _LUMA
        elif space == "YBR" or _is_equal(block):
            values = block[:, :, 0].astype(np.float32)
        else:
            values = block.astype(np.float32) @ _LUMA
        grey[start : start + _BLOCK_ROWS] = np.rint(np.minimum(values * np.float32(scale / white), scale))
    return grey


def _is_equal(rgb: NDArray[Any]) -> bool:
    return bool(((rgb[:, :, 0] == rgb[:, :, 1]) & (rgb[:, :, 0] == rgb[:, :, 2])).all())


def _rgb(ybr: NDArray[Any], white: int) -> NDArray[np.float32]:
    """RGB of full-range YCbCr, clipped to what can be shown (PS3.3 C.7.6.3.1.2)."""
    y, cb, cr = np.moveaxis(ybr.astype(np.float32), 2, 0)
    cb, cr = cb - (white + 1) // 2, cr - (white + 1) // 2
    rgb = np.dstack([y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb])
    rounded: NDArray[np.float32] = np.rint(np.clip(rgb, 0, white)).astype(np.float32)
    return rounded
