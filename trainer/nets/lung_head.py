"""The lung head: a small decoder on feature maps of the base that says where the lungs are.

It reads the base at a sixteenth, an eighth and a quarter of the film's resolution, coarse to fine: the coarse map sees
the whole chest, the fine one where a border runs.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from trainer.errors import ConfigError

LUNGS_LAYER = "lungs"
"""The output: `(batch, rows / 4, columns / 4)`, the probability that a cell lies in the lungs."""
PREFIX = "lungs"
"""Names of all layers of the head begin like this."""
_CHANNELS, _FINE_CHANNELS = 64, 32


def is_lung_layer(layer: layers.Layer) -> bool:
    """Whether a layer belongs to the lung head."""
    return bool(layer.name.startswith(PREFIX))


def add_lung_head(base: keras.Model, seed: int) -> Any:
    """Puts the head on a base.

    Args:
        base: A flat graph whose feature maps halve five times, as from `trainer.nets.backbones.build_base`.
        seed: Seed of the new weights.

    Returns:
        A Keras tensor `(batch, rows / 4, columns / 4)`, 0..1.

    Raises:
        ConfigError: The base has no feature map at one of the three resolutions.
    """
    coarse, middle, fine = (_level(base, step) for step in (16, 8, 4))
    x = layers.Conv2D(_CHANNELS, 3, padding="same", **_named("coarse", seed))(coarse)
    x = _activated(_normalised(x, "coarse"), "coarse")
    x = _separable(x, _CHANNELS, 5, "context", seed)
    x = _joined(x, middle, _CHANNELS, "middle", seed)
    x = _separable(x, _FINE_CHANNELS, 3, "detail", seed)
    x = _joined(x, fine, _FINE_CHANNELS, "fine", seed)
    x = layers.DepthwiseConv2D(3, padding="same", name=f"{PREFIX}_border", depthwise_initializer=_start(seed))(x)
    x = layers.Conv2D(1, 1, name=f"{PREFIX}_conv", kernel_initializer=_start(seed))(x)
    x = layers.Activation("sigmoid", name=f"{PREFIX}_sigmoid", dtype="float32")(x)
    return layers.Reshape(x.shape[1:3], name=LUNGS_LAYER)(x)


def _level(base: keras.Model, step: int) -> Any:
    """The last feature map at a `step`-th of the resolution; the sum that closes a block where there is one."""
    rows, columns = (-(-side // step) for side in base.inputs[0].shape[1:3])
    maps = [
        layer for layer in base.layers if len(layer.output.shape) == 4 and layer.output.shape[1:3] == (rows, columns)
    ]
    sums = [layer for layer in maps if isinstance(layer, layers.Add)]
    if not maps or base.inputs[0].shape[1] % step:
        raise ConfigError(
            f"{base.name} has no feature map of {rows} x {columns} cells for the lung head.",
            hint="Choose a model.input_px that 16 divides, or switch the head off: lungs.head=false.",
        )
    return (sums or maps)[-1].output


def _joined(x: Any, finer: Any, channels: int, name: str, seed: int) -> Any:
    """Doubles the resolution and adds what the base sees there."""
    larger = layers.UpSampling2D(2, interpolation="bilinear", name=f"{PREFIX}_{name}_up")(x)
    seen = _normalised(layers.Conv2D(channels, 1, **_named(name, seed))(finer), name)
    return _activated(layers.Add(name=f"{PREFIX}_{name}_add")([larger, seen]), name)


def _separable(x: Any, channels: int, kernel: int, name: str, seed: int) -> Any:
    x = layers.DepthwiseConv2D(
        kernel, padding="same", name=f"{PREFIX}_{name}_depthwise", depthwise_initializer=_start(seed)
    )(x)
    return _activated(_normalised(layers.Conv2D(channels, 1, **_named(name, seed))(x), name), name)


def _normalised(x: Any, name: str) -> Any:
    """Feature maps of a base reach 30 and more; without this the head would begin with all its ReLU6 at their limit."""
    return layers.BatchNormalization(momentum=0.95, name=f"{PREFIX}_{name}_bn")(x)


def _activated(x: Any, name: str) -> Any:
    return layers.ReLU(6.0, name=f"{PREFIX}_{name}_relu")(x)


def _named(name: str, seed: int) -> dict[str, Any]:
    return {"name": f"{PREFIX}_{name}_conv", "kernel_initializer": _start(seed), "use_bias": False}


def _start(seed: int) -> keras.initializers.Initializer:
    return keras.initializers.HeNormal(seed=seed)
