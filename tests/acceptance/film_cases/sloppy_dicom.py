"""B: good DICOM films whose header is sloppy: metadata that cannot be used costs a notice, not the film."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import numpy as np
from PIL import Image

from tests.acceptance.film_cases import WINDOW, Case, deep, plain, plain_deep
from tests.acceptance.film_cases.colour import jpeg, jpeg_2000
from tests.support import dicom as d

CENTRE, WIDTH, FUNCTION, SHAPE = 0x00281050, 0x00281051, 0x00281056, 0x20500020
INTERCEPT, SLOPE, FRAMES, HIGH, PADDING = 0x00281052, 0x00281053, 0x00280008, 0x00280102, 0x00280120
VOI, MODALITY = 0x00283010, 0x00283000
DESCRIPTOR, DATA = 0x00283002, 0x00283006
ICON = 0x00880200
GE_PRIVATE = "1.2.840.113619.5.2"


def lut(descriptor: tuple[int, ...], data: np.ndarray | bytes) -> d.Value:
    """A sequence of one lookup table."""
    raw = data if isinstance(data, bytes) else data.astype("<u2").tobytes()
    words = np.array(descriptor, "<u2").tobytes()
    return "SQ", d.item({DESCRIPTOR: ("US", words), DATA: ("OW", raw)})


def cases(film: np.ndarray) -> Iterator[Case]:
    film = film[:, : film.shape[1] // 2 * 2]
    yield from _windows(film)
    yield from _tables(film)
    yield from _elements(film)
    yield from _jpeg_2000(film)
    yield from _structure(film)
    yield from _reasons(film)


def _windows(film: np.ndarray) -> Iterator[Case]:
    bare = d.DicomBuilder(deep(film), 12).bytes()
    double = struct.pack("<d", 2048.0)

    def case(name: str, elements: dict[int, d.Value], *notices: str, same_as: bytes = bare) -> Case:
        return Case("B windows", name, plain_deep(film, elements), same_as, notices=notices)

    def window(centre: d.Value, width: d.Value) -> dict[int, d.Value]:
        return {CENTRE: centre, WIDTH: width}

    text = d.text
    yield case("decimal comma", window(text("DS", "2048,0"), text("DS", "4096,0")), "dicom.window")
    yield case("decimal comma in the width", {WIDTH: text("DS", "4096,5")}, "dicom.window")
    yield case("NaN", window(text("DS", "NaN"), text("DS", "NaN")), "dicom.window")
    yield case("infinite width", {WIDTH: text("DS", "inf")}, "dicom.window")
    yield case("binary doubles", window(("FD", double), ("FD", double)), "dicom.window")
    yield case("binary shorts", window(d.us(2048), d.us(4096)), "dicom.window")
    yield case("words", window(text("DS", "AUTO"), text("DS", "AUTO")), "dicom.window")
    yield case("width 0", {WIDTH: text("DS", "0")}, "dicom.window")
    yield case("negative width", {WIDTH: text("DS", "-4096")}, "dicom.window")
    yield case("no width", {WIDTH: ("DS", b"")}, "dicom.window")
    yield case("an unknown function", {FUNCTION: text("CS", "LOG")}, "dicom.window")
    good = plain_deep(film)
    usable = window(text("DS", "0\\2048"), text("DS", "0\\4096"))
    yield case("a useless one before a good one", usable, "dicom.window", same_as=good)
    yield case("blanks and null", window(("DS", b" 2048 \0"), ("DS", b"4096")), same_as=good)
    for slope in ("0", "1,0", "NaN", "x"):
        yield case(f"slope {slope!r}", {SLOPE: text("DS", slope)}, "dicom.rescale", same_as=good)
    yield case("slope as binary double", {SLOPE: ("FD", struct.pack("<d", 1.0))}, "dicom.rescale", same_as=good)
    yield case("intercept with a comma", {INTERCEPT: text("DS", "0,0")}, "dicom.rescale", same_as=good)
    for shape in ("LINEAR", "NORMAL", "1"):
        yield case(f"presentation shape {shape}", {SHAPE: text("CS", shape)}, "dicom.presentation", same_as=good)


def _tables(film: np.ndarray) -> Iterator[Case]:
    good = plain_deep(film)
    bare = d.DicomBuilder(deep(film), 12).bytes()
    every = np.arange(4096)
    identity = d.DicomBuilder(deep(film), 12, elements={VOI: lut((4096, 0, 12), every)}).bytes()

    def case(name: str, elements: dict[int, d.Value], same_as: bytes, *notices: str, window: bool = True) -> Case:
        found = {**(WINDOW if window else {}), **elements}
        data = d.DicomBuilder(deep(film), 12, elements=found).bytes()
        return Case("B lookup tables", name, data, same_as, notices=notices)

    empty: d.Value = ("SQ", d.item({DESCRIPTOR: ("US", b""), DATA: ("US", b"")}))
    nothing: d.Value = ("SQ", d.item({}))
    short = lut((4096, 0, 12), every[:4000])
    yield case("an empty VOI item beside a window", {VOI: empty}, good, "dicom.lut")
    yield case("a VOI item of nothing beside a window", {VOI: nothing}, good, "dicom.lut")
    yield case("no VOI item", {VOI: ("SQ", b"")}, good)
    yield case("a short VOI table beside a window", {VOI: short}, good, "dicom.lut")
    yield case("a long VOI table beside a window", {VOI: lut((4000, 0, 12), every)}, good, "dicom.lut")
    yield case("a VOI descriptor of two values", {VOI: lut((4096, 0), every)}, good, "dicom.lut")
    yield case("a short VOI table alone", {VOI: short}, bare, "dicom.lut", window=False)
    yield case("empty VOI and modality items", {VOI: empty, MODALITY: empty}, bare, "dicom.lut", window=False)
    yield case("an empty modality item beside a window", {MODALITY: empty}, good, "dicom.lut")
    for bits in (16, 14, 10, 8, 0):
        table = {VOI: lut((4096, 0, bits), every)}
        yield case(f"a table that says {bits} bits and has 12", table, identity, "dicom.lut_bits", window=False)
    broken: d.Value = ("SQ", b"\xfe\xff\x00\xe0\xff\x00\x00\x00" + b"\0" * 40)
    yield case("a broken VOI sequence beside a window", {VOI: broken}, good, "dicom.lut")


def _elements(film: np.ndarray) -> Iterator[Case]:
    good = plain_deep(film)

    def case(name: str, data: bytes, *notices: str, same_as: bytes = good) -> Case:
        return Case("B elements", name, data, same_as, notices=notices)

    for text in ("0", "-1", "0.5", "x"):
        yield case(f"number of frames {text!r}", plain_deep(film, {FRAMES: d.text("IS", text)}), "dicom.frame_count")
    for raw in (b"1\\1 ", b"1.0 ", b" 1", b"1\0", b""):
        yield case(f"number of frames {raw!r}", plain_deep(film, {FRAMES: ("IS", raw)}))
    rows, columns = film.shape
    for vr in ("UN", "SS"):
        size = {0x00280010: (vr, struct.pack("<H", rows)), 0x00280011: (vr, struct.pack("<H", columns))}
        yield case(f"rows and columns as {vr}", plain_deep(film, size))
    shifted = d.DicomBuilder(deep(film) << 4, 12, elements={**WINDOW, HIGH: d.us(15)}).bytes()
    yield case("12 bits at the top of 16", shifted, "dicom.high_bit")
    yield case("high bit 15, values at the bottom", plain_deep(film, {HIGH: d.us(15)}), "dicom.high_bit")
    yield case("high bit 10 of 12 bits", plain_deep(film, {HIGH: d.us(10)}), "dicom.high_bit")
    padded = d.element(PADDING, d.us(0))
    for vr in (b"  ", b"??", b"\0\0"):
        blank = padded[:4] + vr + padded[6:]
        yield case(f"an element of VR {vr!r}", _with_element(plain_deep(film), blank, PADDING))
    swapped = good.replace(d.element(0x00280010, d.us(rows)), b"").replace(
        d.element(0x00280011, d.us(columns)), d.element(0x00280011, d.us(columns)) + d.element(0x00280010, d.us(rows))
    )
    yield case("columns before rows", swapped)
    early = good.replace(d.element(CENTRE, WINDOW[CENTRE]), b"")
    yield case("a window before the size", _with_element(early, d.element(CENTRE, WINDOW[CENTRE]), 0x00280002))


def _with_element(data: bytes, element: bytes, before: int) -> bytes:
    """Puts an element before the first one with at least the tag `before`."""
    position = 132 + 12 + int.from_bytes(data[140:144], "little")
    while (
        int.from_bytes(data[position : position + 2], "little") << 16
        | int.from_bytes(data[position + 2 : position + 4], "little")
        < before
    ):
        position += 8 + int.from_bytes(data[position + 6 : position + 8], "little")
    return data[:position] + element + data[position:]


def _jpeg_2000(film: np.ndarray) -> Iterator[Case]:
    samples = deep(film)
    builder = d.DicomBuilder(samples, 16, elements=WINDOW)
    good = builder.bytes()
    stream = io.BytesIO()
    Image.fromarray(samples).save(stream, "JPEG2000", irreversible=False, no_jp2=True)
    codestream = stream.getvalue()
    start = codestream.index(b"\xff\x90\x00\x0a")
    comment = b"\xff\x64\x00\x05\x00\x01x"
    odd = codestream if len(codestream) % 2 else codestream[:start] + comment + codestream[start:]
    even = codestream[:start] + comment + codestream[start:] if len(codestream) % 2 else codestream

    def open_ended(frame: bytes) -> bytes:
        at = frame.index(b"\xff\x90\x00\x0a")
        return frame[: at + 6] + b"\0\0\0\0" + frame[at + 10 :]

    def case(name: str, frame: bytes, *, code: str = "") -> Case:
        data = d.DicomBuilder(samples, 16, syntax=d.JPEG_2000, elements=WINDOW, pixel_data=d.encapsulated(frame))
        same_as = None if code else good
        return Case(
            "B JPEG 2000", name, data.bytes(), same_as, code=code, notices=() if code else ("dicom.bits_unused",)
        )

    yield case("an odd length and its pad byte", odd)
    yield case("Psot 0", open_ended(even))
    yield case("Psot 0, an odd length and its pad byte", open_ended(odd))
    yield case("no end marker", even[:-2])
    yield case("no end marker, an odd length", odd[:-2])
    yield case("cut in the middle", even[: len(even) // 4 * 2], code="file.broken")
    yield case("cut in the middle, with an end marker", even[: len(even) // 4 * 2] + b"\xff\xd9", code="file.broken")
    half = open_ended(even)[: len(even) // 4 * 2]
    yield case("Psot 0, cut in the middle, with an end marker", half + b"\xff\xd9", code="file.broken")
    yield case("Psot 0, cut in the middle", open_ended(even)[: len(even) // 4 * 2], code="file.broken")


def _structure(film: np.ndarray) -> Iterator[Case]:
    good = plain_deep(film)
    builder = d.DicomBuilder(deep(film), 12, elements=WINDOW)
    implicit = d.DicomBuilder(deep(film), 12, syntax=d.IMPLICIT, elements=WINDOW)
    start = b"\0" * 128 + b"DICM"
    body = good[len(start) + len(builder._meta()) :]
    implicit_body = implicit.bytes()[len(start) + len(implicit._meta()) :]

    def case(name: str, data: bytes, same_as: bytes = good, tolerance: float = 0) -> Case:
        return Case("B structure", name, data, same_as, tolerance)

    uid = d.EXPLICIT.encode() + b"\0" * (len(d.EXPLICIT) % 2)
    meta = d.element(0x00020010, ("UI", uid), explicit=False)
    length = d.element(0x00020000, ("UL", struct.pack("<I", len(meta))), explicit=False)
    yield case("file meta without VRs", start + length + meta + body)
    yield case("implicit elements called explicit", start + builder._meta() + implicit_body)
    yield case("explicit elements called implicit", start + implicit._meta() + body)
    yield case("a second group 2", start + builder._meta() + d.DicomBuilder(film, syntax=d.RLE)._meta() + body)
    compressed = d.DicomBuilder(film, syntax=d.JPEG_BASELINE, pixel_data=d.encapsulated(jpeg(film)))
    both = start + compressed._meta() + builder._meta() + compressed.bytes()[len(start) + len(compressed._meta()) :]
    yield case("a second group 2 that contradicts the first", both, compressed.bytes())

    icon = film[:64, :64].copy()
    header = {
        0x00280002: d.us(1), 0x00280004: d.text("CS", "MONOCHROME2"), 0x00280010: d.us(64), 0x00280011: d.us(64),
        0x00280100: d.us(8), 0x00280101: d.us(8), 0x00280102: d.us(7), 0x00280103: d.us(0),
    }  # fmt: skip
    inside = b"".join(d.element(tag, value) for tag, value in sorted(header.items()))
    pixels = d.element(0x7FE00010, ("OB", d.encapsulated(jpeg(icon))), length=0xFFFFFFFF)
    items = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF) + inside + pixels + struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
    sequence = d.element(ICON, ("SQ", items + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)), length=0xFFFFFFFF)
    yield case("a compressed icon in an item of undefined length", _with_element(good, sequence, ICON))
    explicit_inside = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF) + d.element(0x00080100, d.text("SH", "ABCD"))
    explicit_inside += struct.pack("<HHIHHI", 0xFFFE, 0xE00D, 0, 0xFFFE, 0xE0DD, 0)
    unknown = d.element(0x00081032, ("UN", explicit_inside), length=0xFFFFFFFF)
    yield case("UN of undefined length with explicit elements", _with_element(good, unknown, 0x00081032))

    odd = np.ascontiguousarray(film[:, :-1])
    rgb = np.repeat(odd[:, :, None], 3, 2)
    grey = d.DicomBuilder(rgb, photometric="RGB", elements={0x00280006: d.us(0)}).bytes()
    for label in ("YBR_FULL_422", "YBR_FULL"):
        frame = d.encapsulated(jpeg(rgb, markers="JFIF"))
        data = d.DicomBuilder(rgb, None, label, d.JPEG_BASELINE, elements={0x00280006: d.us(0)}, pixel_data=frame)
        yield case(f"{label} of odd width", data.bytes(), grey, 6)


def _reasons(film: np.ndarray) -> Iterator[Case]:
    def case(name: str, data: bytes, code: str) -> Case:
        return Case("B reasons", name, data, code=code)

    yield case(
        "a private transfer syntax", d.DicomBuilder(deep(film), 12, syntax=GE_PRIVATE).bytes(), "dicom.transfer_syntax"
    )
    frame = d.encapsulated(b"\0" * 64)
    for syntax in ("1.3.46.670589.33.1.4.1", "1.2.840.10008.1.2.1.98", "1.2.840.10008.1.2.4.201"):
        data = d.DicomBuilder(deep(film), 12, syntax=syntax, pixel_data=frame).bytes()
        yield case(f"transfer syntax {syntax}", data, "dicom.transfer_syntax")
    wide = {0x00280010: d.us(400), 0x00280011: d.us(20001)}
    yield case("20,001 pixels wide", plain(film, wide), "film.too_long")
    fewer = plain_deep(film, {0x00280010: d.us(film.shape[0] - 1)})
    yield case("more pixels than the header says", fewer, "dicom.contradiction")
    twice = _with_element(plain_deep(film), d.element(0x00280010, d.us(100)), 0x00280012)
    yield case("two different Rows", twice, "dicom.contradiction")
    records = d.element(0x00041220, ("SQ", b""))
    directory = d.DicomBuilder(film)
    yield case("a DICOMDIR", b"\0" * 128 + b"DICM" + directory._meta() + records, "dicom.directory")
    no_pixels = plain(film)
    yield case("a report", no_pixels[: no_pixels.index(b"\xe0\x7f\x10\x00OB")], "dicom.no_pixels")
    yield case("cut in the pixels", plain_deep(film)[:-1000], "file.broken")
    rgb = np.repeat(film[:, :, None], 3, 2)
    mono = d.DicomBuilder(film, syntax=d.JPEG_2000, pixel_data=d.encapsulated(jpeg_2000(rgb, transform=True)))
    yield case("three samples inside, one stated", mono.bytes(), "dicom.contradiction")
