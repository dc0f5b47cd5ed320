"""Builds DICOM files byte by byte, so that a test can also build the ones that pydicom would refuse to write."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

import numpy as np

EXPLICIT = "1.2.840.10008.1.2.1"
IMPLICIT = "1.2.840.10008.1.2"
BIG = "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
RLE = "1.2.840.10008.1.2.5"
JPEG_2000 = "1.2.840.10008.1.2.4.90"
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"

_LONG = {"OB", "OW", "SQ", "UN", "UT", "UC", "OF"}

Value = tuple[str, bytes]


def us(value: int, order: str = "<") -> Value:
    return "US", struct.pack(f"{order}H", value)


def text(vr: str, value: str) -> Value:
    raw = value.encode("latin-1")
    return vr, raw + b" " * (len(raw) % 2)


def element(tag: int, value: Value, *, explicit: bool = True, order: str = "<", length: int | None = None) -> bytes:
    vr, raw = value
    length = len(raw) if length is None else length
    head = struct.pack(f"{order}HH", tag >> 16, tag & 0xFFFF)
    if not explicit:
        return head + struct.pack(f"{order}I", length) + raw
    if vr in _LONG:
        return head + vr.encode() + b"\0\0" + struct.pack(f"{order}I", length) + raw
    return head + vr.encode() + struct.pack(f"{order}H", length) + raw


def item(elements: dict[int, Value]) -> bytes:
    inside = b"".join(element(tag, value) for tag, value in sorted(elements.items()))
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(inside)) + inside


def encapsulated(*fragments: bytes) -> bytes:
    parts = [struct.pack("<HHI", 0xFFFE, 0xE000, 0)]
    for fragment in fragments:
        padded = fragment + b"\0" * (len(fragment) % 2)
        parts.append(struct.pack("<HHI", 0xFFFE, 0xE000, len(padded)) + padded)
    return b"".join(parts) + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)


@dataclass
class DicomBuilder:
    """A DX film: change `elements`, or the fields, then call `bytes`."""

    pixels: np.ndarray
    bits_stored: int | None = None
    photometric: str = "MONOCHROME2"
    syntax: str = EXPLICIT
    preamble: bool = True
    meta: bool = True
    elements: dict[int, Value] = field(default_factory=dict)
    pixel_data: bytes | None = None
    pixel_length: int | None = None

    def bytes(self) -> bytes:
        order = ">" if self.syntax == BIG else "<"
        explicit = self.syntax != IMPLICIT
        rows, columns = self.pixels.shape[:2]
        bits = 8 * self.pixels.dtype.itemsize
        stored = self.bits_stored or bits
        defaults: dict[int, Value] = {
            0x00080060: text("CS", "DX"),
            0x00280002: us(self.pixels.shape[2] if self.pixels.ndim == 3 else 1, order),
            0x00280004: text("CS", self.photometric),
            0x00280010: us(rows, order),
            0x00280011: us(columns, order),
            0x00280100: us(bits, order),
            0x00280101: us(stored, order),
            0x00280102: us(stored - 1, order),
            0x00280103: us(int(np.issubdtype(self.pixels.dtype, np.signedinteger)), order),
        }
        header = {**defaults, **self.elements}
        body = b"".join(
            element(tag, value, explicit=explicit, order=order) for tag, value in sorted(header.items()) if value[0]
        )
        body += self._pixel_element(explicit, order)
        if self.syntax == DEFLATED:
            engine = zlib.compressobj(9, zlib.DEFLATED, -15)
            body = engine.compress(body) + engine.flush()
        start = b"\0" * 128 + b"DICM" if self.preamble else b""
        return start + (self._meta() if self.meta else b"") + body

    def _meta(self) -> bytes:
        inside = element(0x00020010, ("UI", self.syntax.encode() + b"\0" * (len(self.syntax) % 2)))
        return element(0x00020000, ("UL", struct.pack("<I", len(inside)))) + inside

    def _pixel_element(self, explicit: bool, order: str) -> bytes:
        raw = self.pixel_data
        if raw is None:
            raw = self.pixels.astype(self.pixels.dtype.newbyteorder(order)).tobytes()
            raw += b"\0" * (len(raw) % 2)
        length = self.pixel_length
        if length is None and self.syntax not in (EXPLICIT, IMPLICIT, BIG, DEFLATED):
            length = 0xFFFFFFFF
        vr = "OW" if self.pixels.dtype.itemsize == 2 else "OB"
        return element(0x7FE00010, (vr, raw), explicit=explicit, order=order, length=length)
