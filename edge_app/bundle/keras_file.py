"""Checks a `.keras` file for code before it is loaded.

A Lambda layer contains Python code that runs on loading. Keras's safe mode was bypassed three times (CVE-2025-1550,
CVE-2025-8747, CVE-2026-1462), and the Keras documentation says that it is no sandbox.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from edge_app.system.errors import BundleError

_MEMBERS = frozenset({"metadata.json", "config.json", "model.weights.h5"})
_MAX_CONFIG_BYTES = 16 * 1024 * 1024
_MAX_EXPANSION = 20
_MAX_OBJECTS = 200_000
_NAME = re.compile(r"\w+", re.ASCII)
# The classes that the nets of trainer/nets use, by module. All others are refused. A name must not contain a dot:
# Keras would find `layers.TFSMLayer` or `utils.get_file` from the module `keras`.
_CLASSES: dict[str | None, frozenset[str]] = {
    None: frozenset({"__keras_tensor__"}),
    "keras": frozenset({"DTypePolicy"}),
    "keras.src.models.functional": frozenset({"Functional"}),
    "keras.src.ops.numpy": frozenset({"Add", "Multiply"}),
    "keras.initializers": frozenset({"Constant", "GlorotUniform", "HeNormal", "Ones", "VarianceScaling", "Zeros"}),
    "keras.layers": frozenset(
        {"Activation", "Add", "AveragePooling2D", "BatchNormalization", "Concatenate", "Conv2D", "Dense"}
        | {"DepthwiseConv2D", "Dropout", "GlobalAveragePooling2D", "InputLayer", "MaxPooling2D"}
        | {"Multiply", "Normalization", "ReLU", "Rescaling", "Reshape", "UpSampling2D", "ZeroPadding2D"}
    ),
}


def check_keras_file(data: bytes, name: str) -> None:
    """Checks the bytes of a `.keras` file.

    Args:
        data: The whole file.
        name: File name for messages.

    Raises:
        BundleError: The file is no Keras archive, its unpacked size is too large, or it contains a class that is not
            on the list.
    """
    try:
        config = _config(data, name)
        for number, part in enumerate(_objects(config)):
            if number > _MAX_OBJECTS:
                raise _refused(name, "too many objects")
            _check_object(part, name)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, RecursionError, NotImplementedError) as error:
        raise _refused(name, repr(error)) from error


def _config(data: bytes, name: str) -> Any:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if {member.filename for member in members} != _MEMBERS or len(members) != len(_MEMBERS):
            raise _refused(name, f"members {sorted(member.filename for member in members)[:10]}")
        if sum(member.file_size for member in members) > _MAX_EXPANSION * len(data):
            raise _refused(name, "its unpacked size is too large")
        info = archive.getinfo("config.json")
        if info.file_size > _MAX_CONFIG_BYTES:
            raise _refused(name, f"a configuration of {info.file_size} bytes")
        with archive.open(info) as stream:
            raw = stream.read(_MAX_CONFIG_BYTES + 1)
    return json.loads(raw)


def _objects(config: Any) -> Iterator[dict[str, Any]]:
    """Yields all dictionaries of the configuration, without recursion."""
    waiting = [config]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def _check_object(part: dict[str, Any], name: str) -> None:
    if "class_name" not in part:
        return
    kind, module, registered = part["class_name"], part.get("module"), part.get("registered_name")
    if (
        not isinstance(kind, str)
        or not _NAME.fullmatch(kind)
        or not isinstance(module, str | None)
        or kind not in _CLASSES.get(module, ())
        or registered not in (None, kind)
    ):
        shown = ", ".join(repr(value)[:60] for value in (module, kind, registered))
        raise _refused(name, f"({shown}) is not on the list of edge_app/bundle/keras_file.py")


def _refused(name: str, detail: str) -> BundleError:
    return BundleError("bundle.keras_unsafe", file=name, detail=detail)
