"""The interpreters for `.tflite` files, in order of preference."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from edge_app.system.errors import RuntimeUnavailableError
from edge_app.system.sandbox import null_descriptor

RuntimeName = Literal["litert", "tflite-runtime"]
RuntimeChoice = Literal["auto", "litert", "tflite-runtime"]


@dataclass(frozen=True, slots=True)
class Runtime:
    """An interpreter package.

    Attributes:
        name: Name for `--runtime`.
        distribution: Package name for pip.
        module: Module of the class `Interpreter`.
    """

    name: RuntimeName
    distribution: str
    module: str

    def is_installed(self) -> bool:
        """Returns whether the package is installed, without an import."""
        return importlib.util.find_spec(self.module.partition(".")[0]) is not None

    def version(self) -> str:
        """Returns the installed version, such as `2.14.0`."""
        # Reading the distribution's metadata takes longer than importing the package.
        return str(importlib.import_module(self.module.partition(".")[0]).__version__)


# LiteRT is the successor of tflite-runtime, with the same interface and newer kernels.
RUNTIMES: tuple[Runtime, ...] = (
    Runtime("litert", "ai-edge-litert", "ai_edge_litert.interpreter"),
    Runtime("tflite-runtime", "tflite-runtime", "tflite_runtime.interpreter"),
)


def find_runtime(choice: RuntimeChoice = "auto") -> Runtime:
    """Chooses a runtime.

    Args:
        choice: `auto` selects the first installed one of `RUNTIMES`.

    Raises:
        RuntimeUnavailableError: The runtime is not installed; the hint names the package.
    """
    wanted = [runtime for runtime in RUNTIMES if choice in ("auto", runtime.name)]
    for runtime in wanted:
        if runtime.is_installed():
            return runtime
    names = " or ".join(runtime.distribution for runtime in wanted)
    raise RuntimeUnavailableError("runtime.missing", packages=names, package=wanted[0].distribution)


def build_interpreter(runtime: Runtime, model: bytes, threads: int) -> Any:
    """Builds an interpreter of a verified model.

    Args:
        runtime: The package.
        model: The `.tflite` bytes; the caller must keep them alive as long as the interpreter.
        threads: Threads of one inference.

    Returns:
        The package's `Interpreter`, without allocated tensors.

    Raises:
        RuntimeUnavailableError: The package cannot be imported, or cannot run the model.
    """
    if runtime.name == "tflite-runtime" and "tensorflow" in sys.modules:
        # The process would die with "vector::reserve" while it builds the interpreter (docs/adr/0003).
        raise RuntimeUnavailableError("runtime.tensorflow")
    try:
        interpreter_class = importlib.import_module(runtime.module).Interpreter
        with quiet_stderr():
            return interpreter_class(model_content=model, num_threads=threads)
    except (ImportError, ValueError, RuntimeError) as error:
        raise RuntimeUnavailableError("runtime.broken", package=runtime.distribution, detail=repr(error)) from error


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Hides log lines of the C++ runtime, such as "INFO: Created TensorFlow Lite XNNPACK delegate for CPU."."""
    try:
        saved = os.dup(2)
    except OSError:  # no stderr, as under a desktop launcher
        yield
        return
    try:
        os.dup2(null_descriptor(), 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
