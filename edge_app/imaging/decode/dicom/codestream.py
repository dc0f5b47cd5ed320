"""What a compressed frame says of itself, read from its first markers.

A decoder believes the codestream and pydicom believes the header; where they differ, one of them lies, and a decoder
that is given too small a buffer, or a header that asks for too large a one, is how files overrun or exhaust a reader.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from edge_app.imaging.decode.dicom.stream import DicomStructureError
from edge_app.imaging.decode.dicom.syntaxes import Stream

_SOF = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xF7})
"""Start of frame: baseline, extended, progressive, lossless (ITU-T T.81), and JPEG-LS (T.87)."""
_MAX_SCANS = 300
"""A progressive film has about ten scans; thousands of them over one film keep a decoder busy for minutes."""


@dataclass(frozen=True, slots=True)
class Codestream:
    """Size and depth as the compressed frame states them.

    Attributes:
        rows: Height, pixels.
        columns: Width, pixels.
        samples: Number of components.
        precision: Bits of a sample.
        is_signed: JPEG 2000 only; None elsewhere.
    """

    rows: int
    columns: int
    samples: int
    precision: int
    is_signed: bool | None = None


def read_codestream(frame: bytes, stream: Stream) -> Codestream | None:
    """Reads the frame header.

    Args:
        frame: One compressed frame.
        stream: What it should be.

    Returns:
        What it states; None for RLE, which states nothing of the kind.

    Raises:
        DicomStructureError: It is no such codestream, or has too many scans.
    """
    if stream in ("jpeg", "jpeg-ls"):
        return _jpeg(frame)
    if stream == "jpeg-2000":
        return _jpeg_2000(frame)
    return None


def count_scans(data: bytes) -> int:
    """Counts the scans of a JPEG: `FF DA` occurs inside entropy-coded data nowhere else (T.81 B.1.1.5)."""
    return data.count(b"\xff\xda")


def _jpeg(frame: bytes) -> Codestream:
    if frame[:2] != b"\xff\xd8":
        raise DicomStructureError("a JPEG frame without start of image")
    if count_scans(frame) > _MAX_SCANS:
        raise DicomStructureError(f"a JPEG frame of more than {_MAX_SCANS} scans")
    position = 2
    while position + 4 <= len(frame):
        if frame[position] != 0xFF:
            raise DicomStructureError("a JPEG frame loses its markers")
        marker = frame[position + 1]
        if marker == 0xFF:  # fill byte
            position += 1
            continue
        (length,) = struct.unpack_from(">H", frame, position + 2)
        if marker in _SOF:
            if position + 10 > len(frame):
                break
            precision, rows, columns, samples = struct.unpack_from(">BHHB", frame, position + 4)
            return Codestream(rows, columns, samples, precision)
        if marker == 0xDA or length < 2:
            break
        position += 2 + length
    raise DicomStructureError("a JPEG frame without frame header")


def _jpeg_2000(frame: bytes) -> Codestream:
    """Reads SIZ, the first segment after the start of the codestream (ITU-T T.800 A.5.1)."""
    start = frame.find(b"\xff\x4f\xff\x51", 0, 4096)
    if start < 0 or start + 43 > len(frame):
        raise DicomStructureError("a JPEG 2000 frame without image size")
    x1, y1, x0, y0 = struct.unpack_from(">IIII", frame, start + 8)
    tile_columns, tile_rows = struct.unpack_from(">II", frame, start + 24)
    (samples,) = struct.unpack_from(">H", frame, start + 40)
    depth = frame[start + 42]
    if x1 <= x0 or y1 <= y0 or not tile_columns or not tile_rows:
        raise DicomStructureError("a JPEG 2000 frame of no size")
    if -(-x1 // tile_columns) * -(-y1 // tile_rows) > 65_535:
        raise DicomStructureError("a JPEG 2000 frame of too many tiles")
    return Codestream(y1 - y0, x1 - x0, samples, (depth & 0x7F) + 1, bool(depth & 0x80))
