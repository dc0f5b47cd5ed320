"""Finds its way through a DICOM file without believing it: where the header ends and where the pixels lie.

pydicom has no limits of its own: it inflates a Deflated file whole (64 KiB become 64 MiB), recurses into nested
sequences until Python gives up, and keeps every one of a million empty elements. So the stream is walked here first,
without recursion and without copying, and pydicom reads only a header that was found to be modest.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from edge_app.imaging.decode.dicom import syntaxes
from edge_app.imaging.decode.dicom.sniff import MAGIC_OFFSET, has_magic
from edge_app.imaging.decode.limits import DecodeLimits
from edge_app.system.errors import FilmUnreadableError

UNDEFINED = 0xFFFFFFFF

_ITEM = 0xFFFEE000
_ITEM_END = 0xFFFEE00D
_SEQUENCE_END = 0xFFFEE0DD
_TRANSFER_SYNTAX = 0x00020010
_PIXEL_DATA = 0x7FE00010
_FLOAT_PIXEL_DATA = (0x7FE00008, 0x7FE00009)

_LONG_VRS = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"})
"""VRs with two reserved bytes and a length of four bytes (PS3.5 7.1.2)."""

_DEFLATE_EXPANSION = 20
"""Films deflate 2 to 5 times; nearly empty pictures more."""
_DEFLATE_FREE_BYTES = 16 * 1024 * 1024
_DEFLATE_FREE_EXPANSION = 100


class DicomStructureError(ValueError):
    """The stream of data elements is broken; becomes `file.broken`."""


@dataclass(frozen=True, slots=True)
class DicomStream:
    """A DICOM file, cut in two.

    Attributes:
        transfer_syntax: UID; of the guessed encoding where the file states none.
        is_implicit: Whether elements carry no VR.
        is_little_endian: Byte order of header and native pixels.
        header: All data elements before the pixels, without the file meta information.
        pixels: The value of Pixel Data: native bytes, or the encapsulated items with the delimiter.
        pixel_vr: `OB` or `OW`.
        is_encapsulated: Whether `pixels` holds fragments (PS3.5 A.4).
    """

    transfer_syntax: str
    is_implicit: bool
    is_little_endian: bool
    header: bytes
    pixels: memoryview
    pixel_vr: str
    is_encapsulated: bool


def split(data: bytes, limits: DecodeLimits) -> DicomStream:
    """Walks the data elements of a file up to the pixels.

    Args:
        data: The whole file, with or without preamble and file meta information.
        limits: Most elements, deepest nesting, largest file after inflating.

    Returns:
        The header's bytes and the pixels' bytes.

    Raises:
        DicomStructureError: The stream is broken or ends early.
        FilmUnreadableError: It is over a limit, or holds no pixels.
    """
    syntax, start = _read_meta(data)
    body = memoryview(data)[start:]
    if syntax == syntaxes.DEFLATED:
        body = memoryview(_inflate(body, limits))
        syntax = syntaxes.EXPLICIT_LITTLE
    if syntax is None:
        syntax = _guess_syntax(body)
    implicit = syntax == syntaxes.IMPLICIT_LITTLE
    little = syntax != syntaxes.EXPLICIT_BIG
    if implicit and not _is_implicit(body):
        # Some writers name the default syntax and write VRs all the same.
        implicit, syntax = False, syntaxes.EXPLICIT_LITTLE
    elif syntaxes.is_encapsulated(syntax) and _is_implicit(body):
        implicit = True  # and some write none beside compressed pixels, which PS3.5 A.4 forbids
    walker = _Walker(body, implicit, little, limits)
    offset, value, length, vr = walker.find_pixels()
    encapsulated = length == UNDEFINED
    if encapsulated != syntaxes.is_encapsulated(syntax):
        raise DicomStructureError(f"pixels {'are' if encapsulated else 'are not'} encapsulated under {syntax}")
    if not encapsulated and value + length > len(body):
        raise DicomStructureError(f"pixel data of {length} bytes, but {len(body) - value} are left")
    pixels = body[value:] if encapsulated else body[value : value + length]
    return DicomStream(syntax, implicit, little, bytes(body[:offset]), pixels, vr, encapsulated)


def _read_meta(data: bytes) -> tuple[str | None, int]:
    """Returns the transfer syntax, if stated, and where the data set starts.

    The file meta information is always Explicit VR Little Endian (PS3.10 7.1).
    """
    position = MAGIC_OFFSET + 4 if has_magic(data) else 0
    syntax: str | None = None
    while data[position : position + 2] == b"\x02\x00":
        if position + 8 > len(data):
            raise DicomStructureError("the file meta information ends early")
        group, element, vr, length = struct.unpack_from("<HH2sH", data, position)
        value = position + 8
        if vr in _LONG_VRS:
            if position + 12 > len(data):
                raise DicomStructureError("the file meta information ends early")
            (length,) = struct.unpack_from("<I", data, position + 8)
            value = position + 12
        if value + length > len(data):
            raise DicomStructureError("an element of the file meta information leaves the file")
        if (group << 16 | element) == _TRANSFER_SYNTAX:
            syntax = data[value : value + length].rstrip(b"\0 ").decode("ascii", "replace")
        position = value + length
    return syntax, position


def _inflate(body: memoryview, limits: DecodeLimits) -> bytes:
    """Inflates a Deflated data set (PS3.5 A.5), and stops where it grows as no film does."""
    ceiling = max(_DEFLATE_EXPANSION * len(body), min(_DEFLATE_FREE_BYTES, _DEFLATE_FREE_EXPANSION * len(body)))
    ceiling = min(ceiling, limits.max_file_bytes)
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = engine.decompress(body, ceiling)
    except zlib.error as error:
        raise DicomStructureError(f"deflate: {error}") from error
    if not engine.eof and (engine.unconsumed_tail or len(inflated) >= ceiling):
        raise FilmUnreadableError(
            "file.bomb",
            f"The deflated file would grow to more than {ceiling / 1e6:.0f} MB when it is opened; no film does.",
            hint="Export the film again, uncompressed.",
        )
    if not engine.eof:
        raise DicomStructureError("the deflated data set ends early")
    return inflated


def _guess_syntax(body: memoryview) -> str:
    """The native encoding of a data set that comes without file meta information."""
    if len(body) < 8:
        raise DicomStructureError("no data set")
    if bytes(body[:2]) in (b"\x00\x08", b"\x00\x02"):
        return syntaxes.EXPLICIT_BIG
    return syntaxes.IMPLICIT_LITTLE if _is_implicit(body) else syntaxes.EXPLICIT_LITTLE


def _is_implicit(body: memoryview) -> bool:
    return not all(0x41 <= byte <= 0x5A for byte in bytes(body[4:6]))


class _Walker:
    """Steps over data elements; descends into items of undefined length with a counter instead of a call."""

    def __init__(self, body: memoryview, implicit: bool, little: bool, limits: DecodeLimits) -> None:
        self._body = body
        self._order = "<" if little else ">"
        self._limits = limits
        self._position = 0
        self._stack = [implicit]  # one entry for each open sequence of undefined length: is its inside implicit?

    def find_pixels(self) -> tuple[int, int, int, str]:
        """Returns the offset of the Pixel Data element, the offset of its value, its length, and its VR."""
        last_tag = -1
        for _ in range(self._limits.max_elements):
            offset = self._position
            if offset >= len(self._body):
                raise FilmUnreadableError(
                    "dicom.no_pixels", "The DICOM file holds no picture.", hint="Export the film itself."
                )
            tag, vr, length = self._next()
            if len(self._stack) == 1:
                if tag == _PIXEL_DATA:
                    return offset, self._position, length, (vr or b"OW").decode("ascii")
                if tag in _FLOAT_PIXEL_DATA:
                    raise FilmUnreadableError(
                        "dicom.float_pixels",
                        "The DICOM file holds measured values, not a film.",
                        hint="Export the film itself.",
                    )
                if tag <= last_tag:
                    # Tags ascend (PS3.5 7.1); a second, different Rows further on must not replace the first.
                    raise DicomStructureError(f"element {tag:08X} follows {last_tag:08X}")
                last_tag = tag
            self._step_over(tag, vr, length)
        raise FilmUnreadableError(
            "dicom.too_complex",
            f"The DICOM header has more than {self._limits.max_elements} elements; a film's has a few hundred.",
            hint="Export the film again from its source.",
        )

    def _next(self) -> tuple[int, bytes | None, int]:
        if self._position + 8 > len(self._body):
            raise DicomStructureError("the header ends inside an element")
        group, element = struct.unpack_from(f"{self._order}HH", self._body, self._position)
        tag = group << 16 | element
        vr: bytes | None = None
        if tag in (_ITEM, _ITEM_END, _SEQUENCE_END) or self._stack[-1]:
            (length,) = struct.unpack_from(f"{self._order}I", self._body, self._position + 4)
            self._position += 8
            return tag, vr, length
        vr = bytes(self._body[self._position + 4 : self._position + 6])
        if not vr.isalpha() or not vr.isupper():
            raise DicomStructureError(f"element {tag:08X} has no VR")
        if vr in _LONG_VRS:
            if self._position + 12 > len(self._body):
                raise DicomStructureError("the header ends inside an element")
            (length,) = struct.unpack_from(f"{self._order}I", self._body, self._position + 8)
            self._position += 12
        else:
            (length,) = struct.unpack_from(f"{self._order}H", self._body, self._position + 6)
            self._position += 8
        return tag, vr, length

    def _step_over(self, tag: int, vr: bytes | None, length: int) -> None:
        if tag == _SEQUENCE_END:
            if len(self._stack) == 1:
                raise DicomStructureError("a sequence ends that never began")
            self._stack.pop()
            return
        if tag == _ITEM_END:
            return
        if tag == _ITEM:
            if len(self._stack) == 1:
                raise DicomStructureError("an item outside a sequence")
            if length == UNDEFINED:
                return  # its elements follow, up to its delimiter
        elif length == UNDEFINED:
            if vr not in (None, b"SQ", b"UN"):
                raise DicomStructureError(f"element {tag:08X} of VR {vr!r} has no length")
            if len(self._stack) > self._limits.max_depth:
                raise FilmUnreadableError(
                    "dicom.too_complex",
                    f"The DICOM header is nested more than {self._limits.max_depth} deep.",
                    hint="Export the film again from its source.",
                )
            # UN of undefined length is Implicit VR Little Endian inside (PS3.5 6.2.2 note 4).
            self._stack.append(self._stack[-1] or vr == b"UN")
            return
        if self._position + length > len(self._body):
            raise DicomStructureError(f"element {tag:08X} of {length} bytes leaves the file")
        self._position += length
