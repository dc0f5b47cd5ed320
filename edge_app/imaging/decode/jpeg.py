"""The parts of a JPEG: its frame header, its scans, its metadata and where it ends. ITU-T T.81 B.1.

Decoders take metadata and whatever follows the picture along; damaged EXIF data or the film clip behind a phone's
picture must cost no film. So the picture is cut out before it is decoded.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFile

MAX_SCANS = 300
"""A progressive film has about ten scans; thousands of them over one film keep a decoder busy for minutes."""

_START = b"\xff\xd8"
_END = 0xD9
_SCAN = 0xDA
_APP0, _APP2, _APP14, _APP15, _COMMENT = 0xE0, 0xE2, 0xEE, 0xEF, 0xFE
_FRAMES = frozenset({*range(0xC0, 0xD0), 0xF7} - {0xC4, 0xC8, 0xCC})
"""Start of frame of every process of T.81, and of JPEG-LS (T.87)."""
_KINDS: dict[int, str] = {
    0xC3: "jpeg.lossless",
    0xF7: "jpeg.ls",
    **dict.fromkeys(range(0xC5, 0xC8), "jpeg.hierarchical"),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame header.

    Attributes:
        kind: Code of a phrase that names the process, where it is one that Pillow does not read; else empty.
        precision: Bits of a sample.
        rows: Height, pixels.
        columns: Width, pixels.
        samples: Number of components.
        ids: Identifiers of the components.
    """

    kind: str
    precision: int
    rows: int
    columns: int
    samples: int
    ids: bytes


@dataclass(slots=True)
class Parts:
    """A JPEG in its parts.

    Attributes:
        frame: The frame header; None where there is none before the first scan.
        scans: Number of scans.
        end: Offset behind the end-of-image marker; 0 where there is none.
        exif: Payload of the EXIF segment, `Exif\\0\\0` included; None without one.
        metadata: Start and end of the segments that no decoder needs for the pixels.
        is_multi_picture: Whether a segment announces further pictures (CIPA DC-007).
        has_jfif: Whether there is a JFIF segment: YCbCr.
        adobe_transform: Transform of the Adobe segment: 0 none, 1 YCbCr, 2 YCCK; None without one.
    """

    frame: Frame | None = None
    scans: int = 0
    end: int = 0
    exif: bytes | None = None
    metadata: list[tuple[int, int]] = field(default_factory=list)
    is_multi_picture: bool = False
    has_jfif: bool = False
    adobe_transform: int | None = None

    @property
    def colours(self) -> Literal["RGB", "YBR"] | None:
        """Colour space that the markers state: JFIF, Adobe, or component identifiers that spell RGB."""
        if self.frame is None or self.frame.samples != 3:
            return None
        if self.has_jfif:
            return "YBR"
        if self.adobe_transform is not None:
            return "YBR" if self.adobe_transform else "RGB"
        return "RGB" if self.frame.ids == b"RGB" else None


def read_parts(data: bytes) -> Parts | None:
    """Walks the markers of a JPEG.

    Args:
        data: Bytes from the start-of-image marker on.

    Returns:
        Its parts; None where it does not start as a JPEG does.
    """
    if not data.startswith(_START):
        return None
    # Inside a scan FF is followed by 00 (B.1.1.5), in JPEG-LS by less than 80 (T.87 A.1), or by a restart marker.
    octets = np.frombuffer(data, np.uint8)
    candidates = np.flatnonzero(octets[:-1] == 0xFF)
    following = octets[candidates + 1]
    markers = candidates[(following >= 0xC0) & (following != 0xFF) & ((following & 0xF8) != 0xD0)]
    parts = Parts()
    position = len(_START)
    while True:
        index = int(np.searchsorted(markers, position))
        if index == len(markers):
            return parts
        position = int(markers[index])
        marker = data[position + 1]
        if marker == _END:
            parts.end = position + 2
            return parts
        if position + 4 > len(data):
            return parts
        (length,) = struct.unpack_from(">H", data, position + 2)
        _read_segment(parts, marker, position, data[position + 4 : position + 2 + max(2, length)])
        if parts.scans > MAX_SCANS:
            return parts
        position += 2 + max(2, length)


def _read_segment(parts: Parts, marker: int, position: int, payload: bytes) -> None:
    if marker == _SCAN:
        parts.scans += 1
    elif marker in _FRAMES and parts.frame is None and len(payload) >= 6:
        precision, rows, columns, samples = struct.unpack_from(">BHHB", payload)
        kind = _KINDS.get(marker, "jpeg.deep" if precision != 8 else "")
        parts.frame = Frame(kind, precision, rows, columns, samples, payload[6::3][:samples])
    elif marker == _APP0 and payload.startswith(b"JFIF\0"):
        parts.has_jfif = True
    elif marker == _APP14 and payload.startswith(b"Adobe") and len(payload) >= 12:
        parts.adobe_transform = payload[11]
    elif _APP0 < marker <= _APP15 or marker == _COMMENT:
        if payload.startswith(b"Exif\0\0") and parts.exif is None:
            parts.exif = payload
        parts.is_multi_picture |= marker == _APP2 and payload.startswith(b"MPF\0")
        if not (marker == _APP2 and payload.startswith(b"ICC_PROFILE\0")):
            parts.metadata.append((position, position + 4 + len(payload)))


def picture_of(data: bytes, parts: Parts) -> bytes:
    """Cuts the picture out: without the segments that no decoder needs, and without what follows the picture.

    Args:
        data: The whole file.
        parts: Its parts, with an end.
    """
    kept, start = [], 0
    for first, end in parts.metadata:
        kept.append(data[start:first])
        start = end
    return b"".join([*kept, data[start : parts.end]])


def raw_components(image: ImageFile.ImageFile) -> NDArray[Any]:
    """Decodes a JPEG of three components without any conversion of colours.

    Args:
        image: As opened by Pillow, not loaded.

    Returns:
        `(rows, columns, 3)` uint8: the components as they are coded.
    """
    # The arguments of Pillow's JPEG decoder: colours wanted, and colours that it shall believe to be in the file.
    image.tile = [tile._replace(args=("RGB", "RGB")) for tile in image.tile]
    return np.asarray(image)
