"""Folds the rescaling and the three equal colour channels into the first convolution, so that it reads grey levels.

In int8 the separate steps cost accuracy (the rescaled film has 170 levels instead of 256) and agreement between
runtimes, which round these steps differently for every pixel. After folding only the padding grey is subtracted, in
whole grey levels, and the first rounding follows the first convolution.

The padding value is then 0, as in any padded convolution. Padding with the grey itself would give the same result, but
XNNPACK does not support it: it would run the net in two parts and unpack all weights for every film.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers


def fold_input(model: keras.Model) -> keras.Model:
    """Folds the input of a graph from `trainer.export.graph.export_graph`.

    With x = a p + b in each of three channels and g the grey that maps to 0, sum_c w_c x_c = (sum_c w_c) a (p - g): a
    convolution of the grey levels minus g with the summed kernel.

    Args:
        model: Begins pixels -> grey_to_rgb -> rescale -> (zero padding) -> convolution.

    Returns:
        An equivalent model; `model` itself where it begins with other layers.
    """
    names = [layer.name for layer in model.layers]
    if "rescale" not in names or not _is_unit_range(model.get_layer("rescale")):
        return model
    start = names.index("rescale") + 1
    first = model.layers[start]
    explicit = None
    if isinstance(first, layers.ZeroPadding2D):
        explicit, start = first.padding, start + 1
        first = model.layers[start]
    if type(first) is not layers.Conv2D:
        return model
    scale, offset = float(model.get_layer("rescale").scale), float(model.get_layer("rescale").offset)
    kernel = first.get_weights()[0]
    own_bias = first.get_weights()[1] if first.use_bias else np.zeros(kernel.shape[-1], np.float32)

    pixels = keras.Input(model.inputs[0].shape[1:], name="pixels")
    seen = keras.ops.subtract(pixels, np.float32(-offset / scale))
    padding = first.padding
    if padding == "valid" and explicit == same_padding(first, model.inputs[0].shape[1:3]):
        padding = "same"
    elif explicit is not None:
        seen = layers.ZeroPadding2D(explicit, name="pad")(seen)
    conv = layers.Conv2D(first.filters, first.kernel_size, strides=first.strides, padding=padding, name="grey_conv")
    output = conv(seen)
    conv.set_weights([kernel.sum(axis=2, keepdims=True) * scale, own_bias])
    return keras.Model(pixels, _replay(model, first, output), name=model.name)


def _is_unit_range(layer: layers.Layer) -> bool:
    return isinstance(layer, layers.Rescaling) and np.ndim(layer.scale) == 0 and np.ndim(layer.offset) == 0


def same_padding(conv: layers.Conv2D, size: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int]]:
    """The padding of this convolution with `same`: the odd pixel goes to the bottom and the right."""
    sides = []
    for length, kernel, stride in zip(size, conv.kernel_size, conv.strides, strict=True):
        total = max((-(-length // stride) - 1) * stride + kernel - length, 0)
        sides.append((total // 2, total - total // 2))
    return (sides[0], sides[1])


def _replay(model: keras.Model, replaced: layers.Layer, output: Any) -> Any:
    """Applies every layer after `replaced` to `output`; weights are shared."""
    known = {id(replaced.output): output}
    for layer in model.layers[model.layers.index(replaced) + 1 :]:
        inputs = layer.input if isinstance(layer.input, list) else [layer.input]
        arguments = [known[id(tensor)] for tensor in inputs]
        result = layer(arguments if len(arguments) > 1 else arguments[0])
        known[id(layer.output)] = result
    return keras.tree.map_structure(lambda tensor: known[id(tensor)], model.output)
