"""Times `.tflite` files in every runtime, in a separate process: `python -m trainer.export.timing FILE...`.

Separate, because tflite-runtime 2.14 breaks in a process that has imported TensorFlow.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from edge_app.engine.classifier import SIGNATURE
from edge_app.engine.runtime import RUNTIMES, build_interpreter
from edge_app.system.errors import RuntimeUnavailableError

ROUNDS = 9
THREADS = 1


def time_files(paths: list[Path]) -> dict[str, dict[str, float | None]]:
    """Times files in a child process.

    Args:
        paths: `.tflite` files with one input.

    Returns:
        Median milliseconds of one invoke on one thread, by file name and runtime; None where the file does not run.
    """
    command = [sys.executable, "-m", "trainer.export.timing", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, dict[str, float | None]] = json.loads(done.stdout)
    return result


def _measure(paths: list[Path]) -> dict[str, dict[str, float | None]]:
    """Times in interleaved rounds, so that a busy moment of the machine affects all files alike."""
    runners = {}
    times: dict[tuple[str, str], list[float]] = {}
    result: dict[str, dict[str, float | None]] = {path.name: {} for path in paths}
    for path in paths:
        for runtime in RUNTIMES:
            if not runtime.is_installed():
                continue
            result[path.name][runtime.name] = None
            try:
                interpreter = build_interpreter(runtime, path.read_bytes(), THREADS)
                runner = interpreter.get_signature_runner(SIGNATURE)
                (name, detail), *_ = runner.get_input_details().items()
                pixels = np.zeros(detail["shape"], detail["dtype"])
                runner(**{name: pixels})
            except (RuntimeUnavailableError, RuntimeError, ValueError):
                continue
            runners[path.name, runtime.name] = (runner, name, pixels, interpreter)
            times[path.name, runtime.name] = []
    for _ in range(ROUNDS):
        for key, (runner, name, pixels, _) in runners.items():
            start = time.perf_counter()
            runner(**{name: pixels})
            times[key].append((time.perf_counter() - start) * 1000)
    for (file, runtime_name), values in times.items():
        result[file][runtime_name] = round(statistics.median(values), 2)
    return result


if __name__ == "__main__":
    json.dump(_measure([Path(argument) for argument in sys.argv[1:]]), sys.stdout)
