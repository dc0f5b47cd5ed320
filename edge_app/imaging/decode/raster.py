"""JPEG and PNG, through Pillow.

Never through OpenCV: 4.10 and 4.11 fill the missing part of a truncated JPEG with the previous picture
(opencv/opencv#26488), which in a clinic is another patient.
"""

from __future__ import annotations

import io
import warnings

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from edge_app.errors import FilmUnreadableError
from edge_app.imaging.decode.limits import DecodeLimits
from edge_app.imaging.radiograph import GreyPixels, Notice, Radiograph

_MAGIC = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}
_EXIF_ORIENTATION = 0x0112
_COLOUR_TOLERANCE = 8
"""Grey levels by which the channels of a grey film may differ after JPEG's chroma rounding."""


def sniff(data: bytes) -> str | None:
    """Names the raster format by the first bytes of `data`; None where it is none of ours."""
    return next((name for magic, name in _MAGIC.items() if data.startswith(magic)), None)


def decode(data: bytes, name: str, sha256: str, limits: DecodeLimits) -> Radiograph:
    """Decodes a JPEG or PNG film.

    Args:
        data: The whole file.
        name: The file's name, for messages.
        sha256: Hash of `data`.
        limits: Checked against the header, before pixels are decoded.

    Returns:
        The film: uint16 for a 16-bit PNG, else uint8.

    Raises:
        FilmUnreadableError: The file is broken, truncated, or over a limit.
    """
    file_format = sniff(data)
    try:
        with warnings.catch_warnings():
            # Pillow warns of a bomb at half the size at which it raises; our own limit is lower than both.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=(file_format or "",)) as image:
                _check_size(image.size, name, limits)
                notices: list[Notice] = []
                orientation = image.getexif().get(_EXIF_ORIENTATION, 1)
                upright = ImageOps.exif_transpose(image)
                if orientation != 1:
                    notices.append(Notice("exif.rotated", "The film was turned upright as its EXIF data says."))
                pixels = _grey(upright, notices)
    except FilmUnreadableError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(name, limits, repr(error)) from error
    except UnidentifiedImageError as error:
        raise _broken(name, repr(error)) from error
    except Exception as error:  # Pillow raises many types on hostile bytes: each becomes the one typed error
        raise _broken(name, repr(error)) from error
    return Radiograph(pixels, sha256, file_format or "", notices=tuple(notices))


def _grey(image: Image.Image, notices: list[Notice]) -> GreyPixels:
    """Grey pixels at the depth the file has; Pillow's own convert("L") saturates 16 bits."""
    if image.mode in ("I;16", "I;16B", "I;16L", "I"):
        return np.asarray(image).astype(np.uint16)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "black"), image.convert("RGBA")).convert("RGB")
        notices.append(Notice("raster.alpha", "Transparent parts of the picture were taken as black."))
    if image.mode in ("RGB", "P", "CMYK", "YCbCr"):
        image = image.convert("RGB")
        if _has_colour(np.asarray(image)):
            notices.append(Notice("raster.colour", "The picture has colours; a film has none."))
    # A copy: Pillow's own buffer may go away with the image.
    return np.array(image.convert("L"), dtype=np.uint8)


def _has_colour(pixels: NDArray[np.uint8]) -> bool:
    """Whether `(rows, columns, 3)` differs between channels by more than rounding, looked at in a 1/8 grid."""
    sample = pixels[::8, ::8].astype(np.int16)
    return bool((sample.max(axis=2) - sample.min(axis=2) > _COLOUR_TOLERANCE).any())


def _check_size(size: tuple[int, int], name: str, limits: DecodeLimits) -> None:
    columns, rows = size
    if columns * rows > limits.max_pixels:
        raise _too_many_pixels(name, limits, f"{columns} x {rows}")
    if min(size) < limits.min_side_px:
        raise FilmUnreadableError(
            "film.too_small",
            f"{name} has {columns} x {rows} pixels; a film needs at least {limits.min_side_px} on its shorter side.",
            hint="Open the film itself, not a thumbnail of it.",
        )


def _too_many_pixels(name: str, limits: DecodeLimits, detail: str) -> FilmUnreadableError:
    return FilmUnreadableError(
        "film.too_many_pixels",
        f"{name} has more than {limits.max_pixels / 1e6:.0f} million pixels, more than any chest film.",
        hint="Export the film at its own size.",
        detail=detail,
    )


def _broken(name: str, detail: str) -> FilmUnreadableError:
    return FilmUnreadableError(
        "file.broken",
        f"{name} is damaged or incomplete.",
        hint="Copy or export it again from its source; nothing was scored.",
        detail=detail,
    )
