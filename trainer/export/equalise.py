"""Equalises the channels of linear feature maps before quantization; the output of the net stays the same.

A quantized tensor has one scale for all its channels, so a channel with a tenth of the range of another gets a tenth of
its levels. Where a feature map is linear (a convolution with batch normalisation and no activation, and sums of such,
as between the inverted residuals of MobileNetV2), each channel can be divided by a factor where it is computed
and multiplied by it in the convolution that reads it (Nagel et al. 2019, "Data-Free Quantization Through Weight
Equalization and Bias Correction", arXiv 1906.04721, section 4.1; here with measured ranges of the feature map).

It also improves the agreement of runtimes, which round differently in the last bit: the last bit of a coarse feature
map is many bits of the next one.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

MAX_FACTOR = 32.0
"""Maximum factor: the weights of a channel that is hardly used would otherwise dominate those of the others."""
RANGE_PERCENTILE = 99.99


def equalise_channels(model: keras.Model, films: NDArray[np.uint8], strength: float = 1.0) -> int:
    """Equalises every group of linear feature maps that allows it, in place.

    Args:
        model: A flat graph on `(batch, height, width, 1)` pixels 0..255.
        films: `(films, height, width)` uint8 for the ranges of the channels.
        strength: 1 makes all ranges equal, 0 changes nothing.

    Returns:
        The number of groups of feature maps that were equalised.
    """
    groups = _linear_groups(model)
    if not groups:
        return 0
    members = [tensor for group in groups for tensor in group]
    probe = keras.Model(model.inputs[0], [tensor.output for tensor in members])
    ranges: dict[str, NDArray[np.float32]] = {}
    for start in range(0, len(films), 32):
        batch = films[start : start + 32, :, :, None].astype(np.float32)
        outputs = probe(batch, training=False)
        for layer, output in zip(members, outputs if isinstance(outputs, list) else [outputs], strict=True):
            magnitude = np.abs(np.asarray(output)).reshape(-1, output.shape[-1])
            here = np.percentile(magnitude, RANGE_PERCENTILE, axis=0)
            ranges[layer.name] = np.maximum(ranges.get(layer.name, 0), here)
    for group in groups:
        largest = np.max([ranges[layer.name] for layer in group], axis=0)
        factor = np.maximum(largest / largest.max(), 1 / MAX_FACTOR) ** strength
        _rescale(model, group, factor.astype(np.float32))
    return len(groups)


def _consumers(model: keras.Model) -> dict[str, list[layers.Layer]]:
    """The layers that read each layer's output."""
    reading: dict[str, list[layers.Layer]] = defaultdict(list)
    for layer in model.layers[1:]:
        for tensor in layer.input if isinstance(layer.input, list) else [layer.input]:
            reading[tensor._keras_history.operation.name].append(layer)
    return reading


def _linear_groups(model: keras.Model) -> list[list[layers.Layer]]:
    """Groups of layers whose outputs share channels through sums, and which only plain convolutions read."""
    reading = _consumers(model)
    linear = [layer for layer in model.layers if isinstance(layer, (layers.BatchNormalization, layers.Add))]
    number = {layer.name: index for index, layer in enumerate(linear)}
    sums = [(one, other) for one in linear for other in reading[one.name] if isinstance(other, layers.Add)]
    links = [(number[one.name], number[other.name]) for one, other in sums]
    rows, columns = np.array(links, dtype=np.int64).reshape(-1, 2).T
    graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(len(linear), len(linear)))
    _, group_of = connected_components(graph, directed=False)
    groups: dict[int, list[layers.Layer]] = defaultdict(list)
    refused: set[int] = set()
    for layer, group in zip(linear, group_of.tolist(), strict=True):
        groups[group].append(layer)
        sources = layer.input if isinstance(layer.input, list) else []
        if not reading[layer.name] or not all(_allows(reader) for reader in reading[layer.name]):
            refused.add(group)
        if any(tensor._keras_history.operation.name not in number for tensor in sources):
            refused.add(group)
    return [members for group, members in groups.items() if group not in refused]


def _allows(reader: layers.Layer) -> bool:
    return isinstance(reader, layers.Add) or (type(reader) is layers.Conv2D and reader.groups == 1)


def _rescale(model: keras.Model, group: list[layers.Layer], factor: NDArray[np.float32]) -> None:
    """Divides the channels of a group by `factor` where they are computed, and multiplies where they are read."""
    reading = _consumers(model)
    readers: dict[str, Any] = {}
    for layer in group:
        if isinstance(layer, layers.BatchNormalization):
            gamma, beta, mean, variance = layer.get_weights()
            layer.set_weights([gamma / factor, beta / factor, mean, variance])
        readers |= {reader.name: reader for reader in reading[layer.name] if isinstance(reader, layers.Conv2D)}
    for reader in readers.values():
        kernel, *bias = reader.get_weights()
        reader.set_weights([kernel * factor[:, None], *bias])
