"""PNG files whose metadata is damaged: a chunk that no picture needs must cost none (PNG 3rd edition, 5.4)."""

from __future__ import annotations

import struct
import zlib

from edge_app.system.messages import Message

_SIGNATURE_BYTES = 8
_ANCILLARY = 0x20
_NEEDED = (b"tRNS",)
"""Ancillary, but part of what the pixels mean."""


def without_damaged_metadata(data: bytes, notices: list[Message]) -> bytes:
    """Leaves out ancillary chunks whose checksum is wrong.

    Args:
        data: A PNG file.
        notices: Receives that something was left out.

    Returns:
        The file, the same object where nothing is damaged.
    """
    kept, start, position = [], 0, _SIGNATURE_BYTES
    while position + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, position)
        kind = data[position + 4 : position + 8]
        end = position + 12 + length
        if kind == b"IEND" or end > len(data):
            break
        if kind[0] & _ANCILLARY and kind not in _NEEDED:
            (checksum,) = struct.unpack_from(">I", data, end - 4)
            if zlib.crc32(memoryview(data)[position + 4 : end - 4]) != checksum:
                kept.append(data[start:position])
                start = end
        position = end
    if not kept:
        return data
    notices.append(Message("raster.metadata"))
    return b"".join([*kept, data[start:]])
