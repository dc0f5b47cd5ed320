"""Reads the weights of a PyTorch file without PyTorch, a dependency of several hundred megabytes."""

from __future__ import annotations

import io
import math
import pickle
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.errors import ConfigError

_MAGIC = 0x1950A86A20F9469CFC6C
_DTYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


@dataclass(frozen=True, slots=True)
class _Storage:
    key: str
    dtype: np.dtype[Any]


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    steps: tuple[int, ...]


def read_state_dict(path: Path) -> dict[str, NDArray[Any]]:
    """Reads a file of `torch.save` from before PyTorch 1.6: pickles, then the raw values of each storage.

    Args:
        path: The file.

    Returns:
        Arrays by name.

    Raises:
        ConfigError: The file has another format, or is truncated.
    """
    stream = io.BytesIO(path.read_bytes())
    try:
        if _Reader(stream).load() != _MAGIC:
            raise pickle.UnpicklingError("another magic number")
        for _ in range(2):  # the version of the protocol and facts of the machine
            _Reader(stream).load()
        tensors: dict[str, _Tensor] = _Reader(stream).load()
        keys: list[str] = _Reader(stream).load()
        dtypes = {tensor.storage.key: tensor.storage.dtype for tensor in tensors.values()}
        values = {}
        for key in keys:
            (count,) = np.frombuffer(stream.read(8), "<i8")
            values[key] = np.frombuffer(stream.read(int(count) * dtypes[key].itemsize), dtypes[key])
        return {name: _array(tensor, values[tensor.storage.key]) for name, tensor in tensors.items()}
    except (pickle.UnpicklingError, EOFError, ValueError, KeyError, AttributeError) as error:
        raise ConfigError(
            f"{path.name} is no file of weights that PyTorch 1.5 or earlier wrote.",
            hint="Install the package that it comes from again.",
            detail=repr(error),
        ) from error


def _array(tensor: _Tensor, values: NDArray[Any]) -> NDArray[Any]:
    """The array of a tensor, which is a view of its storage: a transposed tensor has other strides."""
    last = tensor.offset + sum((size - 1) * step for size, step in zip(tensor.shape, tensor.steps, strict=True))
    if math.prod(tensor.shape) and not 0 <= last < len(values):
        raise ValueError("a tensor reaches beyond its storage")
    byte_steps = [step * values.itemsize for step in tensor.steps]
    return np.lib.stride_tricks.as_strided(values[tensor.offset :], tensor.shape, byte_steps).copy()


class _Reader(pickle.Unpickler):
    """Unpickles tensors only: a pickle may otherwise call any function."""

    def find_class(self, module: str, name: str) -> Any:
        """Resolves the classes of a state dict; refuses all others."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, steps, *_: _Tensor(storage, offset, tuple(shape), tuple(steps))
        if module == "torch" and name in _DTYPES:
            return _DTYPES[name]
        raise pickle.UnpicklingError(f"{module}.{name} is not part of a state dict")

    def persistent_load(self, pid: Any) -> _Storage:
        """Records a storage; its values come later in the file."""
        _, dtype, key, *_ = pid
        return _Storage(key, dtype)
