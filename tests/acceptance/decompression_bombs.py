"""Twenty-four files that are small on disk and ruinous to open: each must be refused within 1 s and 50 MB.

    python -m tests.acceptance decompression_bombs

Every file is opened in a child process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import io
import multiprocessing
import struct
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from tests.support import dicom as d

LIMIT_S = 1.0
LIMIT_MIB = 50.0


@dataclass(frozen=True, slots=True)
class Outcome:
    name: str
    code: str
    elapsed_s: float
    growth_mib: float

    @property
    def passed(self) -> bool:
        refused = self.code not in ("opened", "killed") and not self.code.startswith("untyped")
        return refused and self.elapsed_s <= LIMIT_S and self.growth_mib <= LIMIT_MIB


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(columns: int, rows: int, *, depth: int = 8, extra: bytes = b"", rows_stored: int | None = None) -> bytes:
    header = struct.pack(">IIBBBBB", columns, rows, depth, 0, 0, 0, 0)
    engine = zlib.compressobj(9)
    line = b"\0" * (1 + columns * depth // 8)
    data = b"".join(engine.compress(line) for _ in range(rows if rows_stored is None else rows_stored))
    body = _chunk(b"IDAT", data + engine.flush())
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + extra + body + _chunk(b"IEND", b"")


def _png_text() -> bytes:
    packed = zlib.compress(b"\0" * 60_000_000, 9)
    extra = b"".join(_chunk(b"zTXt", b"k%d\0\0" % i + packed) for i in range(8))
    return _png(200, 200, extra=extra)


def _png_icc() -> bytes:
    return _png(200, 200, extra=_chunk(b"iCCP", b"p\0\0" + zlib.compress(b"\0" * 200_000_000, 9)))


def _jpeg_of(columns: int, rows: int) -> bytes:
    stream = io.BytesIO()
    Image.new("L", (64, 64)).save(stream, "JPEG")
    data = bytearray(stream.getvalue())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", rows, columns)
    return bytes(data)


def _jpeg_scans() -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((500, 500), 60).save(stream, "JPEG", progressive=True, quality=10)
    data = stream.getvalue()
    start = data.rindex(b"\xff\xda")
    return data[:-2] + data[start:-2] * 2000 + b"\xff\xd9"


def _tiff(columns: int, rows: int) -> bytes:
    tags = [(256, 4, columns), (257, 4, rows), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (278, 4, rows)]
    tags += [(279, 4, 64)]
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return b"II*\0" + struct.pack("<I", 72) + b"\0" * 64 + struct.pack("<H", len(tags)) + entries + b"\0" * 4


def _tiff_deflate() -> bytes:
    columns = rows = 6300
    data = zlib.compress(b"\0" * (columns * rows), 9)
    at = 8 + len(data)
    tags = [(256, 4, columns), (257, 4, rows), (258, 3, 8), (259, 3, 8), (262, 3, 1), (273, 4, 8), (277, 3, 1)]
    tags += [(278, 4, rows), (279, 4, len(data))]
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return b"II*\0" + struct.pack("<I", at) + data + struct.pack("<H", len(tags)) + entries + b"\0" * 4


def _tiff_pages() -> bytes:
    # A chain of directories that bites its own tail.
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 0) + struct.pack("<I", 8)


def _bmp(columns: int, rows: int) -> bytes:
    return (
        b"BM"
        + struct.pack("<IHHI", 200, 0, 0, 54)
        + struct.pack("<IiiHHIIiiII", 40, columns, rows, 1, 8, 0, 0, 0, 0, 0, 0)
    )


def _renamed(file_format: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (300, 300)).save(stream, file_format)
    return stream.getvalue()


def _film(**changes: object) -> bytes:
    pixels = np.zeros((64, 64), dtype=np.uint16)
    return d.DicomBuilder(pixels, **changes).bytes()  # type: ignore[arg-type]


def _deflated(size: int) -> bytes:
    film = d.DicomBuilder(np.zeros((1, 1), dtype=np.uint8))
    film.elements[0x00280010] = d.us(8192)
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = film.bytes()
    head = raw[132 + len(film._meta()) : -14]
    body = engine.compress(head + d.element(0x7FE00010, ("OB", b""), length=size))
    zero = b"\0" * (1 << 20)
    body += b"".join(engine.compress(zero) for _ in range(size >> 20)) + engine.flush()
    film.syntax = d.DEFLATED
    return b"\0" * 128 + b"DICM" + film._meta() + body


def _huge(syntax: str, fragment: bytes) -> bytes:
    sides = {0x00280010: d.us(65535), 0x00280011: d.us(65535)}
    return _film(syntax=syntax, elements=sides, pixel_data=d.encapsulated(fragment))


def _rle_fragment() -> bytes:
    header = struct.pack("<16I", 2, 64, 128, *([0] * 13))
    return header + b"\x81\0" * 4096


def _j2k_siz(side: int) -> bytes:
    siz = struct.pack(">HHIIIIIIIIH", 41, 0, side, side, 0, 0, side, side, 0, 0, 1) + b"\x0f\x01\x01"
    return b"\xff\x4f\xff\x51" + siz + b"\0" * 200


def _nested(depth: int) -> bytes:
    opening = d.element(0x00081140, ("SQ", b""), length=0xFFFFFFFF) + struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    return _spliced(opening * depth)


def _spliced(elements: bytes) -> bytes:
    film = d.DicomBuilder(np.zeros((64, 64), dtype=np.uint16))
    raw = film.bytes()
    at = 132 + len(film._meta())
    return raw[:at] + elements + raw[at:]


def _million_elements() -> bytes:
    elements = (struct.pack("<HH2sH", 0x0009 + 2 * (i >> 16), i & 0xFFFF, b"LO", 0) for i in range(0x1000, 1_000_000))
    return _spliced(b"".join(elements))


def _many_frames() -> bytes:
    return _film(elements={0x00280008: d.text("IS", "2147483647")})


def _nested_explicit(depth: int) -> bytes:
    """Sequences of stated lengths, which pydicom opens one by one as they are asked for."""
    inside = b""
    for _ in range(depth):
        item = struct.pack("<HHI", 0xFFFE, 0xE000, len(inside)) + inside
        inside = d.element(0x00283000, ("SQ", item))
        if len(inside) > 4_000_000:
            break
    film = d.DicomBuilder(np.zeros((64, 64), dtype=np.uint16), elements={0x00283000: ("SQ", inside[12:])})
    return film.bytes()


BOMBS: dict[str, Callable[[], bytes]] = {
    "PNG 60,000 x 60,000": lambda: _png(60_000, 60_000, rows_stored=16),
    "PNG 14,000 x 14,000": lambda: _png(14_000, 14_000, rows_stored=64),
    "PNG 6,300 x 6,300, all black": lambda: _png(6_300, 6_300),
    "PNG 16 bits, 6,300 x 6,300, all black": lambda: _png(6_300, 6_300, depth=16),
    "PNG with 480 MB of compressed text": _png_text,
    "PNG with a 200 MB colour profile": _png_icc,
    "JPEG stating 65,500 x 65,500": lambda: _jpeg_of(65_500, 65_500),
    "JPEG stating 6,000 x 6,000 in 800 bytes": lambda: _jpeg_of(6_000, 6_000),
    "JPEG of 2,000 scans": _jpeg_scans,
    "TIFF stating 100,000 x 100,000": lambda: _tiff(100_000, 100_000),
    "TIFF deflated, 6,300 x 6,300, all black": _tiff_deflate,
    "TIFF whose pages bite their tail": _tiff_pages,
    "BMP stating 2,000,000,000 rows": lambda: _bmp(60_000, 2_000_000_000),
    "GIF named .png": lambda: _renamed("GIF"),
    "EPS named .png": lambda: _renamed("EPS"),
    "PDF named .dcm": lambda: b"%PDF-1.7\n" + b"\0" * 4096,
    "Deflated DICOM, 64 KiB to 64 MiB": lambda: _deflated(64 << 20),
    "Deflated DICOM, 1 MiB to 1 GiB": lambda: _deflated(1 << 30),
    "RLE DICOM stating 65,535 x 65,535": lambda: _huge(d.RLE, _rle_fragment()),
    "JPEG 2000 DICOM stating 65,535 x 65,535": lambda: _huge(d.JPEG_2000, _j2k_siz(65_535)),
    "JPEG 2000 of 65,535 squared behind an honest header": lambda: _film(
        syntax=d.JPEG_2000, pixel_data=d.encapsulated(_j2k_siz(65_535))
    ),
    "DICOM of 2,147,483,647 frames": _many_frames,
    "DICOM with sequences 5,000 deep": lambda: _nested(5_000),
    "DICOM with a million empty elements": _million_elements,
}


def open_in_child(data: bytes, connection: object) -> None:
    """Opens the file as the product does, and reports what came of it and how much memory it took."""
    from edge_app.imaging.decode import FilmFile, decode_film
    from edge_app.system.errors import FilmUnreadableError

    # Imports are no part of the bomb: one film of each kind is opened first.
    small = io.BytesIO()
    Image.new("L", (100, 100)).save(small, "PNG")
    decode_film(FilmFile(small.getvalue(), "warm.png"))
    decode_film(FilmFile(_film(), "warm.dcm"))
    reset_peak()
    before = memory_mib("VmRSS")
    start = time.perf_counter()
    try:
        decode_film(FilmFile(data, "bomb"))
        code = "opened"
    except FilmUnreadableError as error:
        code = error.code
    except BaseException as error:
        code = f"untyped {type(error).__name__}"
    connection.send((code, time.perf_counter() - start, memory_mib("VmHWM") - before))  # type: ignore[attr-defined]


def reset_peak() -> None:
    """Starts the process's peak memory anew (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5")


def memory_mib(key: str) -> float:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(key)) / 1024


def defuse(name: str) -> Outcome:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=open_in_child, args=(BOMBS[name](), theirs))
    process.start()
    theirs.close()
    try:
        code, elapsed_s, growth_mib = ours.recv() if ours.poll(60) else ("killed", 60.0, 0.0)
    except EOFError:
        code, elapsed_s, growth_mib = "killed", 0.0, 0.0
    process.kill()
    process.join()
    return Outcome(name, code, elapsed_s, growth_mib)


def run() -> int:
    outcomes = [defuse(name) for name in BOMBS]
    for o in outcomes:
        verdict = "refused" if o.passed else "FAILED "
        print(f"{verdict} {o.elapsed_s * 1000:7.1f} ms {o.growth_mib:+7.1f} MiB  {o.code:<22} {o.name}")
    passed = sum(o.passed for o in outcomes)
    print(f"{passed} of {len(outcomes)} bombs refused within {LIMIT_S:.0f} s and {LIMIT_MIB:.0f} MiB")
    return 0 if passed == len(outcomes) else 1
