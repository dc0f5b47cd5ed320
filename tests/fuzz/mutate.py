"""Mutations: what a bad disk, a cut transfer or a hostile sender does to a file."""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np

Mutation = Callable[[bytearray, np.random.Generator], bytearray]

_HEADER_BYTES = 2048
_INTERESTING = (0, 1, 2, 7, 8, 16, 127, 128, 255, 256, 32767, 32768, 65535, 2**31 - 1, 2**31, 2**32 - 1)


def flip_bits(data: bytearray, rng: np.random.Generator) -> bytearray:
    """One to eight flipped bits anywhere."""
    for at in rng.integers(0, len(data), size=rng.integers(1, 9)):
        data[at] ^= 1 << int(rng.integers(8))
    return data


def change_header(data: bytearray, rng: np.random.Generator) -> bytearray:
    """One to eight bytes of the first 2 KiB replaced."""
    for at in rng.integers(0, min(len(data), _HEADER_BYTES), size=rng.integers(1, 9)):
        data[at] = int(rng.integers(256))
    return data


def change_length(data: bytearray, rng: np.random.Generator) -> bytearray:
    """A number of two or four bytes in the first 2 KiB replaced by one at the edge of a type."""
    value = int(rng.choice(_INTERESTING))
    form = str(rng.choice(["<H", ">H", "<I", ">I"]))
    size = struct.calcsize(form)
    at = int(rng.integers(0, max(1, min(len(data), _HEADER_BYTES) - size)))
    data[at : at + size] = struct.pack(form, value & (2 ** (8 * size) - 1))
    return data


def truncate(data: bytearray, rng: np.random.Generator) -> bytearray:
    """Cut anywhere."""
    return data[: int(rng.integers(0, len(data)))]


def insert(data: bytearray, rng: np.random.Generator) -> bytearray:
    """One to sixty-four bytes put in anywhere, random or copied from elsewhere in the file."""
    at, count = int(rng.integers(0, len(data))), int(rng.integers(1, 65))
    source = int(rng.integers(0, len(data)))
    piece = bytes(data[source : source + count]) if rng.random() < 0.5 else rng.bytes(count)
    data[at:at] = piece
    return data


def remove(data: bytearray, rng: np.random.Generator) -> bytearray:
    """One to sixty-four bytes taken out."""
    at = int(rng.integers(0, len(data)))
    del data[at : at + int(rng.integers(1, 65))]
    return data


MUTATIONS: tuple[Mutation, ...] = (flip_bits, change_header, change_length, truncate, insert, remove)


def mutate(seed: bytes, rng: np.random.Generator) -> bytes:
    """Applies one to three mutations, drawn at random."""
    data = bytearray(seed)
    for _ in range(int(rng.integers(1, 4))):
        if data:
            data = MUTATIONS[int(rng.integers(len(MUTATIONS)))](data, rng)
    return bytes(data)
