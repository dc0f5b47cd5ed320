"""Pixels of a Pillow picture as an array over the same memory, without copies.

`np.asarray` copies twice: 0.33 ms of the 10.6 ms of an 8-bit film of 2 megapixels (3 %), 1 ms of a 16-bit one. Pillow
exports its memory by the Arrow C data interface, which NumPy does not read:
https://arrow.apache.org/docs/format/CDataInterface.html
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_TYPES = {"L": "|u1", "I;16": "<u2"}
"""NumPy's type by mode. Pillow's "I;16" is little-endian."""


class _ArrowArray(ctypes.Structure):
    """What the capsule points to. `buffers` holds the mask of missing values, here null, and the values."""

    _fields_ = (
        ("length", ctypes.c_int64),
        ("null_count", ctypes.c_int64),
        ("offset", ctypes.c_int64),
        ("n_buffers", ctypes.c_int64),
        ("n_children", ctypes.c_int64),
        ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    )


class _Memory:
    """The picture's memory. It lives as long as the capsule, which NumPy keeps alive through this object."""

    def __init__(self, capsule: object, address: int, shape: tuple[int, int], typestr: str) -> None:
        self._capsule = capsule
        read_only = True
        self.__array_interface__ = {"version": 3, "data": (address, read_only), "shape": shape, "typestr": typestr}


_pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
_pointer_of.restype, _pointer_of.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)


def pixels_of(image: Image.Image) -> NDArray[Any]:
    """Returns the pixels of a grey picture.

    Args:
        image: A picture of any mode that NumPy reads; modes other than "L" and "I;16" are copied.

    Returns:
        `(rows, columns)` of the mode's type, read-only. It stays valid when the picture is closed or deleted.
    """
    shape = image.height, image.width
    try:
        typestr = _TYPES[image.mode]
        image.load()
        _, capsule = image.__arrow_c_array__()
        found = _ArrowArray.from_address(_pointer_of(capsule, b"arrow_array"))
    except (KeyError, ValueError):  # another mode; a picture whose memory is in several pieces
        return np.asarray(image)
    if found.length != shape[0] * shape[1] or found.n_buffers != 2 or found.offset:
        return np.asarray(image)
    return np.asarray(_Memory(capsule, found.buffers[1], shape, typestr))
