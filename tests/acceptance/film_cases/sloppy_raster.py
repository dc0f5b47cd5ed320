"""B: good JPEG, PNG, TIFF and BMP films with damaged metadata and odd depths; and true reasons for the others."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

from tests.acceptance.film_cases import Case, deep
from tests.support import pictures as p


def cases(film: np.ndarray) -> Iterator[Case]:
    yield from _jpeg(film)
    yield from _png(film)
    yield from _tiff(film)
    yield from _reasons(film)


def _saved(image: Image.Image, file_format: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, file_format, **options)
    return stream.getvalue()


def _jpeg(film: np.ndarray) -> Iterator[Case]:
    good = _saved(Image.fromarray(film), "JPEG", quality=95)

    def case(name: str, data: bytes, *notices: str, same_as: bytes = good) -> Case:
        return Case("B JPEG", name, data, same_as, notices=notices)

    def with_segment(marker: int, payload: bytes) -> bytes:
        return good[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(payload) + 2) + payload + good[2:]

    beyond = struct.pack("<HHII", 0x010F, 2, 200, 9999) + struct.pack("<HHII", 0x0132, 2, 20, 100_000)
    corrupt = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 2) + beyond + b"\0" * 4
    yield case("EXIF values outside of it", with_segment(0xE1, corrupt), "exif.damaged")
    yield case("EXIF cut short", with_segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\x40\0"), "exif.damaged")
    yield case("EXIF of random bytes", with_segment(0xE1, b"Exif\0\0" + bytes(range(100))), "exif.damaged")
    yield case("EXIF of nothing", with_segment(0xE1, b"Exif\0\0"))
    pages = struct.pack("<HHI4s", 0xB000, 7, 4, b"0100") + struct.pack("<HHII", 0xB001, 4, 1, 3)
    yield case("MPF that announces what is not there",
               with_segment(0xE2, b"MPF\0II*\0\x08\0\0\0" + struct.pack("<H", 2) + pages + b"\0" * 4))  # fmt: skip
    yield case("MPF of random bytes", with_segment(0xE2, b"MPF\0" + bytes(range(60))))
    yield case("XMP of random bytes", with_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + bytes(range(60))))
    tail = np.random.default_rng(0).integers(0, 256, 3_000_000, dtype=np.uint8).tobytes()
    yield case("a motion photo's tail", good + tail)
    yield case("a tail of zeros", good + b"\0" * 10_000)
    two = io.BytesIO()
    small = Image.fromarray(film).resize((100, 90))
    Image.fromarray(film).save(two, "MPO", save_all=True, append_images=[small], quality=95)
    yield case("two pictures", two.getvalue(), "raster.pages")
    for orientation, turned in _turned(film).items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        data = _saved(Image.fromarray(turned), "PNG", exif=exif)
        upright = _saved(Image.fromarray(film), "PNG")
        yield case(f"orientation {orientation}, PNG", data, "exif.rotated", same_as=upright)


def _turned(film: np.ndarray) -> dict[int, np.ndarray]:
    """The film as it is stored under each EXIF orientation."""
    return {
        2: film[:, ::-1], 3: film[::-1, ::-1], 4: film[::-1], 5: film.T, 6: np.rot90(film), 7: film[::-1, ::-1].T,
        8: np.rot90(film, -1),
    }  # fmt: skip


def _png(film: np.ndarray) -> Iterator[Case]:
    flat = p.png(film)
    twelve = deep(film)
    good = p.png(twelve)
    opaque = np.full_like(twelve, 65535)
    colour = np.repeat(twelve[:, :, None], 3, 2)

    def case(name: str, data: bytes, *notices: str, same_as: bytes = good) -> Case:
        return Case("B PNG", name, data, same_as, notices=notices)

    depth = "raster.depth"
    yield case("12 bits in 16, RGB", p.png(colour), depth)
    yield case("12 bits in 16, RGBA", p.png(np.dstack([colour, opaque])), depth)
    yield case("12 bits in 16, grey and alpha", p.png(np.dstack([twelve, opaque])), depth)
    thin = np.full_like(twelve, 4095)
    yield case("12 bits in 16, alpha of 12 bits", p.png(np.dstack([twelve, thin])), "raster.opaque", depth)
    clear = np.zeros_like(twelve)
    yield case("16 bits, alpha 0 everywhere", p.png(np.dstack([twelve, clear])), "raster.opaque", depth)
    full = film.astype(np.uint16) * 257
    yield case("16 bits, RGB", p.png(np.repeat(full[:, :, None], 3, 2)), same_as=p.png(full))
    zeros = np.zeros_like(film)
    yield case("8 bits, alpha 0 everywhere", p.png(np.dstack([film] * 3 + [zeros])), "raster.opaque", same_as=flat)
    comment = bytearray(p.chunk(b"tEXt", b"Comment\0hello"))
    comment[-1] ^= 1
    yield case("text with a wrong checksum", p.png(film, extra=bytes(comment)), "raster.metadata", same_as=flat)
    yield case(
        "an impossible animation", p.png(film, extra=p.chunk(b"acTL", b"\0" * 8)), "raster.metadata", same_as=flat
    )
    yield case("text that says nothing", p.png(film, extra=p.chunk(b"tEXt", b"Comment\0hello")), same_as=flat)
    yield case("gamma 1", p.png(film, extra=_gamma(1.0)), "raster.gamma", same_as=flat)
    yield case("gamma of a screen", p.png(film, extra=_gamma(0.45455)), same_as=flat)
    yield case("a linear grey profile", p.png(film, extra=_profile(1.0)), "raster.profile", same_as=flat)
    yield case("a grey profile of gamma 2.2", p.png(film, extra=_profile(2.2)), same_as=flat)
    yield case(
        "damaged EXIF", p.png(film, extra=p.chunk(b"eXIf", b"II*\0\x08\0\0\0\x40\0")), "exif.damaged", same_as=flat
    )


def _gamma(gamma: float) -> bytes:
    return p.chunk(b"gAMA", struct.pack(">I", round(gamma * 100_000)))


def _profile(gamma: float) -> bytes:
    """An ICC profile that holds a grey curve and no more."""
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    table = struct.pack(">I4sII", 1, b"kTRC", 144, len(curve))
    head = struct.pack(">I", 144 + len(curve)) + b"\0" * 12 + b"GRAY" + b"\0" * 108
    return p.chunk(b"iCCP", b"grey\0\0" + zlib.compress(head[:128] + table + curve))


def _tiff(film: np.ndarray) -> Iterator[Case]:
    full = film.astype(np.uint16) * 257
    good, flat = p.png(full), p.png(film)
    twelve = deep(film)

    def case(name: str, data: bytes, *notices: str, same_as: bytes = good) -> Case:
        return Case("B TIFF and BMP", name, data, same_as, notices=notices)

    yield case("BigTIFF", p.tiff(full, big=True))
    for order in "<>":
        for dtype, plain in ((full, good), (twelve, p.png(twelve))):
            used = () if plain is good else ("raster.depth",)
            data = p.tiff(np.repeat(dtype[:, :, None], 3, 2), order=order)
            yield case(f"RGB of 16 bits, {order}, {'12 used' if used else 'all used'}", data, *used, same_as=plain)
    yield case(
        "an EXIF directory outside", p.tiff(film, tags=[(34665, 4, 0xFFFFFFF0)]), "raster.metadata", same_as=flat
    )
    small = film[::4, ::4]
    yield case("a thumbnail first", p.tiff_pages([(small, 1), (film, 0)]), "raster.thumbnail", same_as=flat)
    yield case("a thumbnail second", p.tiff_pages([(film, 0), (small, 1)]), "raster.pages", same_as=flat)
    for orientation in (3, 6, 8):
        turned = np.ascontiguousarray(_turned(full)[orientation])
        yield case(f"orientation {orientation}", p.tiff(turned, tags=[(274, 3, orientation)]), "exif.rotated")
        inverted = p.tiff(65535 - turned, tags=[(274, 3, orientation)], photometric=0)
        yield case(f"orientation {orientation}, white is zero", inverted, "exif.rotated")
    yield case("a BMP with alpha 0 everywhere", p.bmp_with_alpha(film), "raster.opaque", same_as=flat)


def _reasons(film: np.ndarray) -> Iterator[Case]:
    def case(name: str, data: bytes, code: str) -> Case:
        return Case("B reasons", name, data, code=code)

    good = _saved(Image.fromarray(film), "JPEG", quality=95)
    at = good.index(b"\xff\xc0")
    for marker, name in ((0xC3, "lossless"), (0xF7, "JPEG-LS"), (0xC5, "hierarchical")):
        yield case(f"a {name} JPEG", good[: at + 1] + bytes([marker]) + good[at + 2 :], "film.compression")
    yield case("a JPEG of 12 bits", good[: at + 1] + b"\xc1" + good[at + 2 : at + 4] + b"\x0c" + good[at + 5 :],
               "film.compression")  # fmt: skip
    yield case("a JPEG cut short", good[: len(good) * 9 // 10], "file.broken")
    yield case("a big-endian BigTIFF", p.tiff(film, order=">", big=True), "film.bigtiff")
    two = np.dstack([film.astype(np.uint16)] * 2)
    yield case("a TIFF of two samples", p.tiff(two), "film.depth")
    yield case("a TIFF of floats", p.tiff(film.astype(np.float32) / 255, sample_format=3), "film.depth")
    wide = np.zeros((80, 20_001), np.uint8)
    yield case("20,001 pixels wide", p.png(wide), "film.too_long")
