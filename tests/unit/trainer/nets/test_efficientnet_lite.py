"""The net that `keras.applications` lacks: its weights are read without PyTorch, and it knows a cat."""

from __future__ import annotations

import os
import pickle
from collections import OrderedDict
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from trainer.errors import ConfigError
from trainer.nets.efficientnet_lite import efficientnet_lite0, package_weights
from trainer.nets.state_dict import _MAGIC, read_state_dict

CATS = range(281, 288)
"""Classes of ImageNet: tabby, tiger cat, Persian, Siamese, Egyptian, puma, lynx."""


def test_it_recognises_a_cat() -> None:
    from skimage import data

    pixels = keras.Input((224, 224, 3))
    model = efficientnet_lite0(include_top=False, weights="imagenet", input_tensor=pixels)
    cat = Image.fromarray(data.chelsea()).crop((75, 0, 375, 300)).resize((224, 224))
    state = read_state_dict(package_weights())

    features = np.asarray(model((np.asarray(cat, np.float32)[None] - 127) / 128)).mean(axis=(1, 2))
    scores = features[0] @ state["_fc.weight"].T + state["_fc.bias"]

    assert model.output.shape[1:] == (7, 7, 1280)
    assert set(np.argsort(-scores)[:3]) <= set(CATS)


def _torch_file(opcodes: bytes, storage: np.ndarray) -> bytes:
    """A file with one tensor, whose pickle is given as opcodes."""
    head = b"".join(pickle.dumps(value, protocol=2) for value in (_MAGIC, 1001, {"little_endian": True}))
    return head + opcodes + pickle.dumps(["0"], protocol=2) + np.int64(storage.size).tobytes() + storage.tobytes()


def _tensor_opcodes(shape: tuple[int, int], steps: tuple[int, int]) -> bytes:
    """{"w": torch._utils._rebuild_tensor_v2(storage "0" of 6 floats, 0, shape, steps, False, OrderedDict())}"""
    pid = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x06Nt"
    size, step = (b"(" + b"".join(b"K" + bytes([value]) for value in pair) + b"t" for pair in (shape, steps))
    arguments = b"(" + pid + b"Q" + b"K\x00" + size + step + b"\x89ccollections\nOrderedDict\n)Rt"
    return b"\x80\x02}X\x01\x00\x00\x00wctorch._utils\n_rebuild_tensor_v2\n" + arguments + b"Rs."


@pytest.mark.parametrize(
    ("shape", "steps", "expected"),
    [((2, 3), (3, 1), [[0, 1, 2], [3, 4, 5]]), ((3, 2), (1, 3), [[0, 3], [1, 4], [2, 5]])],
)
def test_a_tensor_is_read_in_the_order_of_its_steps(
    tmp_path: Path, shape: tuple[int, int], steps: tuple[int, int], expected: list[list[int]]
) -> None:
    path = tmp_path / "w.pth"
    path.write_bytes(_torch_file(_tensor_opcodes(shape, steps), np.arange(6, dtype="<f4")))
    assert read_state_dict(path)["w"].tolist() == expected


def test_a_pickle_that_calls_a_function_is_refused(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, (f"touch {tmp_path / 'done'}",)

    path = tmp_path / "evil.pth"
    path.write_bytes(_torch_file(pickle.dumps(OrderedDict(w=Evil()), protocol=2), np.zeros(6, "<f4")))
    with pytest.raises(ConfigError, match=r"evil\.pth is no file of weights"):
        read_state_dict(path)
    assert not (tmp_path / "done").exists()


@pytest.mark.parametrize("kept", [0, 10, 120, -4])
def test_a_file_that_was_cut_off_is_named(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "cut.pth"
    path.write_bytes(_torch_file(_tensor_opcodes((2, 3), (3, 1)), np.arange(6, dtype="<f4"))[:kept])
    with pytest.raises(ConfigError, match=r"cut\.pth"):
        read_state_dict(path)


def test_a_tensor_beyond_its_storage_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "beyond.pth"
    path.write_bytes(_torch_file(_tensor_opcodes((3, 3), (3, 1)), np.arange(6, dtype="<f4")))
    with pytest.raises(ConfigError):
        read_state_dict(path)
