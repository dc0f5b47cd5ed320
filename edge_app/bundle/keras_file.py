"""Looks into a `.keras` file without loading it: does it hold layers only, or code?

A Lambda layer is Python that runs on loading, and Keras's safe mode has been passed three times (CVE-2025-1550,
CVE-2025-8747, CVE-2026-1462); Keras itself says that safe mode is no isolation.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from edge_app.system.errors import BundleError

_MEMBERS = frozenset({"metadata.json", "config.json", "model.weights.h5"})
_MAX_CONFIG_BYTES = 16 * 1024 * 1024
_MAX_EXPANSION = 20
_MAX_OBJECTS = 200_000
# A class of Keras proper is named with its public module; anything registered, or from elsewhere, is code of its own.
_MODULES = ("keras", "keras.layers", "keras.src", "keras.initializers", "keras.regularizers", "keras.constraints")
_OTHER_MODULES = ("keras.ops", "keras.optimizers", "keras.losses", "keras.metrics", "keras.activations", "builtins")
_CODE_CLASSES = frozenset({"Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "__lambda__"})


def check_keras_file(data: bytes, name: str) -> None:
    """Checks the bytes of a `.keras` file.

    Args:
        data: The whole file.
        name: For messages.

    Raises:
        BundleError: It is no Keras archive, would grow beyond reason, or holds a layer that runs code.
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
            raise _refused(name, "it would grow beyond reason")
        info = archive.getinfo("config.json")
        if info.file_size > _MAX_CONFIG_BYTES:
            raise _refused(name, f"a configuration of {info.file_size} bytes")
        with archive.open(info) as stream:
            raw = stream.read(_MAX_CONFIG_BYTES + 1)
    return json.loads(raw)


def _objects(config: Any) -> Iterator[dict[str, Any]]:
    """Every dictionary of the configuration, without recursion."""
    waiting = [config]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def _check_object(part: dict[str, Any], name: str) -> None:
    kind = part.get("class_name")
    if kind is None:
        return
    module = part.get("module")
    if not isinstance(kind, str) or kind.rpartition(">")[2] in _CODE_CLASSES or kind == "function":
        raise _refused(name, f"a layer of class {str(kind)[:60]!r}")
    if module is not None and (
        not isinstance(module, str)
        or not any(module == known or module.startswith(f"{known}.") for known in (*_MODULES, *_OTHER_MODULES))
    ):
        raise _refused(name, f"a class of module {str(module)[:60]!r}")
    if part.get("registered_name") not in (None, kind) and ">" in str(part.get("registered_name")):
        raise _refused(name, f"a registered class {str(part.get('registered_name'))[:60]!r}")


def _refused(name: str, detail: str) -> BundleError:
    return BundleError("bundle.keras_unsafe", file=name, detail=detail)
