"""Builds PNG, TIFF and BMP files byte by byte, so that a test can also build the ones that Pillow would not write."""

from __future__ import annotations

import struct
import zlib

import numpy as np

_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(samples: np.ndarray, *, extra: bytes = b"") -> bytes:
    """A PNG of `(rows, columns)` or `(rows, columns, 2 to 4)` uint8 or uint16, with chunks before its pixels."""
    rows, columns = samples.shape[:2]
    depth = 8 * samples.dtype.itemsize
    colour_type = _COLOUR_TYPES[samples.shape[2] if samples.ndim == 3 else 1]
    lines = np.ascontiguousarray(samples.astype(samples.dtype.newbyteorder(">"))).view(np.uint8).reshape(rows, -1)
    body = np.hstack([np.zeros((rows, 1), np.uint8), lines]).tobytes()
    header = struct.pack(">IIBBBBB", columns, rows, depth, colour_type, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(body, 1))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + pixels + chunk(b"IEND", b"")


def tiff(
    samples: np.ndarray,
    *,
    order: str = "<",
    tags: list[tuple[int, int, int]] | None = None,
    big: bool = False,
    photometric: int | None = None,
    sample_format: int = 1,
) -> bytes:
    """An uncompressed TIFF or BigTIFF of one page.

    Args:
        samples: `(rows, columns)` or `(rows, columns, samples)`.
        order: `<` or `>`.
        tags: Further tags: number, type (3 short, 4 long), value.
        big: BigTIFF.
        photometric: None for what the number of samples says.
        sample_format: 1 unsigned, 2 signed, 3 floating point.
    """
    count = samples.shape[2] if samples.ndim == 3 else 1
    bits = 8 * samples.dtype.itemsize
    data = np.ascontiguousarray(samples.astype(samples.dtype.newbyteorder(order))).tobytes()
    kind = photometric if photometric is not None else (2 if count >= 3 else 1)
    start = 16 if big else 8
    if count > 1:  # the depths of the samples lie behind the pixels
        depths = struct.pack(f"{order}{count}H", *[bits] * count)
        at = start + len(data)
        data += depths
    fields = [
        (256, 4, 1, samples.shape[1]), (257, 4, 1, samples.shape[0]), (259, 3, 1, 1), (262, 3, 1, kind),
        (258, 3, 1, bits) if count == 1 or (big and count <= 4) else (258, 3, count, at), (273, 4, 1, start),
        (277, 3, 1, count), (278, 4, 1, samples.shape[0]), (279, 4, 1, samples.nbytes), (339, 3, 1, sample_format),
        *[(tag, value_type, 1, value) for tag, value_type, value in tags or ()],
    ]  # fmt: skip
    if count == 2:
        fields[4] = (258, 3, 2, bits << 16 | bits)
    mark = b"II" if order == "<" else b"MM"
    if big:
        head = mark + struct.pack(f"{order}HHHQ", 43, 8, 0, start + len(data)) + data
        head += struct.pack(f"{order}Q", len(fields))
        return head + b"".join(_big_field(order, *field) for field in sorted(fields)) + b"\0" * 8
    head = mark + struct.pack(f"{order}HI", 42, start + len(data)) + data + struct.pack(f"{order}H", len(fields))
    return head + b"".join(_field(order, *field) for field in sorted(fields)) + b"\0" * 4


def _field(order: str, tag: int, value_type: int, count: int, value: int) -> bytes:
    head = struct.pack(f"{order}HHI", tag, value_type, count)
    if value_type == 3 and count == 1:
        return head + struct.pack(f"{order}HH", value, 0)
    return head + struct.pack(f"{order}I", value)


def _big_field(order: str, tag: int, value_type: int, count: int, value: int) -> bytes:
    head = struct.pack(f"{order}HHQ", tag, value_type, count)
    if value_type == 3:
        return head + struct.pack(f"{order}HHI", value, 0, 0)
    return head + struct.pack(f"{order}II", value, 0)


def tiff_pages(pages: list[tuple[np.ndarray, int]]) -> bytes:
    """A TIFF of several 8-bit pages, each with its NewSubfileType: 1 for a reduced picture."""
    data = bytearray(b"II*\0\0\0\0\0")
    link = 4
    for page, subfile_type in pages:
        at = len(data)
        data += page.tobytes() + b"\0" * (page.size % 2)
        struct.pack_into("<I", data, link, len(data))
        fields = [
            (254, 4, subfile_type), (256, 4, page.shape[1]), (257, 4, page.shape[0]), (258, 3, 8), (259, 3, 1),
            (262, 3, 1), (273, 4, at), (277, 3, 1), (278, 4, page.shape[0]), (279, 4, page.size),
        ]  # fmt: skip
        data += struct.pack("<H", len(fields)) + b"".join(
            _field("<", tag, kind, 1, value) for tag, kind, value in fields
        )
        link = len(data)
        data += b"\0" * 4
    return bytes(data)


def bmp_with_alpha(film: np.ndarray, alpha: int = 0) -> bytes:
    """A 32-bit BMP (BITMAPV5HEADER) whose alpha is the same everywhere."""
    pixels = np.ascontiguousarray(np.dstack([film, film, film, np.full_like(film, alpha)])[::-1])
    head = struct.pack("<IiiHHIIiiII", 124, film.shape[1], film.shape[0], 1, 32, 3, pixels.size, 0, 0, 0, 0)
    head += struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000) + b"BGRs"
    return struct.pack("<2sIHHI", b"BM", 138 + pixels.size, 0, 0, 138) + head.ljust(124, b"\0") + pixels.tobytes()
