"""Rasters: every mode and depth, every orientation, and nothing of a broken one."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from edge_app.imaging.decode import DecodeLimits, FilmFile, ViewChoice, decode_film
from edge_app.imaging.preprocess import PreprocessSpec, preprocess
from edge_app.imaging.radiograph import Radiograph
from edge_app.system.errors import FilmUnreadableError
from tests.support.films import chest_like

FLAT = chest_like(128, 112)
DEEP = chest_like(128, 112, white=65535)


def encode(image: Image.Image, file_format: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, file_format, **options)
    return stream.getvalue()


def read(data: bytes, choice: ViewChoice | None = None) -> Radiograph:
    return decode_film(FilmFile(data, "film"), choice=choice)


def codes(film: Radiograph) -> list[str]:
    return [notice.code for notice in film.notices]


@pytest.mark.parametrize(
    ("file_format", "options"),
    [
        ("PNG", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "tiff_deflate"}),
        ("TIFF", {"compression": "packbits"}),
        ("BMP", {}),
        ("WEBP", {"lossless": True}),
    ],
)
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_lossless_formats_give_the_film_back(file_format: str, options: dict[str, object], mode: str) -> None:
    film = read(encode(Image.fromarray(FLAT).convert(mode), file_format, **options))
    np.testing.assert_array_equal(film.pixels, FLAT)
    assert (film.file_format, codes(film)) == (file_format, [])


@pytest.mark.reliability("A12")
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK", "YCbCr"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}])
def test_jpeg_of_every_mode(mode: str, options: dict[str, object]) -> None:
    film = read(encode(Image.fromarray(FLAT).convert("RGB").convert(mode), "JPEG", quality=95, **options))
    assert np.abs(film.pixels.astype(int) - FLAT).mean() < 2
    assert codes(film) == []


@pytest.mark.reliability("A12")
def test_palette_interlaced_one_bit_and_alpha() -> None:
    grey = Image.fromarray(FLAT)
    np.testing.assert_array_equal(read(encode(grey.convert("P"), "PNG")).pixels, FLAT)
    one_bit = read(encode(grey.convert("1", dither=Image.Dither.NONE), "PNG"))
    np.testing.assert_array_equal(one_bit.pixels, np.where(FLAT >= 128, 255, 0))
    opaque = grey.copy()
    opaque.putalpha(255)
    film = read(encode(opaque, "PNG"))
    np.testing.assert_array_equal(film.pixels, FLAT)
    assert codes(film) == []
    left = Image.fromarray(np.tile(np.where(np.arange(112) < 56, 0, 255).astype(np.uint8), (128, 1)))
    half = grey.copy()
    half.putalpha(left)
    film = read(encode(half, "PNG"))
    assert (film.pixels[:, :56] == 0).all()
    np.testing.assert_array_equal(film.pixels[:, 56:], FLAT[:, 56:])
    assert codes(film) == ["raster.alpha"]


@pytest.mark.reliability("A12")
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_are_told_and_grey_in_three_channels_is_not(mode: str) -> None:
    grey = Image.fromarray(FLAT).convert(mode)
    assert codes(read(encode(grey, "PNG"))) == []
    tinted = Image.merge(mode, (grey.getchannel(0).point(lambda value: value // 2), *grey.split()[1:]))
    assert codes(read(encode(tinted, "PNG"))) == ["raster.colour"]


@pytest.mark.reliability("A12")
def test_interlaced_png() -> None:
    # Pillow writes none: Adam7 of an 8 x 8 block is enough, enlarged by hand to the least size that is read.
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    passes = ((0, 8, 0, 8), (0, 8, 4, 8), (4, 8, 0, 4), (0, 4, 2, 4), (2, 4, 0, 2), (0, 2, 1, 2), (1, 2, 0, 1))
    rows = b"".join(
        b"\0" + row.tobytes() for y, dy, x, dx in passes for row in np.ascontiguousarray(FLAT[y::dy, x::dx])
    )
    header = struct.pack(">IIBBBBB", 112, 128, 8, 0, 0, 0, 1)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    np.testing.assert_array_equal(read(data).pixels, FLAT)


@pytest.mark.reliability("A11")
@pytest.mark.parametrize(("file_format", "options"), [("PNG", {}), ("TIFF", {}), ("TIFF", {"compression": "tiff_lzw"})])
def test_sixteen_bits_keep_their_range(file_format: str, options: dict[str, object]) -> None:
    ramp = np.tile(np.linspace(0, 65535, 224).round().astype(np.uint16), (224, 1))
    film = read(encode(Image.fromarray(ramp), file_format, **options))
    np.testing.assert_array_equal(film.pixels, ramp)
    prepared = preprocess(film, PreprocessSpec()).pixels
    assert len(np.unique(prepared)) == 224
    # Wider than 8 bits have levels: at least 250 are left (Pillow's own convert("L") leaves 2).
    wide = np.tile(np.linspace(0, 65535, 1024).round().astype(np.uint16), (224, 1))
    spec = PreprocessSpec(width=1024)
    levels = preprocess(read(encode(Image.fromarray(wide), file_format, **options)), spec).pixels
    assert len(np.unique(levels)) >= 250


@pytest.mark.reliability("A11")
def test_a_chest_of_sixteen_bits_reaches_the_model_as_it_is() -> None:
    deep = chest_like(224, 224, white=65535)
    prepared = preprocess(read(encode(Image.fromarray(deep), "PNG")), PreprocessSpec()).pixels
    assert np.corrcoef(prepared.ravel(), deep.ravel())[0, 1] >= 0.999


def test_big_endian_and_white_is_zero_tiff() -> None:
    import struct

    rows, columns = DEEP.shape
    for order, mark in (("<", b"II*\0"), (">", b"MM\0*")):
        for photometric in (0, 1):
            raw = DEEP.astype(f"{order}u2").tobytes()
            tags = [(256, columns), (257, rows), (258, 16), (259, 1), (262, photometric), (273, 8), (277, 1)]
            tags += [(278, rows), (279, len(raw))]
            directory = struct.pack(f"{order}H", len(tags)) + b"".join(
                struct.pack(f"{order}HHII", tag, 4, 1, value) for tag, value in tags
            )
            data = mark + struct.pack(f"{order}I", 8 + len(raw)) + raw + directory + b"\0\0\0\0"
            if (order, photometric) == (">", 0):  # Pillow knows no such kind: refused, not shown inverted
                with pytest.raises(FilmUnreadableError):
                    read(data)
                continue
            film = read(data)
            np.testing.assert_array_equal(film.pixels, DEEP if photometric else 65535 - DEEP)


def test_twelve_bits_in_sixteen_are_shown_over_their_range_and_said() -> None:
    film = read(encode(Image.fromarray(chest_like(128, 112, white=4095)), "PNG"))
    assert film.pixels.max() > 60000
    assert codes(film) == ["raster.depth"]
    assert "12 of the file's 16 bits" in str(film.notices[0])


@pytest.mark.parametrize("mode", ["F", "I"])
def test_depths_that_are_not_read_are_refused(mode: str) -> None:
    values = (DEEP.astype(np.float32) if mode == "F" else DEEP.astype(np.int32) * 65536 // 2).astype(
        np.float32 if mode == "F" else np.int32
    )
    with pytest.raises(FilmUnreadableError) as caught:
        read(encode(Image.fromarray(values), "TIFF"))
    assert caught.value.code == "film.depth"


@pytest.mark.reliability("A12")
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_every_exif_orientation_is_turned_upright(orientation: int, file_format: str) -> None:
    marked = np.zeros((96, 64), dtype=np.uint8)
    marked[:32, :21] = 255  # top left
    marked[:32, 43:] = 128  # top right
    # EXIF 2.3, tag 274: where row 0 and column 0 of the stored picture lie.
    stored = {
        1: marked,
        2: marked[:, ::-1],
        3: marked[::-1, ::-1],
        4: marked[::-1],
        5: marked.T,
        6: marked.T[::-1],
        7: marked.T[::-1, ::-1],
        8: marked.T[:, ::-1],
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"quality": 95} if file_format in ("JPEG", "WEBP") else {}
    film = read(encode(Image.fromarray(np.ascontiguousarray(stored)), file_format, exif=exif, **options))
    assert np.abs(film.pixels.astype(int) - marked).mean() < 2
    assert codes(film) == ([] if orientation == 1 else ["exif.rotated"])


def test_pages_are_chosen_and_the_choice_is_said() -> None:
    pages = [Image.fromarray(FLAT), Image.fromarray(FLAT[::-1].copy())]
    data = encode(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    assert codes(read(data)) == ["raster.pages"]
    second = read(data, ViewChoice(frame=1))
    np.testing.assert_array_equal(second.pixels, FLAT[::-1])
    assert codes(second) == []
    with pytest.raises(FilmUnreadableError):
        read(data, ViewChoice(frame=2))


@pytest.mark.reliability("A13", part="100 pairs of each decoder")
@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "TIFF", "WEBP", "BMP"])
def test_no_pixel_of_the_last_film_shows_in_a_cut_one(file_format: str) -> None:
    cut_after_whole(file_format, 100)


@pytest.mark.long
@pytest.mark.reliability("A13")
@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "TIFF", "WEBP", "BMP"])
def test_no_pixel_of_the_last_film_shows_in_500_cut_ones(file_format: str) -> None:
    cut_after_whole(file_format, 500)


def cut_after_whole(file_format: str, pairs: int) -> None:
    rng = np.random.default_rng(7)
    white = np.full((128, 112), 255, dtype=np.uint8)
    a = encode(Image.fromarray(white), file_format)
    b = encode(Image.fromarray(FLAT), file_format)
    for _ in range(pairs):
        assert read(a).pixels.min() >= 250
        with pytest.raises(FilmUnreadableError) as caught:
            read(b[: int(rng.integers(1, len(b) * 9 // 10))])
        assert caught.value.code in ("file.broken", "file.unknown_format")


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (DecodeLimits(max_pixels=1000), "film.too_many_pixels"),
        (DecodeLimits(max_side_px=100), "film.too_long"),
        (DecodeLimits(min_side_px=500), "film.too_small"),
        (DecodeLimits(max_file_bytes=100), "file.too_large"),
    ],
)
def test_limits_can_be_set_and_say_what_they_are(limits: DecodeLimits, code: str) -> None:
    with pytest.raises(FilmUnreadableError) as caught:
        decode_film(FilmFile(encode(Image.fromarray(FLAT), "PNG"), "film.png"), limits)
    assert caught.value.code == code
    assert "film.png" in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("file_format", ["GIF", "EPS", "PPM", "ICO"])
def test_other_formats_are_refused_whatever_their_name(file_format: str) -> None:
    data = encode(Image.fromarray(FLAT).convert("RGB"), file_format)
    with pytest.raises(FilmUnreadableError) as caught:
        decode_film(FilmFile(data, "film.png"))
    assert caught.value.code == "file.unknown_format"


def test_reading_a_raster_imports_no_dicom_library() -> None:
    script = (
        "import io, sys\n"
        "from PIL import Image\n"
        "from edge_app.imaging.decode import FilmFile, decode_film\n"
        "stream = io.BytesIO(); Image.new('L', (99, 99)).save(stream, 'JPEG')\n"
        "decode_film(FilmFile(stream.getvalue(), 'film'))\n"
        "print(sorted({'pydicom', 'gdcm', 'cv2'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
