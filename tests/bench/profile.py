"""Where an invoke spends its time: by stage of the network, told apart by the size of the feature maps.

LiteRT's Python package reports no times of single operations, and under XNNPACK they are one operation to it. So the
network is cut behind each stage and the beginnings are timed; OpenVINO times its operations itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.frame import Bench, Case, Cell, Figure, SkippedError, Table, timed

ROUNDS = 15
_REPEAT = 6
_MAPPING = ("CONV_2D", "DEPTHWISE_CONV_2D", "ADD", "SUB", "PAD", "MEAN", "LOGISTIC")
"""Operations that write feature maps, or what follows from them."""


def profile_tables(files: Mapping[str, Path], films: str) -> tuple[tuple[Table, ...], tuple[str, ...]]:
    """Profiles the files on one thread.

    Args:
        files: By name; those that begin with LiteRT are `.tflite`, with OpenVINO `.xml`.
        films: `.npy` of prepared films.

    Returns:
        A table with a row for each stage, and remarks.
    """
    pixels = np.load(films)[0][None, :, :, None].astype(np.float32)
    columns: dict[str, dict[int, float]] = {}
    operations: dict[int, str] = {}
    notes = ["The profile is of one thread. Times of LiteRT are differences between networks that end one stage later."]
    notes.append(
        "float32 convolutions in the quantized file are kept on purpose (`export.float_share`, docs/training.md): what "
        "two runtimes round differently at the beginning grows through all layers behind. The peers' int8 has none."
    )
    for name, path in files.items():
        try:
            if name.startswith("LiteRT"):
                columns[name], found = _litert_stages(path.read_bytes(), pixels)
                if name.endswith("int8"):
                    operations = found
            else:
                columns[name] = _openvino_stages(path, pixels)
        except (SkippedError, ImportError) as reason:
            notes.append(f"{name} has no profile: {reason}.")
    sides = sorted({side for stages in columns.values() for side in stages}, reverse=True)
    rows: list[tuple[Cell, ...]] = [
        (
            f"{side} x {side}" if side > 1 else "head",
            operations.get(side, ""),
            *(stages.get(side, 0.0) for stages in columns.values()),
        )
        for side in sides
    ]
    rows.append(("all", "", *(sum(stages.values()) for stages in columns.values())))
    head = ("feature maps", "operations of the quantized file", *(f"{name}, ms" for name in columns))
    return (Table("Where the time of an invoke goes, by stage of the network", head, tuple(rows)),), tuple(notes)


def _litert_stages(model: bytes, pixels: np.ndarray) -> tuple[dict[int, float], dict[int, str]]:
    """Milliseconds, and the operations in words, by the side of the feature maps."""
    from ai_edge_litert.interpreter import Interpreter

    details = Interpreter(model_content=model)
    sides, words = [], []
    for operation in details._get_ops_details():
        output = details._get_tensor_details(operation["outputs"][0], 0)
        shape = [int(side) for side in output["shape"]]
        # Weights that are unpacked, and the like, belong to the stage that they stand in.
        before = sides[-1] if sides else pixels.shape[1]
        sides.append((shape[1] if len(shape) == 4 else 1) if operation["op_name"] in _MAPPING else before)
        words.append(f"{operation['op_name']} {np.dtype(output['dtype']).name}")
    # A reshape at the end of the network belongs to the head, whatever it looks like.
    sides = [min(side, *sides[: index + 1]) for index, side in enumerate(sides)]
    ends = [index + 1 for index, side in enumerate(sides) if index + 1 == len(sides) or sides[index + 1] != side]
    cases: dict[str, Case] = {}
    beginnings = [_beginning(model, end) for end in ends]  # kept: the interpreters read from them
    for end, beginning in zip(ends, beginnings, strict=True):
        interpreter = Interpreter(model_content=beginning, num_threads=1)
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], pixels)
        try:
            interpreter.invoke()
        except RuntimeError:  # XNNPACK cannot set up every beginning: its stage is counted with the next one
            continue
        cases[str(end)] = timed(interpreter.invoke, repeat=_REPEAT)
    ends = [int(end) for end in cases]
    times = Bench(Path()).rounds(cases, rounds=ROUNDS, seconds=15)
    before = Figure.of([0.0] * len(times[str(ends[0])]["s"].values))
    stages: dict[int, float] = {}
    found: dict[int, str] = {}
    start = 0
    for end in ends:
        figure = times[str(end)]["s"]
        step = Figure.of([(b - a) * 1000 for a, b in zip(before.values, figure.values, strict=True)])
        stages[sides[end - 1]] = max(0.0, step.median)
        counted = Counter(words[start:end])
        found[sides[end - 1]] = ", ".join(f"{count} {word}" for word, count in counted.items())
        before, start = figure, end
    return stages, found


def _beginning(model: bytes, operations: int) -> bytes:
    """The network cut behind so many operations: what the last of them writes becomes the output."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    whole = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model, 0))
    graph = whole.subgraphs[0]
    graph.operators = graph.operators[:operations]
    graph.outputs = list(graph.operators[-1].outputs)
    whole.signatureDefs = []
    builder = flatbuffers.Builder(len(model) + 65536)
    builder.Finish(whole.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _openvino_stages(path: Path, pixels: np.ndarray) -> dict[int, float]:
    import openvino as ov

    core = ov.Core()
    compiled = core.compile_model(
        core.read_model(path), "CPU", {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "PERF_COUNT": True}
    )
    request = compiled.create_infer_request()
    times: dict[str, list[float]] = {}
    for _ in range(ROUNDS * _REPEAT):
        request.infer([pixels])
        for entry in request.get_profiling_info():
            times.setdefault(entry.node_name, []).append(entry.real_time.total_seconds() * 1000)
    stages: dict[int, float] = {}
    for node in compiled.get_runtime_model().get_ordered_ops():
        if node.get_friendly_name() not in times or node.get_output_size() == 0:
            continue
        shape: list[Any] = list(node.get_output_partial_shape(0).to_shape())
        # Inside, OpenVINO keeps channels before rows and columns; at the input after them.
        side = sorted(shape[1:])[0] if len(shape) == 4 and shape[1] == 1 else shape[2] if len(shape) == 4 else 1
        side = shape[-1] if len(shape) == 4 and shape[-1] == shape[-2] else side
        stages[side] = stages.get(side, 0.0) + float(np.median(times[node.get_friendly_name()]))
    return stages
