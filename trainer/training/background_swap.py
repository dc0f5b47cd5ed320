"""Films whose background is another's: what lies outside the lungs can then tell nothing of the class.

On whole films a net learns shoulders, markers and the abdomen, because these differ between the classes of the data
set. Geometry is drawn once for a film and its mask. Then, with a probability, everything outside the mask becomes
another film of the batch, that film blurred beyond recognition, or one grey; the label stays. On a few films the lungs
are painted over instead: what is left must tell nothing, so that neither answer is right.
"""

from __future__ import annotations

import math
from typing import Any

import keras
import tensorflow as tf

MARGIN_PX = 4
"""What is kept around a drawn lung, of a film of 224 pixels: outlines are not exact, and pleura lies at the border."""
EDGE_PX = 9
"""Over which lung and background are blended, so that no sharp line tells where the mask was."""
_BLUR_CELLS = 10


class RandomGeometry:
    """One affine change for a film and its mask: flip, rotation, zoom of each axis, translation."""

    def __init__(self, seed: int, *, turn: float = 0.25, zoom: float = 0.2, move: float = 0.08) -> None:
        """Makes the change.

        Args:
            seed: Seed of the random generator.
            turn: Largest rotation, radians.
            zoom: Largest share by which an axis is stretched or shrunk.
            move: Largest translation, as a share of the film.
        """
        self._turn, self._zoom, self._move = turn, zoom, move
        self._draws = keras.random.SeedGenerator(seed)

    def __call__(self, films: Any) -> Any:
        """Maps `(batch, height, width, channels)` float32 to the same; what comes in from outside is 0."""
        batch, height, width = tf.shape(films)[0], films.shape[1], films.shape[2]
        draws = keras.random.uniform((6, batch), -1.0, 1.0, seed=self._draws)
        angle, flip = draws[0] * self._turn, tf.where(draws[1] < 0, -1.0, 1.0)
        along_x, along_y = tf.exp(draws[2] * math.log1p(self._zoom)), tf.exp(draws[3] * math.log1p(self._zoom))
        right, down = draws[4] * self._move * width, draws[5] * self._move * height
        cos, sin = tf.cos(angle), tf.sin(angle)
        # From a place of the result to the place of the film that it shows, both from the centre.
        a, b, c, d = flip * cos * along_x, -flip * sin * along_x, sin * along_y, cos * along_y
        centre_x, centre_y = (width - 1) / 2, (height - 1) / 2
        to_x = centre_x - a * (centre_x + right) - b * (centre_y + down)
        to_y = centre_y - c * (centre_x + right) - d * (centre_y + down)
        zero = tf.zeros_like(a)
        return tf.raw_ops.ImageProjectiveTransformV3(
            images=films,
            transforms=tf.stack([a, b, to_x, c, d, to_y, zero, zero], axis=1),
            output_shape=(height, width),
            interpolation="BILINEAR",
            fill_mode="CONSTANT",
            fill_value=0.0,
        )


class BackgroundSwap:
    """Replaces what lies outside the lungs, or the lungs."""

    def __init__(self, seed: int, share: float, empty: float = 0.0) -> None:
        """Makes the swap.

        Args:
            seed: Seed of the draws.
            share: Share of the films with a mask whose background is replaced, 0..1.
            empty: Share of the films with a mask whose lungs are painted over, 0..1 - share.
        """
        self._share, self._empty = share, empty
        self._draws = keras.random.SeedGenerator(seed)

    def __call__(self, films: Any, lungs: Any) -> tuple[Any, Any, Any]:
        """Swaps backgrounds and lungs.

        Args:
            films: `(batch, height, width, 1)` float32 0..255.
            lungs: `(batch, height, width, 1)` float32 0..1; 0 everywhere for a film without a mask, which is left as
                it is.

        Returns:
            The films; `(batch,)` bool, those with another background; `(batch,)` bool, those with painted lungs.
        """
        batch, height, width = tf.shape(films)[0], films.shape[1], films.shape[2]
        other = tf.roll(films, 1, axis=0)
        blurred = tf.image.resize(
            tf.image.resize(other, (_BLUR_CELLS, _BLUR_CELLS), method="area"), (height, width), method="bilinear"
        )
        grey = tf.reduce_mean(films, axis=(1, 2, 3), keepdims=True) + tf.zeros_like(films)
        draws = keras.random.uniform((2, batch), seed=self._draws)
        which = draws[0][:, None, None, None]
        background = tf.where(which < 1 / 3, other, tf.where(which < 2 / 3, blurred, grey))
        drawn = tf.reduce_max(lungs, axis=(1, 2, 3)) > 0.5
        swapped = (draws[1] < self._share) & drawn
        emptied = (draws[1] > 1 - self._empty) & drawn
        kept = soft_mask(lungs)
        films = tf.where(swapped[:, None, None, None], kept * films + (1 - kept) * background, films)
        films = tf.where(emptied[:, None, None, None], (1 - kept) * films + kept * grey, films)
        return films, swapped, emptied


def soft_mask(lungs: Any) -> Any:
    """Widens a mask by the margin and softens its edge.

    Args:
        lungs: `(batch, height, width, 1)` float32 0..1.

    Returns:
        The same shape: 1 in the lungs and close around them, 0 far outside.
    """
    scale = lungs.shape[1] / 224
    margin, edge = 2 * max(1, round(MARGIN_PX * scale)) + 1, max(1, round(EDGE_PX * scale))
    x = tf.cast(lungs > 0.5, tf.float32)
    for window in ((margin, 1), (1, margin)):  # one axis at a time is several times as fast
        x = tf.nn.max_pool2d(x, window, 1, "SAME")
    for window in ((edge, 1), (1, edge)):
        x = tf.nn.avg_pool2d(x, window, 1, "SAME")
    return x
