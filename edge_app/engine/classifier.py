"""Runs a model file: one inference returns probability, evidence and features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.bundle import Bundle, ModelFile, Variant
from edge_app.bundle.manifest import Tensor
from edge_app.engine.runtime import Runtime, build_interpreter, find_runtime, quiet_stderr
from edge_app.system.errors import BundleError, RuntimeUnavailableError
from edge_app.system.machine import default_threads

SIGNATURE = "serving_default"


@dataclass(frozen=True, slots=True, eq=False)
class Outputs:
    """The raw outputs of the graph for one film.

    Attributes:
        probability: Uncalibrated probability, 0..1.
        evidence: `(grid rows, grid columns)` float32, >= 0: the Grad-CAM of the logit, ReLU(sum_k w_k A_k) / cells.
        features: `(channels,)` float32: the pooled last feature map.
        lungs: `(rows, columns)` float32, 0..1: probability that a cell is lung; None if the model has no lung head.
    """

    probability: float
    evidence: NDArray[np.float32]
    features: NDArray[np.float32]
    lungs: NDArray[np.float32] | None = None


class Classifier:
    """A model file in a runtime. Not thread-safe."""

    def __init__(
        self,
        model_bytes: bytes,
        model: ModelFile,
        *,
        runtime: Runtime | None = None,
        threads: int | None = None,
    ) -> None:
        """Builds the interpreter.

        Args:
            model_bytes: Verified `.tflite` bytes.
            model: Their description from the manifest.
            runtime: Runtime; `None` for the first installed one.
            threads: Threads of one inference; `None` for a default by the number of cores.

        Raises:
            BundleError: The tensors of the graph differ from the manifest.
            RuntimeUnavailableError: No runtime can run the model.
        """
        self.runtime = runtime or find_runtime()
        self.threads = threads or default_threads()
        self._bytes = model_bytes  # the interpreter reads from this buffer
        interpreter = build_interpreter(self.runtime, model_bytes, self.threads)
        try:
            self._run: Any = interpreter.get_signature_runner(SIGNATURE)
        except ValueError as error:
            raise BundleError("bundle.no_signature", detail=repr(error)) from error
        self._interpreter = interpreter
        self._input = _single_input(model)
        _check_tensors(self._run.get_input_details(), model.inputs)
        _check_tensors(self._run.get_output_details(), model.outputs)
        self._output_names = {output.name for output in model.outputs}
        # The first inference builds kernels and logs messages. Run it now to keep it out of the timings.
        height, width = self._input.shape[1:3]
        with quiet_stderr():
            self(np.zeros((height, width), dtype=np.uint8))

    @classmethod
    def from_bundle(
        cls, bundle: Bundle, variant: Variant = "quant", *, runtime: Runtime | None = None, threads: int | None = None
    ) -> Classifier:
        """Builds the classifier of a verified bundle."""
        return cls(bundle.model_bytes(variant), bundle.manifest.variant(variant), runtime=runtime, threads=threads)

    def __call__(self, pixels: NDArray[np.uint8]) -> Outputs:
        """Runs the model on one preprocessed film.

        Args:
            pixels: `(height, width)` uint8, from `imaging.preprocess`.

        Returns:
            Copies of the graph's outputs.

        Raises:
            ValueError: The pixels have another size or dtype than the model's input.
            RuntimeUnavailableError: An output is not finite.
        """
        if pixels.dtype != np.uint8 or pixels.shape != self._input.shape[1:3]:
            raise ValueError(
                f"The model takes uint8 pixels of {self._input.shape[1:3]}. Received: {pixels.dtype} of {pixels.shape}."
            )
        result = self._run(**{self._input.name: _as_tensor(pixels, self._input)})
        probability = float(result["probability"].reshape(()))
        evidence = np.array(result["evidence"], dtype=np.float32)[0]
        features = np.array(result["features"], dtype=np.float32)[0]
        lungs = np.array(result["lungs"], dtype=np.float32)[0] if "lungs" in result else None
        maps = [evidence, features] if lungs is None else [evidence, features, lungs]
        if not (0 <= probability <= 1 and all(np.isfinite(values).all() for values in maps)):
            raise RuntimeUnavailableError("runtime.no_answer")
        return Outputs(probability, evidence, features, lungs)


def _single_input(model: ModelFile) -> Tensor:
    if len(model.inputs) != 1 or len(model.inputs[0].shape) != 4 or model.inputs[0].shape[3] != 1:
        raise BundleError("bundle.input", detail=repr(model.inputs))
    return model.inputs[0]


def _as_tensor(pixels: NDArray[np.uint8], tensor: Tensor) -> NDArray[Any]:
    """Adds batch and channel axes, and quantizes for a quantized input: q = round(x / scale) + zero_point."""
    batch = pixels[None, :, :, None]
    if tensor.dtype == "float32":
        return batch.astype(np.float32)
    if tensor.dtype == "uint8" and tensor.scale == 1 and tensor.zero_point == 0:
        return batch
    bounds = np.iinfo(tensor.dtype)
    levels = np.rint(np.arange(256) / tensor.scale) + tensor.zero_point
    table: NDArray[Any] = np.clip(levels, bounds.min, bounds.max).astype(tensor.dtype)
    quantized: NDArray[Any] = table[batch]
    return quantized


def _check_tensors(details: dict[str, Any], stated: tuple[Tensor, ...]) -> None:
    found = {}
    for name, detail in details.items():
        scale, zero_point = detail["quantization"]
        shape = tuple(int(side) for side in detail["shape"])
        found[name] = (shape, np.dtype(detail["dtype"]).name, round(float(scale), 6), int(zero_point))
    wanted = {t.name: (t.shape, t.dtype, round(t.scale, 6), t.zero_point) for t in stated}
    if found != wanted:
        raise BundleError("bundle.tensors", detail=f"manifest {wanted}, graph {found}")
