"""What a compressed frame says of itself, read from its markers.

A decoder believes the codestream and pydicom believes the header; where they differ, one of them lies, and a decoder
that is given too small a buffer, or a header that asks for too large a one, is how files overrun or exhaust a reader.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal

from edge_app.imaging.decode import jpeg
from edge_app.imaging.decode.dicom.stream import DicomStructureError
from edge_app.imaging.decode.dicom.syntaxes import Stream

ColourSpace = Literal["RGB", "YBR"]

_EOC = b"\xff\xd9"
_SOT = b"\xff\x90"
_COD = b"\xff\x52"


@dataclass(frozen=True, slots=True)
class Codestream:
    """Size and depth as the compressed frame states them.

    Attributes:
        rows: Height, pixels.
        columns: Width, pixels.
        samples: Number of components.
        precision: Bits of a sample.
        is_signed: JPEG 2000 only; None elsewhere.
        colours: Colour space of the samples as the markers state it; None where they do not.
    """

    rows: int
    columns: int
    samples: int
    precision: int
    is_signed: bool | None = None
    colours: ColourSpace | None = None


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


def _jpeg(frame: bytes) -> Codestream:
    parts = jpeg.read_parts(frame)
    if parts is None or parts.frame is None:
        raise DicomStructureError("a JPEG frame without start or frame header")
    if parts.scans > jpeg.MAX_SCANS:
        raise DicomStructureError(f"a JPEG frame of more than {jpeg.MAX_SCANS} scans")
    found = parts.frame
    return Codestream(found.rows, found.columns, found.samples, found.precision, colours=parts.colours)


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
    # The multiple component transform (A.6.1) is applied to RGB: what comes out of a decoder is RGB again.
    cod = frame.find(_COD, start, frame.find(_SOT, start))
    is_transformed = cod >= 0 and cod + 9 <= len(frame) and frame[cod + 8] == 1
    colours: ColourSpace | None = "RGB" if is_transformed else None
    return Codestream(y1 - y0, x1 - x0, samples, (depth & 0x7F) + 1, bool(depth & 0x80), colours)


def mended_jpeg_2000(frame: bytes) -> bytes | None:
    """Mends what stops a decoder, but costs no pixel: a pad byte behind the end, or an end that is not marked.

    Args:
        frame: One JPEG 2000 frame.

    Returns:
        The frame, mended; None where its tile-parts are not all there.
    """
    frame = frame.removesuffix(b"\0") if frame.endswith(_EOC + b"\0") else frame  # PS3.5 A.4.4: an even length
    position = frame.find(_SOT)
    while frame[position : position + 2] == _SOT and position + 12 <= len(frame):
        (length,) = struct.unpack_from(">I", frame, position + 6)
        if length < 14:  # 0: up to the end of the codestream, which only its marker can tell
            return frame if frame.endswith(_EOC) else None
        position += length
    if frame[position:] == _EOC:
        return frame
    # Each tile-part has its stated length: nothing but the marker is missing.
    return frame[:position] + _EOC if position in (len(frame), len(frame) - 1) else None
