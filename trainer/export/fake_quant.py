"""The net as int8 arithmetic computes it, written with TensorFlow's own fake quantization, so that it can be trained.

Weights are rounded to 255 levels a channel, feature maps to 256 levels between learnt limits. Gradients pass through
the rounding, and the limits have gradients of their own (Jain et al. 2020, "Trained Quantization Thresholds", arXiv
1903.08066). The converter reads the limits off the graph: what was trained is what the device computes.

Weights and limits are learnt as shares of what they were at the start: with batch normalisation folded, channels differ
by orders of magnitude, and one step of Adam would be a hair's breadth to one and would undo another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import NDArray

from trainer.export.fold_input import same_padding
from trainer.export.graph import EVIDENCE_CONV, LOGIT_CONV, PROBABILITY, SIGMOID
from trainer.nets.lung_head import is_lung_layer

PERCENTILE = 99.99
"""Limits begin at this percentile of a feature map, so that a single spike does not take the levels of all others."""
_FLOAT_LAYERS = (EVIDENCE_CONV, LOGIT_CONV)
"""The head stays in float: in int8 the probability would have 256 steps."""


class FakeQuant(layers.Layer):
    """Rounds a feature map to 256 levels between two learnt limits."""

    open = False
    """Passes everything on while True."""

    def __init__(self, fixed: tuple[float, float] | None = None, **options: Any) -> None:
        """Makes the limits.

        Args:
            fixed: Limits that are known and neither measured nor learnt.
            **options: Of `keras.layers.Layer`.
        """
        super().__init__(**options)
        self.fixed = fixed is not None
        self._fixed = fixed
        if fixed is None:
            self.low = self.add_weight(name="low", shape=(), initializer="zeros")
            self.high = self.add_weight(name="high", shape=(), initializer="ones")
            self._reach = self.add_weight(name="reach", shape=(), initializer="ones", trainable=False)

    def set(self, low: float, high: float) -> None:
        """Sets the limits; low <= 0 <= high."""
        reach = max(-low, high, 1e-3)
        self._reach.assign(reach)
        self.low.assign(low / reach)
        self.high.assign(high / reach)

    def call(self, x: Any) -> Any:
        """Maps a tensor to the same shape."""
        if self.open:
            return x
        if self._fixed:
            return tf.quantization.fake_quant_with_min_max_args(x, *self._fixed, num_bits=8)
        low, high = tf.minimum(self.low, 0.0), tf.maximum(self.high, 1e-3)
        return tf.quantization.fake_quant_with_min_max_vars(x, low * self._reach, high * self._reach, num_bits=8)


class RoundedConv(layers.Layer):
    """A convolution, plain or depthwise, whose weights are rounded to 255 levels a channel."""

    def __init__(
        self,
        conv: layers.Layer,
        kernel: NDArray[np.float32],
        bias: NDArray[np.float32],
        padding: str,
        rounds: bool = True,
    ) -> None:
        """Takes over a convolution.

        Args:
            conv: Gives stride and kind.
            kernel: `(rows, columns, in, out)`, or `(rows, columns, channels, 1)` of a depthwise one.
            bias: `(out,)`.
            padding: `same` or `valid`.
            rounds: False leaves the weights as they are, for a convolution that stays in float.
        """
        super().__init__(name=conv.name)
        self._rounds = rounds
        self._depthwise = isinstance(conv, layers.DepthwiseConv2D)
        self._strides, self._padding = list(conv.strides), padding.upper()
        self._axes = (0, 1, 3) if self._depthwise else (0, 1, 2)
        self._unit = np.maximum(np.abs(kernel).max(axis=self._axes, keepdims=True), 1e-9)
        self.kernel = self.add_weight(
            name="kernel", shape=kernel.shape, initializer=lambda *_, **__: tf.constant(kernel / self._unit)
        )
        self.bias = self.add_weight(name="bias", shape=bias.shape, initializer=lambda *_, **__: tf.constant(bias))

    def rounded(self) -> Any:
        """The kernel as int8 stores it."""
        if not self._rounds:
            return self.kernel * self._unit
        most = tf.reduce_max(tf.abs(self.kernel), axis=self._axes, keepdims=True)
        step = tf.stop_gradient(tf.maximum(most / 127, 1e-9))
        scaled = self.kernel / step
        return (scaled + tf.stop_gradient(tf.round(scaled) - scaled)) * step * self._unit

    def call(self, x: Any) -> Any:
        """Maps a feature map to the next."""
        kernel = self.rounded()
        if self._depthwise:
            y = tf.nn.depthwise_conv2d(x, kernel, [1, *self._strides, 1], self._padding)
        else:
            y = tf.nn.conv2d(x, kernel, self._strides, self._padding)
        return tf.nn.bias_add(y, self.bias)

    def compute_output_spec(self, x: Any) -> Any:
        """Shape of the result."""
        rows, columns = (
            -(-size // step) if self._padding == "SAME" else -(-(size - kernel + 1) // step)
            for size, step, kernel in zip(x.shape[1:3], self._strides, self.kernel.shape[:2], strict=True)
        )
        return keras.KerasTensor((x.shape[0], rows, columns, self.bias.shape[0]), x.dtype)


def fake_quantized(graph: keras.Model, float_share: float = 0.0) -> keras.Model:
    """Rebuilds an exported graph with batch normalisation folded, weights rounded, and limits on every feature map.

    Args:
        graph: From `export_graph`, with `fold_input` behind it.
        float_share: Share of the convolutions, from the input on, that stay in float.

    Returns:
        A model with the same input and outputs and weights of its own; `set_limits` must follow.
    """
    own = keras.models.clone_model(graph)  # its layers stand in this graph alone, so that `input` says what they read
    own.set_weights(graph.get_weights())
    graph = own
    reading: dict[str, list[Any]] = defaultdict(list)
    for layer in graph.operations:
        for tensor in keras.tree.flatten(getattr(layer, "input", [])):
            reading[tensor._keras_history.operation.name].append(layer)
    unrounded = _first_layers(graph, float_share)

    def call(layer: Any, *arguments: Any, **options: Any) -> Any:
        readers = reading[layer.name]
        if isinstance(layer, layers.ZeroPadding2D) and all(_pads_like_same(layer, reader) for reader in readers):
            return arguments[0]  # the convolution pads
        if isinstance(layer, layers.BatchNormalization) and _is_conv(_source(layer.input)):
            result = arguments[0]  # the convolution holds it
        elif _is_conv(layer) and layer.name not in _FLOAT_LAYERS:
            normalised = next((reader for reader in readers if isinstance(reader, layers.BatchNormalization)), None)
            padded = _pads_like_same(_source(layer.input), layer)
            kernel, bias = _folded(layer, normalised)
            bias = bias + kernel.sum(axis=(0, 1, 2)) * _off_centre(_source(layer.input))
            conv = RoundedConv(layer, kernel, bias, "same" if padded else layer.padding, layer.name not in unrounded)
            result = conv(arguments[0])
        elif isinstance(layer, layers.GlobalAveragePooling2D):
            result = _float_mean(arguments[0])
        elif layer.name == LOGIT_CONV:
            return _float_logit(layer, arguments[0])
        elif layer.name == SIGMOID:
            return arguments[0]
        elif layer.name == PROBABILITY:
            return keras.ops.sigmoid(arguments[0])
        elif _is_centring(layer):
            result = arguments[0] - np.float32(np.round(arguments[1]))
        else:
            result = layer(*arguments, **options)
        within = layer.name in unrounded and all(reader.name in unrounded for reader in readers)
        if within or not _is_rounded(layer, readers):
            return result
        grey = (-float(np.round(arguments[1])), 255 - float(np.round(arguments[1]))) if _is_centring(layer) else None
        return FakeQuant(grey, name=f"{layer.name}_limits")(result)

    return keras.models.clone_model(graph, clone_function=lambda layer: layer, call_function=call)


def set_limits(model: keras.Model, films: NDArray[np.uint8], batch: int = 16) -> None:
    """Measures the feature maps of a net and sets its limits, in place.

    Args:
        model: From `fake_quantized`.
        films: `(films, height, width)` uint8.
        batch: Films at a time.
    """
    limits = [layer for layer in model.layers if isinstance(layer, FakeQuant) and not layer.fixed]
    probe = keras.Model(model.inputs[0], [layer.input for layer in limits])
    for layer in limits:
        layer.open = True  # so that every map is measured as the net without rounding gives it
    low, high = np.zeros(len(limits)), np.zeros(len(limits))
    for start in range(0, len(films), batch):
        maps = probe(films[start : start + batch, ..., None].astype(np.float32), training=False)
        for index, values in enumerate(maps):
            found = np.percentile(np.asarray(values), [100 - PERCENTILE, PERCENTILE])
            low[index], high[index] = min(low[index], found[0]), max(high[index], found[1])
    for layer, least, most in zip(limits, low, high, strict=True):
        layer.set(float(least), float(most))
        layer.open = False


def _float_mean(feature_map: Any) -> Any:
    """Mean over the cells. The converter gives a mean the levels of what it averages; a sum it leaves in float, and
    with it the logit and, written out, the sigmoid."""
    cells = feature_map.shape[1] * feature_map.shape[2]
    return keras.ops.sum(feature_map, axis=(1, 2), keepdims=True) / cells


def _float_logit(conv: layers.Layer, pooled: Any) -> Any:
    """The logit `(batch, 1)`. No reshape may come behind the sigmoid: the converter would store it in 256 levels."""
    kernel, bias = conv.get_weights()
    features = keras.ops.reshape(pooled, (-1, pooled.shape[-1]))
    return keras.ops.sum(features * kernel.reshape(1, -1), axis=-1, keepdims=True) + bias


def _first_layers(graph: keras.Model, share: float) -> set[str]:
    """Names of the layers up to the last of the first convolutions, with the sum that closes its block."""
    base = [layer for layer in graph.operations if not is_lung_layer(layer) and layer.name not in _FLOAT_LAYERS]
    convolutions = [index for index, layer in enumerate(base) if _is_conv(layer)]
    count = round(share * len(convolutions))
    if count == 0:
        return set()
    end = convolutions[count - 1] + 1
    while isinstance(base[end], layers.BatchNormalization | layers.ReLU | layers.Add):
        end += 1
    return {layer.name for layer in base[:end]}


def _source(tensor: Any) -> Any:
    """The layer that makes a tensor."""
    return tensor._keras_history.operation


def _is_conv(layer: Any) -> bool:
    return type(layer) in (layers.Conv2D, layers.DepthwiseConv2D)


def _is_rounded(layer: Any, readers: Sequence[Any]) -> bool:
    """Whether int8 stores what a layer makes: not where the next operation is computed together with it."""
    if layer.name in _FLOAT_LAYERS or len(layer.output.shape) != 4 or isinstance(layer, layers.UpSampling2D):
        return False  # enlarging keeps the levels it is given
    fused = (layers.BatchNormalization, layers.ReLU)
    if _is_conv(layer) or isinstance(layer, layers.BatchNormalization):
        return not (len(readers) == 1 and isinstance(readers[0], fused))
    return isinstance(layer, layers.ReLU | layers.Add) or _is_centring(layer)


def _is_centring(layer: Any) -> bool:
    """Whether an operation subtracts the grey that lies around a film: the first one of a folded graph."""
    return type(layer).__name__ == "Subtract" and isinstance(_source(layer.input), layers.InputLayer)


def _off_centre(layer: Any) -> float:
    """By how much the grey that is subtracted was rounded; the convolution behind it adds that again."""
    if not _is_centring(layer):
        return 0.0
    grey = float(layer._inbound_nodes[0].arguments.args[1])
    return float(np.round(grey)) - grey


def _pads_like_same(pad: Any, conv: Any) -> bool:
    return (
        isinstance(pad, layers.ZeroPadding2D)
        and _is_conv(conv)
        and conv.padding == "valid"
        and pad.padding == same_padding(conv, pad.input.shape[1:3])
    )


def _folded(conv: Any, normalised: Any) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Kernel and bias of a convolution with the batch normalisation behind it."""
    kernel, *rest = conv.get_weights()
    depthwise = isinstance(conv, layers.DepthwiseConv2D)
    bias = rest[0] if rest else np.zeros(kernel.shape[2] if depthwise else kernel.shape[3], np.float32)
    if normalised is None:
        return kernel, bias
    gamma, beta, mean, variance = normalised.get_weights()
    scale = gamma / np.sqrt(variance + normalised.epsilon)
    return kernel * (scale[:, None] if depthwise else scale), beta + (bias - mean) * scale
