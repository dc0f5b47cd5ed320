"""Converts a Keras graph to `.tflite` files, with builtin operations only, so that unsupported ones fail here."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from edge_app.engine.classifier import SIGNATURE
from trainer.errors import TrainingError
from trainer.export.graph import EVIDENCE_CONV, LOGIT_CONV
from trainer.export.pack_weights import pack_weights

Precision = Literal["float", "quant", "dynamic", "float16"]

_FLOAT_HEAD = ("SUM", "MUL")
"""What the tuned graph writes the head's mean and logit with."""

_HEAD_OPS = ["LOGISTIC", "MEAN", "RESHAPE"]
"""Operations of the head only. They stay in float, with the head's two small convolutions: in int8 the probability
would have 256 steps and the logit steps of 0.04, for 0.02 % of the multiplications."""


def convert(
    graph: keras.Model, calibration: NDArray[np.uint8], float_share: float = 0.0, int8: keras.Model | None = None
) -> dict[Precision, bytes]:
    """Converts an exported graph to every precision; `float` and `quant` are shipped, the others are compared.

    Args:
        graph: Graph from `export_graph`.
        calibration: `(films, height, width)` uint8 training films for the ranges of activations.
        float_share: Share of the convolutions, counted from the input, that `quant` keeps in float. They hold few
            of the weights, but rounding differences of runtimes there grow through all later layers.
        int8: From `trainer.export.quant_tuning.tuned_int8`; None measures ranges only.

    Returns:
        The files, by precision. `quant` has int8 weights (per channel) and activations after the convolutions that
        stay in float, whose weights are float16; its input and outputs are float32.

    Raises:
        TrainingError: The converter quantized operations of the head.
    """
    with tempfile.TemporaryDirectory() as folder:
        saved = _save(graph, Path(folder) / "saved_model")
        files: dict[Precision, bytes] = {"float": _converter(saved).convert()}
        files["quant"] = (
            _quantize(saved, files["float"], calibration, float_share)
            if int8 is None
            else _convert_int8(int8, Path(folder) / "int8")
        )
        dynamic = _converter(saved)
        dynamic.optimizations = [tf.lite.Optimize.DEFAULT]
        files["dynamic"] = dynamic.convert()
        half = _converter(saved)
        half.optimizations = [tf.lite.Optimize.DEFAULT]
        half.target_spec.supported_types = [tf.float16]
        files["float16"] = half.convert()
    return files


def _save(graph: keras.Model, folder: Path) -> Path:
    _, height, width, channels = graph.inputs[0].shape
    archive = keras.export.ExportArchive()
    archive.track(graph)
    archive.add_endpoint(
        SIGNATURE,
        fn=lambda pixels: graph(pixels, training=False),
        input_signature=[tf.TensorSpec((1, height, width, channels), tf.float32, name="pixels")],
    )
    archive.write_out(str(folder), verbose=False)
    return folder


def _converter(saved: Path) -> Any:
    converter = tf.lite.TFLiteConverter.from_saved_model(str(saved))
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    return converter


def _quantize(saved: Path, float_model: bytes, calibration: NDArray[np.uint8], float_share: float) -> bytes:
    converter = _converter(saved)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative(calibration)
    # The debugger is the only public way to keep chosen operations in float; it leaves no trace in the file.
    kept = _named_nodes(float_model) + _first_nodes(float_model, float_share)
    options = tf.lite.experimental.QuantizationDebugOptions(
        denylisted_ops=_HEAD_OPS, denylisted_nodes=kept, fully_quantize=False
    )
    with warnings.catch_warnings():
        # The debugger builds TensorFlow's own interpreter, which is deprecated.
        warnings.filterwarnings("ignore", message=r"\s*Warning: tf.lite.Interpreter is deprecated")
        debugger = tf.lite.experimental.QuantizationDebugger(converter=converter, debug_options=options)
        quantized: bytes = debugger.get_nondebug_quantized_model()
    _require_float(quantized, kept)
    return pack_weights(quantized, keep=(EVIDENCE_CONV, LOGIT_CONV))


def _convert_int8(int8: keras.Model, folder: Path) -> bytes:
    """Limits stand in the graph, so nothing is measured."""
    converter = _converter(_save(int8, folder))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    quantized: bytes = converter.convert()
    coarse = [
        name
        for name, outputs in operations(quantized)
        if name in _FLOAT_HEAD and any(np.dtype(tensor["dtype"]) != np.float32 for tensor in outputs)
    ]
    if coarse:
        raise TrainingError(
            "The converter quantized the head, which must stay in float.",
            hint="This TensorFlow converts in another way; use the version that constraints.txt names.",
            detail=", ".join(coarse),
        )
    return pack_weights(quantized, keep=(EVIDENCE_CONV, LOGIT_CONV))


def representative(films: NDArray[np.uint8]) -> Callable[[], Iterator[dict[str, NDArray[np.float32]]]]:
    """Films for the converter: one at a time, by the name of the signature's input."""

    def generate() -> Iterator[dict[str, NDArray[np.float32]]]:
        for film in films:
            yield {"pixels": film[None, :, :, None].astype(np.float32)}

    return generate


def operations(model: bytes) -> list[tuple[str, list[dict[str, Any]]]]:
    """Name and output tensors of each operation of a `.tflite` file, in order of execution."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=model)
    return [
        (op["op_name"], [interpreter._get_tensor_details(index, 0) for index in op["outputs"]])
        for op in interpreter._get_ops_details()
    ]


def _named_nodes(model: bytes) -> list[str]:
    """Names of the tensors that the head's two convolutions write."""
    return [
        tensor["name"]
        for name, outputs in operations(model)
        for tensor in outputs
        if name == "CONV_2D" and (EVIDENCE_CONV in tensor["name"] or LOGIT_CONV in tensor["name"])
    ]


def _first_nodes(model: bytes, share: float) -> list[str]:
    """Names of the output tensors up to the last of the first convolutions, in order of execution."""
    executed = operations(model)
    convolutions = [index for index, (name, _) in enumerate(executed) if "CONV_2D" in name]
    count = round(share * len(convolutions))
    if count == 0:
        return []
    end = convolutions[count - 1] + 1
    # The sum at the end of a block belongs to the block.
    while end < len(executed) and executed[end][0] == "ADD":
        end += 1
    return [tensor["name"] for _, outputs in executed[:end] for tensor in outputs]


def _require_float(model: bytes, kept: list[str]) -> None:
    coarse = [
        tensor["name"]
        for name, outputs in operations(model)
        for tensor in outputs
        if (name in _HEAD_OPS or tensor["name"] in kept) and np.dtype(tensor["dtype"]) != np.float32
    ]
    if coarse:
        raise TrainingError(
            "The converter quantized operations that must stay in float.",
            hint="This TensorFlow has other names for its operations; use the version in constraints.txt.",
            detail=", ".join(coarse),
        )
