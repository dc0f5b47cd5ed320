"""JPEG, PNG, TIFF, WEBP and BMP, through Pillow.

Never through OpenCV: 4.10 and 4.11 fill the missing part of a truncated JPEG with the previous picture
(opencv/opencv#26488), which in a clinic is another patient.
"""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageOps, PngImagePlugin, UnidentifiedImageError

from edge_app.imaging.decode import errors
from edge_app.imaging.decode.file import FilmFile
from edge_app.imaging.decode.limits import DecodeLimits
from edge_app.imaging.decode.pillow_buffer import pixels_of
from edge_app.imaging.decode.pixels import COLOUR_STEP, has_colour
from edge_app.imaging.decode.view import ViewChoice
from edge_app.imaging.decode.warnings_as_errors import strict_warnings
from edge_app.imaging.radiograph import GreyPixels, Notice, Radiograph
from edge_app.system.errors import FilmUnreadableError

# Compressed text in a PNG is inflated on opening; Pillow allows 64 MB of it, and we read none.
PngImagePlugin.MAX_TEXT_CHUNK = 256 * 1024
PngImagePlugin.MAX_TEXT_MEMORY = 1024 * 1024

_MAGIC = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
    b"BM": "BMP",
}
_DEEP_MODES = ("I;16", "I;16L", "I;16B", "I")
_FLAT_MODES = ("1", "L", "P", "RGB", "RGBX", "RGBA", "LA", "PA", "CMYK", "YCbCr")
_EXIF_ORIENTATION = 0x0112
_TIFF_PHOTOMETRIC = 262
_WHITE_IS_ZERO = 0
_SMALL_BYTES = 32 * 1024
_MAX_JPEG_SCANS = 300
"""A progressive film has about ten scans; thousands of them over one film keep a decoder busy for minutes."""


def sniff(data: bytes) -> str | None:
    """Names the raster format by the first bytes of `data`; None where it is none of ours."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return next((name for magic, name in _MAGIC.items() if data.startswith(magic)), None)


def decode(file: FilmFile, limits: DecodeLimits, choice: ViewChoice | None = None) -> Radiograph:
    """Decodes a raster film.

    Args:
        file: The whole file.
        limits: Checked against the header, before pixels are decoded.
        choice: Which page; `None` for the first.

    Returns:
        The film: uint16 for 16-bit PNG and TIFF, else uint8.

    Raises:
        FilmUnreadableError: The file is broken, truncated, over a limit, or of a depth that is not read.
    """
    data, name = file.data, file.name
    file_format = sniff(data) or ""
    notices: list[Notice] = []
    try:
        # Pillow warns of a bomb at half the size at which it raises, and of damaged metadata that it skips.
        with strict_warnings():
            if file_format == "JPEG" and _count_scans(data) > _MAX_JPEG_SCANS:
                raise errors.broken(name, f"more than {_MAX_JPEG_SCANS} scans")
            with Image.open(io.BytesIO(data), formats=(file_format,)) as image:
                # Before and after choosing a page: pages have sizes of their own.
                _check_size(image, name, limits, len(data))
                _choose_page(image, choice or ViewChoice(), name, notices)
                _check_size(image, name, limits, len(data))
                pixels = _grey(_upright(image, notices), name, notices)
    except FilmUnreadableError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise errors.too_many_pixels(name, limits, repr(error)) from error
    except UnidentifiedImageError as error:
        raise errors.broken(name, type(error).__name__) from error
    except Exception as error:  # Pillow raises many types on hostile bytes: each becomes the one typed error
        raise errors.broken(name, type(error).__name__) from error
    return Radiograph(pixels, file.sha256, file_format, notices=tuple(notices))


def _count_scans(data: bytes) -> int:
    """How often a JPEG says that a scan begins (FF DA)."""
    if len(data) < _SMALL_BYTES:
        return data.count(b"\xff\xda")
    # Of large ones in a seventh of the time that `bytes.count` takes.
    words = (np.frombuffer(data, "<u2", (len(data) - first) // 2, first) for first in (0, 1))
    return sum(int(np.count_nonzero(pairs == 0xDAFF)) for pairs in words)


def _check_size(image: Image.Image, name: str, limits: DecodeLimits, file_bytes: int) -> None:
    pixel_bytes = 2 if image.mode in _DEEP_MODES else len(image.getbands())
    errors.check_size(*image.size, name, limits, file_bytes=file_bytes, pixel_bytes=pixel_bytes)


def _choose_page(image: Image.Image, choice: ViewChoice, name: str, notices: list[Notice]) -> None:
    """Goes to the page that was asked for; notes that there are more where none was."""
    wanted = choice.frame or 0
    try:
        if wanted:
            image.seek(wanted)
            return
    except EOFError as error:
        raise errors.broken(name, f"no page {wanted + 1}") from error
    if choice.frame is None and _has_second_page(image):
        notices.append(Notice("raster.pages", "The file holds several pictures; only the first of them was read."))


def _has_second_page(image: Image.Image) -> bool:
    if image.format != "TIFF":
        return bool(getattr(image, "n_frames", 1) > 1)
    # Counting the pages of a TIFF follows the whole chain, which a hostile file makes long.
    try:
        image.seek(1)
    except EOFError:
        return False
    image.seek(0)
    return True


def _upright(image: Image.Image, notices: list[Notice]) -> Image.Image:
    """Turns a picture as its EXIF orientation says."""
    if image.format == "TIFF" and image.mode in _DEEP_MODES:
        orientation = getattr(image, "tag_v2", {}).get(_EXIF_ORIENTATION, 1)
    else:
        orientation = image.getexif().get(_EXIF_ORIENTATION, 1)
    if orientation not in range(2, 9):
        return image
    notices.append(Notice("exif.rotated", "The film was turned upright as its EXIF data says."))
    return ImageOps.exif_transpose(image)


def _grey(image: Image.Image, name: str, notices: list[Notice]) -> GreyPixels:
    """Grey pixels at the depth the file has; Pillow's own convert("L") saturates 16 bits."""
    if image.mode in _DEEP_MODES:
        return _deep(image, name, notices)
    if image.mode not in _FLAT_MODES:
        raise FilmUnreadableError(
            "film.depth",
            f"{name} stores its pixels in a way that is not read ({image.mode}).",
            hint="Export it as a grey PNG of 8 or 16 bits.",
        )
    if image.mode in ("P", "PA") or "transparency" in image.info:
        image = image.convert("RGBA" if image.mode == "PA" or "transparency" in image.info else "RGB")
    if image.mode in ("CMYK", "YCbCr"):
        image = image.convert("RGB")
    grey = image if image.mode == "L" else image.convert("L")
    if image.mode in ("RGB", "RGBX", "RGBA") and has_colour(np.asarray(_every_eighth(image))):
        notices.append(Notice("raster.colour", "The picture has colours; a film has none."))
    if image.mode in ("RGBA", "LA"):
        alpha = image.getchannel("A")
        if alpha.getextrema() != (255, 255):
            grey = ImageChops.multiply(grey, alpha)
            notices.append(Notice("raster.alpha", "Transparent parts of the picture were taken as black."))
    return pixels_of(grey)


def _every_eighth(image: Image.Image) -> Image.Image:
    """Every eighth pixel, without a copy of all of them as an array."""
    size = tuple(max(1, side // COLOUR_STEP) for side in image.size)
    return image.resize(size, Image.Resampling.NEAREST)  # type: ignore[arg-type]


def _deep(image: Image.Image, name: str, notices: list[Notice]) -> NDArray[np.uint16]:
    values = pixels_of(image)
    low, high = int(values.min()), int(values.max())
    if low < 0 or high > 0xFFFF:
        raise FilmUnreadableError(
            "film.depth",
            f"{name} has grey values outside the 16 bits that are read.",
            hint="Export it as a grey PNG of 8 or 16 bits.",
        )
    pixels = values.astype(np.uint16, copy=False)
    used = max(8, high.bit_length())
    if used < 16:
        # 10 to 14 bits of a detector, stored in 16 without saying so: shown as they are, such a film is nearly black.
        pixels = np.rint(pixels * np.float32(0xFFFF / (2**used - 1))).astype(np.uint16)
        notices.append(
            Notice("raster.depth", f"The film uses {used} of the file's 16 bits; it is shown over that range.")
        )
    if image.format == "TIFF" and getattr(image, "tag_v2", {}).get(_TIFF_PHOTOMETRIC) == _WHITE_IS_ZERO:
        # Pillow turns round 8-bit WhiteIsZero, and leaves 16-bit as it is (TIFF 6.0, PhotometricInterpretation).
        pixels = np.uint16(0xFFFF) - pixels
    return pixels
