"""Walks a DICOM file: where the header ends, where the pixels lie, and the few data elements a film needs.

pydicom has no limits of its own: it inflates a Deflated file whole (64 KiB become 64 MiB), recurses into nested
sequences until Python gives up, and keeps each of a million empty elements. So the stream is walked here, without
recursion and without copying, and only the wanted elements are kept.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from edge_app.imaging.decode.dicom import syntaxes
from edge_app.imaging.decode.dicom.sniff import MAGIC_OFFSET, has_magic
from edge_app.imaging.decode.limits import DecodeLimits
from edge_app.system.errors import FilmUnreadableError
from edge_app.system.messages import Message

UNDEFINED = 0xFFFFFFFF

_ITEM = 0xFFFEE000
_ITEM_END = 0xFFFEE00D
_SEQUENCE_END = 0xFFFEE0DD
_TRANSFER_SYNTAX = 0x00020010
_DIRECTORY_RECORDS = 0x00041220
_PIXEL_DATA = 0x7FE00010
_FLOAT_PIXEL_DATA = (0x7FE00008, 0x7FE00009)
_MAX_ITEMS = 64

_LONG_VRS = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"})
"""VRs with two reserved bytes and a length of four bytes (PS3.5 7.1.2)."""

_BLANK_VRS = b" ?\0-"
"""What careless writers put in place of a VR. Such an element has a length of two bytes, as dcmtk reads it."""

_DEFLATE_EXPANSION = 20
"""Films deflate 2 to 5 times; nearly empty pictures more."""
_DEFLATE_FREE_BYTES = 16 * 1024 * 1024
_DEFLATE_FREE_EXPANSION = 100
_INFLATE_PIECE_BYTES = 256 * 1024


class DicomStructureError(ValueError):
    """The stream of data elements is broken or ends early; becomes `file.broken`."""


class DicomContradictionError(DicomStructureError):
    """Header and pixels do not agree, so that the pixels cannot be trusted; becomes `dicom.contradiction`."""


class RawElement(NamedTuple):
    """A data element as it is stored.

    Attributes:
        vr: Value representation; None where the encoding, or this element, has none.
        value: Its bytes; those of a sequence with all items and delimiters.
    """

    vr: str | None
    value: memoryview


@dataclass(frozen=True, slots=True)
class DicomStream:
    """A DICOM file, cut in two.

    Attributes:
        transfer_syntax: UID; of the guessed encoding where the file states none.
        is_implicit: Whether elements carry no VR.
        is_little_endian: Byte order of header and native pixels.
        elements: The wanted data elements before the pixels, by tag.
        pixels: The value of Pixel Data: native bytes, or the encapsulated items with the delimiter.
        pixel_vr: `OB` or `OW`.
        is_encapsulated: Whether `pixels` holds fragments (PS3.5 A.4).
    """

    transfer_syntax: str
    is_implicit: bool
    is_little_endian: bool
    elements: dict[int, RawElement]
    pixels: memoryview
    pixel_vr: str
    is_encapsulated: bool


def split(data: bytes, limits: DecodeLimits, wanted: Container[int]) -> DicomStream:
    """Walks the data elements of a file up to the pixels.

    Args:
        data: The whole file, with or without preamble and file meta information.
        limits: Most elements, deepest nesting, largest file after inflating.
        wanted: Tags of the elements to keep.

    Returns:
        The wanted elements and the pixels' bytes.

    Raises:
        DicomStructureError: The stream is broken or ends early.
        FilmUnreadableError: It is over a limit, holds no pixels, or has a transfer syntax that is not read.
    """
    syntax, start = _read_meta(data)
    body = memoryview(data)[start:]
    if syntax == syntaxes.DEFLATED:
        body = memoryview(_inflate(body, limits))
        syntax = syntaxes.EXPLICIT_LITTLE
    if syntax is None:
        syntax = _guess_syntax(body)
    syntaxes.require(syntax)
    little = syntax != syntaxes.EXPLICIT_BIG
    # The elements themselves tell whether they carry VRs: some writers state one encoding and write the other.
    implicit = little and _is_implicit(body)
    if not syntaxes.is_encapsulated(syntax) and little:
        syntax = syntaxes.IMPLICIT_LITTLE if implicit else syntaxes.EXPLICIT_LITTLE
    walker = _Walker(body, implicit, little, limits)
    elements, pixel_vr, length = walker.up_to_pixels(wanted)
    encapsulated = length == UNDEFINED
    if encapsulated != syntaxes.is_encapsulated(syntax):
        raise DicomContradictionError(f"pixels {'are' if encapsulated else 'are not'} encapsulated under {syntax}")
    value = walker.position
    if not encapsulated and value + length > len(body):
        raise DicomStructureError(f"pixel data of {length} bytes, but {len(body) - value} are left")
    pixels = body[value:] if encapsulated else body[value : value + length]
    return DicomStream(syntax, implicit, little, elements, pixels, pixel_vr, encapsulated)


def read_items(
    sequence: RawElement, stream: DicomStream, limits: DecodeLimits, wanted: Container[int]
) -> list[dict[int, RawElement]]:
    """Reads the wanted elements of the items of a sequence.

    Args:
        sequence: The sequence, one of `stream.elements`.
        stream: The file that holds it.
        limits: As for `split`.
        wanted: Tags of the elements to keep.

    Returns:
        The elements of each item, by tag.

    Raises:
        DicomStructureError: The sequence is broken.
        FilmUnreadableError: It is over a limit.
    """
    body = sequence.value
    implicit = stream.is_implicit or (sequence.vr == "UN" and _is_implicit(body[8:]))
    order = "<" if stream.is_little_endian else ">"
    items: list[dict[int, RawElement]] = []
    position = 0
    while position + 8 <= len(body) and len(items) < _MAX_ITEMS:
        group, element, length = struct.unpack_from(f"{order}HHI", body, position)
        tag = group << 16 | element
        if tag == _SEQUENCE_END:
            break
        if tag != _ITEM:
            raise DicomStructureError("a sequence holds something else than items")
        position += 8
        end = len(body) if length == UNDEFINED else position + length
        walker = _Walker(body[position:end], implicit, stream.is_little_endian, limits)
        items.append(walker.up_to_end(wanted))
        position = position + walker.position if length == UNDEFINED else end
    return items


def _read_meta(data: bytes) -> tuple[str | None, int]:
    """Returns the transfer syntax, if stated, and where the data set starts.

    The file meta information is always Explicit VR Little Endian (PS3.10 7.1); some writers leave the VRs out. Where
    it stands there twice, the first one counts.
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
        elif not _is_vr(vr):
            (length,) = struct.unpack_from("<I", data, position + 4)
        if value + length > len(data):
            raise DicomStructureError("an element of the file meta information leaves the file")
        if (group << 16 | element) == _TRANSFER_SYNTAX and syntax is None:
            syntax = data[value : value + length].rstrip(b"\0 ").decode("ascii", "replace")
        position = value + length
    return syntax, position


def _inflate(body: memoryview, limits: DecodeLimits) -> bytes:
    """Inflates a Deflated data set (PS3.5 A.5), and stops where it grows as no film does."""
    ceiling = max(_DEFLATE_EXPANSION * len(body), min(_DEFLATE_FREE_BYTES, _DEFLATE_FREE_EXPANSION * len(body)))
    ceiling = min(ceiling, limits.max_file_bytes)
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        if _inflated_size(body, ceiling) > ceiling:
            raise FilmUnreadableError("file.bomb", reasons=(Message("growth.above", limit_mb=ceiling / 1e6),))
        inflated = engine.decompress(body, ceiling)
    except zlib.error as error:
        raise DicomStructureError(f"deflate: {error}") from error
    if not engine.eof and (engine.unconsumed_tail or len(inflated) >= ceiling):
        raise FilmUnreadableError("file.bomb", reasons=(Message("growth.above", limit_mb=ceiling / 1e6),))
    if not engine.eof:
        raise DicomStructureError("the deflated data set ends early")
    return inflated


def _inflated_size(body: memoryview, ceiling: int) -> int:
    """Counts the inflated bytes until there are more than `ceiling`. A bomb is found without the memory it asks for."""
    engine, size = zlib.decompressobj(-zlib.MAX_WBITS), 0
    for start in range(0, len(body), _INFLATE_PIECE_BYTES):
        left: bytes | memoryview = body[start : start + _INFLATE_PIECE_BYTES]
        while left and not engine.eof and size <= ceiling:
            size += len(engine.decompress(left, _INFLATE_PIECE_BYTES))
            left = engine.unconsumed_tail
        if engine.eof or size > ceiling:  # bytes behind the end of the stream are never consumed
            break
    return size


def _guess_syntax(body: memoryview) -> str:
    """The native encoding of a data set that comes without file meta information."""
    if len(body) < 8:
        raise DicomStructureError("no data set")
    if bytes(body[:2]) in (b"\x00\x08", b"\x00\x02"):
        return syntaxes.EXPLICIT_BIG
    return syntaxes.IMPLICIT_LITTLE if _is_implicit(body) else syntaxes.EXPLICIT_LITTLE


def _is_implicit(body: memoryview) -> bool:
    return not _is_vr(bytes(body[4:6]))


def _is_vr(two_bytes: bytes) -> bool:
    return len(two_bytes) == 2 and two_bytes.isalpha() and two_bytes.isupper()


class _Walker:
    """Steps over data elements; descends into items of undefined length with a counter instead of a call.

    Attributes:
        position: Offset of the next byte to read.
    """

    def __init__(self, body: memoryview, implicit: bool, little: bool, limits: DecodeLimits) -> None:
        self._body = body
        self._order = "<" if little else ">"
        self._limits = limits
        self.position = 0
        self._stack = [implicit]  # one entry for each open sequence of undefined length: is its inside implicit?
        self._seen: set[int] = set()

    def up_to_pixels(self, wanted: Container[int]) -> tuple[dict[int, RawElement], str, int]:
        """Returns the wanted elements, and VR and length of Pixel Data, at whose value the walk stops."""
        found: dict[int, RawElement] = {}
        for tag, vr, length in self._steps():
            if len(self._stack) == 1:
                if tag == _PIXEL_DATA:
                    return found, vr or "OW", length
                if tag in _FLOAT_PIXEL_DATA:
                    raise FilmUnreadableError("dicom.float_pixels")
            self._keep(found, tag, vr, length, wanted)
        code = "dicom.directory" if _DIRECTORY_RECORDS in self._seen else "dicom.no_pixels"
        raise FilmUnreadableError(code)

    def up_to_end(self, wanted: Container[int]) -> dict[int, RawElement]:
        """Returns the wanted elements of an item, up to its delimiter or the end of the bytes."""
        found: dict[int, RawElement] = {}
        for tag, vr, length in self._steps():
            if tag == _ITEM_END and len(self._stack) == 1:
                break
            self._keep(found, tag, vr, length, wanted)
        return found

    def _steps(self) -> Iterator[tuple[int, str | None, int]]:
        for _ in range(self._limits.max_elements):
            if self.position >= len(self._body):
                return
            yield self._next()
        raise FilmUnreadableError(
            "dicom.too_complex", reasons=(Message("header.elements", limit=self._limits.max_elements),)
        )

    def _keep(
        self, found: dict[int, RawElement], tag: int, vr: str | None, length: int, wanted: Container[int]
    ) -> None:
        """Steps over an element, and keeps it where it is one of the wanted ones."""
        start = self.position
        is_outermost = len(self._stack) == 1
        self._step_over(tag, vr, length)
        if not is_outermost:
            return
        if tag == _DIRECTORY_RECORDS:
            self._seen.add(tag)
        if tag not in wanted:
            return
        if tag in self._seen:
            # Tags out of order are harmless; a second Rows must not replace the first.
            raise DicomContradictionError(f"element {tag:08X} occurs twice")
        self._seen.add(tag)
        # The bytes of a sequence of undefined length begin here; `read_items` finds where they end.
        found[tag] = RawElement(vr, self._body[start:] if length == UNDEFINED else self._body[start : self.position])

    def _next(self) -> tuple[int, str | None, int]:
        if self.position + 8 > len(self._body):
            raise DicomStructureError("the header ends inside an element")
        group, element = struct.unpack_from(f"{self._order}HH", self._body, self.position)
        tag = group << 16 | element
        if tag in (_ITEM, _ITEM_END, _SEQUENCE_END) or self._stack[-1]:
            (length,) = struct.unpack_from(f"{self._order}I", self._body, self.position + 4)
            self.position += 8
            return tag, None, length
        vr = bytes(self._body[self.position + 4 : self.position + 6])
        if not _is_vr(vr) and vr.strip(_BLANK_VRS):
            raise DicomStructureError(f"element {tag:08X} has no VR")
        if vr in _LONG_VRS:
            if self.position + 12 > len(self._body):
                raise DicomStructureError("the header ends inside an element")
            (length,) = struct.unpack_from(f"{self._order}I", self._body, self.position + 8)
            self.position += 12
        else:
            (length,) = struct.unpack_from(f"{self._order}H", self._body, self.position + 6)
            self.position += 8
        return tag, vr.decode("ascii") if _is_vr(vr) else None, length

    def _step_over(self, tag: int, vr: str | None, length: int) -> None:
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
            # OB and OW: compressed pixels of an icon, in fragments. They are stepped over as items are.
            if vr not in (None, "SQ", "UN", "OB", "OW"):
                raise DicomStructureError(f"element {tag:08X} of VR {vr} has no length")
            if len(self._stack) > self._limits.max_depth:
                raise FilmUnreadableError(
                    "dicom.too_complex", reasons=(Message("header.nested", limit=self._limits.max_depth),)
                )
            # UN of undefined length is Implicit VR Little Endian inside (PS3.5 6.2.2 note 4), though not always.
            first_element = self._body[self.position + 8 : self.position + 16]
            self._stack.append(self._stack[-1] or (vr == "UN" and _is_implicit(first_element)))
            return
        if self.position + length > len(self._body):
            raise DicomStructureError(f"element {tag:08X} of {length} bytes leaves the file")
        self.position += length
