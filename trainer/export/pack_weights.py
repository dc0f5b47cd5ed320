"""Stores the weights of float convolutions as float16; the convolutions still compute in float32.

The converter writes float weights as float32. Here they become float16 with a DEQUANTIZE operation, which runtimes run
once, when they build the interpreter. int8 with the same operation would take one byte, but it changed probabilities by
up to 0.2, because of the depthwise weights of the first blocks.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from tensorflow.lite.python import schema_py_generated as schema
from tensorflow.lite.tools import flatbuffer_utils

_CONVOLUTIONS = (schema.BuiltinOperator.CONV_2D, schema.BuiltinOperator.DEPTHWISE_CONV_2D)
_FLOAT16_VERSION = 3
"""The version of DEQUANTIZE that reads float16; tflite-runtime 2.14 supports it."""


def pack_weights(model: bytes, keep: tuple[str, ...] = ()) -> bytes:
    """Packs the float32 weights of convolutions into float16.

    Args:
        model: A `.tflite` file with one subgraph.
        keep: Convolutions whose output tensor has one of these strings in its name are left unchanged.

    Returns:
        The packed file. A weight changes by at most 1/2048 of its value.
    """
    parsed = flatbuffer_utils.read_model_from_bytearray(bytearray(model))
    graph = parsed.subgraphs[0]
    codes = [max(code.builtinCode, code.deprecatedBuiltinCode) for code in parsed.operatorCodes]
    unpacking = []
    for operation in graph.operators:
        if codes[operation.opcodeIndex] not in _CONVOLUTIONS:
            continue
        weights = graph.tensors[operation.inputs[1]]
        data = parsed.buffers[weights.buffer].data
        kept = any(part in _name(graph.tensors[operation.outputs[0]]) for part in keep)
        if kept or weights.type != schema.TensorType.FLOAT32 or data is None or not len(data):
            continue
        packed = _add_packed(parsed, weights, np.frombuffer(bytes(data), np.float32))
        unpacking.append(_dequantize(parsed, packed, operation.inputs[1]))
        weights.buffer = 0
    graph.operators = unpacking + list(graph.operators)
    _empty_unused_buffers(parsed)
    return bytes(flatbuffer_utils.convert_object_to_bytearray(parsed))


def _name(tensor: Any) -> str:
    return tensor.name.decode() if isinstance(tensor.name, bytes) else str(tensor.name)


def _add_packed(parsed: Any, weights: Any, values: Any) -> int:
    """Adds a float16 copy of a weight tensor; returns its index."""
    tensor = schema.TensorT()
    tensor.name = f"{_name(weights)}_float16".encode()
    tensor.type = schema.TensorType.FLOAT16
    tensor.shape = weights.shape
    tensor.buffer = len(parsed.buffers)
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(values.astype(np.float16).tobytes(), np.uint8)
    parsed.buffers.append(buffer)
    tensors = parsed.subgraphs[0].tensors
    tensors.append(tensor)
    return len(tensors) - 1


def _dequantize(parsed: Any, source: int, target: int) -> Any:
    operation = schema.OperatorT()
    operation.opcodeIndex = _dequantize_code(parsed)
    operation.inputs, operation.outputs = [source], [target]
    operation.builtinOptionsType = schema.BuiltinOptions.DequantizeOptions
    operation.builtinOptions = schema.DequantizeOptionsT()
    return operation


def _dequantize_code(parsed: Any) -> int:
    """Index of the operation in the file's table; adds it where it is missing."""
    wanted = schema.BuiltinOperator.DEQUANTIZE
    for index, code in enumerate(parsed.operatorCodes):
        if max(code.builtinCode, code.deprecatedBuiltinCode) == wanted and code.version == _FLOAT16_VERSION:
            return index
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = wanted
    code.version = _FLOAT16_VERSION
    parsed.operatorCodes.append(code)
    return len(parsed.operatorCodes) - 1


def _empty_unused_buffers(parsed: Any) -> None:
    """Removes the bytes that no tensor refers to any more."""
    used = {tensor.buffer for graph in parsed.subgraphs for tensor in graph.tensors}
    used |= {metadata.buffer for metadata in parsed.metadata or []}
    for index, buffer in enumerate(parsed.buffers):
        if index not in used:
            buffer.data = None
