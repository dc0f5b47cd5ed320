"""The shipped network in each runtime, as a case for a `CaseProcess`.

The peers' own tools convert the network: tf2onnx and ONNX Runtime's quantization, OpenVINO with NNCF, Keras with its
own file. All int8 files are calibrated on the same films.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.bench.frame import Case, SkippedError

ENOUGH_S = 0.04
"""Seconds of all invokes of one round: long against the clock and the wake-up of threads."""
CALIBRATION_FILMS = 100

Run = Callable[[np.ndarray], float]


def _case(run: Run, films: np.ndarray) -> tuple[Case, list[float]]:
    """Times `run` over the films in turn; the description is its answer for each film."""
    answers = [run(film) for film in films]
    start = time.perf_counter()
    for film in films[:4]:
        run(film)
    count = max(4, round(ENOUGH_S / ((time.perf_counter() - start) / 4)))

    def case() -> dict[str, float]:
        begin = time.perf_counter()
        for index in range(count):
            run(films[index % len(films)])
        return {"ms": (time.perf_counter() - begin) * 1000 / count}

    return case, answers


def litert(model: Path, films: np.ndarray, threads: int, package: str = "ai_edge_litert") -> tuple[Case, list[float]]:
    """LiteRT, or tflite-runtime by its package, without the classifier of the app."""
    interpreter = importlib.import_module(f"{package}.interpreter").Interpreter(str(model), num_threads=threads)
    interpreter.allocate_tensors()
    entry = interpreter.get_input_details()[0]["index"]
    names = {detail["name"]: detail["index"] for detail in interpreter.get_output_details()}
    outputs = list(names.values())
    probability = next(d["index"] for d in interpreter.get_output_details() if list(d["shape"]) == [1, 1])

    def run(film: np.ndarray) -> float:
        interpreter.set_tensor(entry, film[None, :, :, None].astype(np.float32))
        interpreter.invoke()
        found = {index: interpreter.get_tensor(index) for index in outputs}
        return float(found[probability][0, 0])

    return _case(run, films)


def onnx_runtime(model: Path, films: np.ndarray, threads: int) -> tuple[Case, list[float]]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    entry = session.get_inputs()[0].name
    place = next(index for index, output in enumerate(session.get_outputs()) if output.shape == [1, 1])

    def run(film: np.ndarray) -> float:
        return float(session.run(None, {entry: film[None, :, :, None].astype(np.float32)})[place][0, 0])

    return _case(run, films)


def openvino(model: Path, films: np.ndarray, threads: int, precision: str = "f32") -> tuple[Case, list[float]]:
    """`precision` f32 keeps the float network float: on processors with AMX OpenVINO's default is bfloat16."""
    import openvino as ov

    core = ov.Core()
    compiled = core.compile_model(
        core.read_model(model),
        "CPU",
        {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": precision,
        },
    )
    request = compiled.create_infer_request()
    place = next(index for index, output in enumerate(compiled.outputs) if list(output.shape) == [1, 1])

    def run(film: np.ndarray) -> float:
        request.infer([film[None, :, :, None].astype(np.float32)])
        return float(request.get_output_tensor(place).data[0, 0])

    return _case(run, films)


def keras_predict(model: Path, films: np.ndarray) -> tuple[Case, list[float]]:
    import keras

    net = keras.models.load_model(model, compile=False)

    def run(film: np.ndarray) -> float:
        return float(np.ravel(net.predict(film[None, :, :, None].astype(np.float32), verbose=0))[0])

    return _case(run, films)


def make_onnx(float_file: Path, films: np.ndarray, folder: Path) -> tuple[Path, Path]:
    """Converts and quantizes for ONNX Runtime, in a process of its own: it imports TensorFlow.

    Args:
        float_file: The float `.tflite`.
        films: `(films, height, width)` uint8, to calibrate on.
        folder: Where the files go.

    Returns:
        The float and the int8 `.onnx`.

    Raises:
        SkippedError: Something is not installed, or the conversion failed.
    """
    for name in ("onnxruntime", "tf2onnx", "tensorflow"):
        if importlib.util.find_spec(name) is None:
            raise SkippedError(f"{name} is not installed")
    calibration = folder / "calibration.npy"
    np.save(calibration, films)
    plain, quantized = folder / "net.onnx", folder / "net-int8.onnx"
    convert = [sys.executable, "-m", "tf2onnx.convert", "--tflite", str(float_file), "--output", str(plain)]
    _process([*convert, "--opset", "17"])
    _process([sys.executable, "-m", "tests.bench.peers", "onnx", str(plain), str(quantized), str(calibration)])
    return plain, quantized


def make_openvino(float_file: Path, films: np.ndarray, folder: Path) -> Path:
    """Quantizes for OpenVINO with NNCF; arguments and errors as for `make_onnx`. Returns the int8 `.xml`."""
    for name in ("openvino", "nncf"):
        if importlib.util.find_spec(name) is None:
            raise SkippedError(f"{name} is not installed")
    calibration, quantized = folder / "calibration.npy", folder / "net-int8.xml"
    np.save(calibration, films)
    _process([sys.executable, "-m", "tests.bench.peers", "openvino", str(float_file), str(quantized), str(calibration)])
    return quantized


def _process(command: list[str]) -> None:
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise SkippedError(f"{' '.join(command[1:4])} failed: {(done.stderr.strip().splitlines() or ['?'])[-1][:200]}")


def _quantize_onnx(plain: str, quantized: str, calibration: str) -> None:
    from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    films = np.load(calibration)
    prepared = plain.replace(".onnx", "-prepared.onnx")
    quant_pre_process(plain, prepared, skip_symbolic_shape=True)  # all shapes are fixed
    import onnx

    entry = onnx.load(prepared).graph.input[0].name

    class Films(CalibrationDataReader):
        def __init__(self) -> None:
            self._left = iter(films)

        def get_next(self) -> dict[str, np.ndarray] | None:
            film = next(self._left, None)
            return None if film is None else {entry: film[None, :, :, None].astype(np.float32)}

    quantize_static(
        prepared,
        quantized,
        Films(),
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
    )


def _quantize_openvino(plain: str, quantized: str, calibration: str) -> None:
    import nncf
    import openvino as ov

    films = [film[None, :, :, None].astype(np.float32) for film in np.load(calibration)]
    model = nncf.quantize(ov.Core().read_model(plain), nncf.Dataset(films), subset_size=len(films))
    ov.save_model(model, quantized)


if __name__ == "__main__":
    {"onnx": _quantize_onnx, "openvino": _quantize_openvino}[sys.argv[1]](*sys.argv[2:])
