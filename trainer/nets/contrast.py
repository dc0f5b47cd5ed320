"""Input contrast normalisation, inside the graph: the same in training, in the app and on the device."""

from __future__ import annotations

from typing import Any

from keras import layers

CONTRAST_LAYERS = ("film_contrast", "film_contrast_grey")
MEAN, SPREAD = 124.0, 62.0
"""What every film is brought to, grey levels: near the mean and the spread of the films of the data set."""
LEAST_SPREAD = 4.0
"""Grey levels. An empty film is not stretched into noise."""


def normalise_contrast(pixels: Any) -> Any:
    """Brings each film to one mean and one standard deviation of grey: exposure and linear contrast cancel out.

    Made of layers that Keras brings along, because the app opens the model without the trainer.

    Args:
        pixels: `(batch, height, width, 1)` Keras tensor, 0..255.

    Returns:
        The same shape; values may leave 0..255.
    """
    centred, grey = CONTRAST_LAYERS
    unit = layers.LayerNormalization(axis=(1, 2, 3), epsilon=LEAST_SPREAD**2, center=False, scale=False, name=centred)
    return layers.Rescaling(SPREAD, offset=MEAN, name=grey)(unit(pixels))
