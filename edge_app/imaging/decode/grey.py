"""Grey pixels of a Pillow picture, at the depth that its file has."""

from __future__ import annotations

import io
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFile

from edge_app.imaging.decode import jpeg
from edge_app.imaging.decode.colour_space import STEP, ColourSpace, appearance, brightness, has_colour
from edge_app.imaging.decode.orientation import stated_turn
from edge_app.imaging.decode.pillow_buffer import pixels_of
from edge_app.imaging.radiograph import GreyPixels
from edge_app.system.errors import FilmUnreadableError
from edge_app.system.messages import Message

DEEP_MODES = ("I;16", "I;16L", "I;16B", "I")
_FLAT_MODES = ("1", "L", "P", "RGB", "RGBX", "RGBA", "LA", "PA", "CMYK", "YCbCr")
_COLOUR_MODES = ("RGB", "RGBX", "RGBA")
_TIFF_BITS, _TIFF_PHOTOMETRIC = 258, 262
_WHITE_IS_ZERO = 0
_DEEP_WHITE = 0xFFFF

_OTHER_ORDER = {"16B": "16L", "16L": "16B", "16N": "16B" if sys.byteorder == "little" else "16L"}
"""Pillow keeps the high byte of 16-bit colours only. Told the other byte order, it keeps the low byte."""
_GREY_ALPHA = "LA;16B"


def bytes_of_pixel(image: ImageFile.ImageFile) -> int:
    """Bytes of a decoded pixel, all samples."""
    if image.mode in DEEP_MODES:
        return 2
    return len(image.getbands()) * (2 if _is_deep_colour(image) else 1)


def grey_pixels(
    image: ImageFile.ImageFile, data: bytes, exif: bytes | None, name: str, notices: list[Message]
) -> GreyPixels:
    """Reduces a picture to grey, and turns it upright.

    Args:
        image: The picture, opened, at the page that is wanted.
        data: The bytes it was opened from.
        exif: EXIF data of a JPEG, which is not in `data`.
        name: The file's name, for messages.
        notices: Receives what lowers trust.

    Returns:
        `(rows, columns)` uint16 for 16-bit files, else uint8. Pillow's own convert("L") saturates 16 bits.

    Raises:
        FilmUnreadableError: The picture has a depth that is not read.
    """
    is_tiff = image.format == "TIFF"
    white_is_zero = is_tiff and getattr(image, "tag_v2", {}).get(_TIFF_PHOTOMETRIC) == _WHITE_IS_ZERO
    if is_tiff:
        stated_turn(image, None, notices)  # Pillow itself turns a TIFF while it decodes it
    grey: Image.Image
    if _is_deep_colour(image):
        grey = Image.fromarray(_deep_colour(image, data, name, notices))
    elif image.mode in DEEP_MODES:
        grey = image
    elif image.mode in _FLAT_MODES:
        grey = _flat(image, data, notices)
    else:
        raise FilmUnreadableError("film.depth", name=name, mode=image.mode)
    turn = None if is_tiff else stated_turn(image, exif, notices)
    if turn is not None:
        grey = grey.transpose(turn)
    if grey.mode not in DEEP_MODES:
        return pixels_of(grey)
    # Pillow turns round 8-bit WhiteIsZero, and leaves 16-bit as it is (TIFF 6.0, PhotometricInterpretation).
    return _deep(grey, name, notices, white_is_zero=white_is_zero)


def _flat(image: ImageFile.ImageFile, data: bytes, notices: list[Message]) -> Image.Image:
    """Grey of 8 bits."""
    flat: Image.Image = image
    if image.mode in ("P", "PA") or "transparency" in image.info:
        flat = image.convert("RGBA" if image.mode == "PA" or "transparency" in image.info else "RGB")
    if image.mode in ("CMYK", "YCbCr"):
        flat = image.convert("RGB")
    grey = flat if flat.mode == "L" else flat.convert("L")
    if flat.mode in _COLOUR_MODES and has_colour(_every_eighth(flat), 255):
        mislabelled = _mislabelled(image, flat, data)
        if mislabelled is None:
            notices.append(Message("raster.colour"))
        else:
            space, grey = mislabelled
            notices.append(Message("film.colour_label", stated="RGB" if space == "YBR" else "YBR", found=space))
    if flat.mode in ("RGBA", "LA"):
        alpha = flat.getchannel("A")
        low, high = alpha.getextrema()
        if low == high != 255:
            notices.append(Message("raster.opaque"))
        elif low != 255:
            grey = ImageChops.multiply(grey, alpha)
            notices.append(Message("raster.alpha"))
    return grey


def _mislabelled(image: ImageFile.ImageFile, flat: Image.Image, data: bytes) -> tuple[ColourSpace, Image.Image] | None:
    """Finds a grey picture that has colours because its file calls YCbCr RGB, or the reverse."""
    space, is_grey = appearance(np.asarray(flat), 255)
    if is_grey and space == "YBR":
        return space, flat.getchannel(0)
    if image.format == "JPEG" and image.mode == "RGB":
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as again:
            components = jpeg.raw_components(again)
        space, is_grey = appearance(components, 255)
        if is_grey and space == "RGB":
            return space, Image.fromarray(np.ascontiguousarray(components[:, :, 0]))
    return None


def _every_eighth(image: Image.Image) -> NDArray[np.uint8]:
    """Every eighth pixel, without a copy of all of them as an array."""
    size = max(1, image.width // STEP), max(1, image.height // STEP)
    return np.asarray(image.resize(size, Image.Resampling.NEAREST))


def _raw_mode(tile: ImageFile._Tile) -> str:
    """How Pillow's decoder will read the samples of a tile."""
    return str(tile.args if isinstance(tile.args, str) else (tile.args or ("",))[0])


def _is_deep_colour(image: ImageFile.ImageFile) -> bool:
    bits = getattr(image, "tag_v2", {}).get(_TIFF_BITS, ()) if image.format == "TIFF" else ()
    orders = {_raw_mode(tile).partition(";")[2] for tile in image.tile}
    is_deep = bool(orders & _OTHER_ORDER.keys()) or 16 in (bits if isinstance(bits, tuple) else ())
    return is_deep and image.mode in _COLOUR_MODES


def _deep_colour(image: ImageFile.ImageFile, data: bytes, name: str, notices: list[Message]) -> NDArray[np.uint16]:
    """Grey of 16-bit colours, or of grey with alpha."""
    raw_mode = _raw_mode(image.tile[0])
    family, _, order = raw_mode.partition(";")
    if order not in _OTHER_ORDER or any(_raw_mode(tile) != raw_mode for tile in image.tile):
        raise FilmUnreadableError("film.depth", name=name, mode=f"16-bit {image.mode}")
    page = image.tell()
    with Image.open(io.BytesIO(data), formats=(image.format or "",)) as again:
        if page:
            again.seek(page)
        # Two 16-bit samples are as wide as the four of RGBA: high and low byte of grey, high and low byte of alpha.
        wanted = "RGBA" if raw_mode == _GREY_ALPHA else f"{family};{_OTHER_ORDER[order]}"
        again.tile = [
            tile._replace(args=wanted if isinstance(tile.args, str) else (wanted, *(tile.args or ())[1:]))
            for tile in again.tile
        ]
        low = np.asarray(again).astype(np.uint16)
    grey: NDArray[Any]
    if raw_mode == _GREY_ALPHA:
        grey, alpha = low[:, :, 0] << 8 | low[:, :, 1], low[:, :, 2] << 8 | low[:, :, 3]
    else:
        samples = np.asarray(image).astype(np.uint16) << 8 | low
        alpha = samples[:, :, 3] if image.mode == "RGBA" else np.full((1, 1), _DEEP_WHITE, np.uint16)
        colours = samples[:, :, :3]
        if has_colour(colours[::STEP, ::STEP], _DEEP_WHITE):
            notices.append(Message("raster.colour"))
        grey = brightness(colours, _DEEP_WHITE, "RGB", _DEEP_WHITE)
    lowest, highest = int(alpha.min()), int(alpha.max())
    if lowest == highest != _DEEP_WHITE:
        notices.append(Message("raster.opaque"))
    elif lowest != _DEEP_WHITE:
        grey = np.rint(grey * (alpha / np.float32(_DEEP_WHITE))).astype(np.uint16)
        notices.append(Message("raster.alpha"))
    return np.ascontiguousarray(grey)


def _deep(image: Image.Image, name: str, notices: list[Message], *, white_is_zero: bool) -> NDArray[np.uint16]:
    values = pixels_of(image)
    low, high = int(values.min()), int(values.max())
    if low < 0 or high > _DEEP_WHITE:
        raise FilmUnreadableError("film.depth", name=name, mode=f"{image.mode}, {low} to {high}")
    pixels = values.astype(np.uint16, copy=False)
    used = max(8, high.bit_length())
    if used < 16:
        # 10 to 14 bits of a detector, stored in 16 without saying so: shown as they are, such a film is nearly black.
        pixels = np.rint(pixels * np.float32(_DEEP_WHITE / (2**used - 1))).astype(np.uint16)
        notices.append(Message("raster.depth", used=used))
    return np.uint16(_DEEP_WHITE) - pixels if white_is_zero else pixels
