"""JPEG, PNG, TIFF, WEBP and BMP, through Pillow.

Never through OpenCV: 4.10 and 4.11 fill the missing part of a truncated JPEG with the previous picture
(opencv/opencv#26488), which in a clinic is another patient.
"""

from __future__ import annotations

import io

from PIL import Image, ImageFile, PngImagePlugin, TiffImagePlugin, UnidentifiedImageError

from edge_app.imaging.decode import errors, jpeg, png
from edge_app.imaging.decode.file import FilmFile
from edge_app.imaging.decode.grey import bytes_of_pixel, grey_pixels
from edge_app.imaging.decode.limits import DecodeLimits
from edge_app.imaging.decode.raster_sniff import BIG_ENDIAN_BIGTIFF, raster_format
from edge_app.imaging.decode.tone import tone_notice
from edge_app.imaging.decode.view import ViewChoice
from edge_app.imaging.decode.warnings_as_errors import noted_warnings, strict_warnings
from edge_app.imaging.radiograph import Radiograph, once_each
from edge_app.system.errors import FilmUnreadableError
from edge_app.system.messages import Message

# Compressed text in a PNG is inflated on opening; Pillow allows 64 MB of it, and we read none.
PngImagePlugin.MAX_TEXT_CHUNK = 256 * 1024
PngImagePlugin.MAX_TEXT_MEMORY = 1024 * 1024

_NEW_SUBFILE_TYPE = 254
_REDUCED = 1
_MAX_THUMBNAILS = 4


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
    name = file.name
    choice = choice or ViewChoice()
    file_format = raster_format(file.data) or ""
    notices: list[Message] = []
    try:
        data, exif = _without_metadata(file.data, file_format, choice, name, notices)
        with noted_warnings(notices), Image.open(io.BytesIO(data), formats=(file_format,)) as image:
            _choose_page(image, choice, name, notices)
            size = bytes_of_pixel(image)
            errors.check_size(*image.size, name, limits, file_bytes=len(data), pixel_bytes=size)
            tone_notice(image, notices)
            pixels = grey_pixels(image, data, exif, name, notices)
    except FilmUnreadableError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise errors.too_many_pixels(name, limits, repr(error)) from error
    except UnidentifiedImageError as error:
        raise _unidentified(file, file_format) from error
    except Exception as error:  # Pillow raises many types on hostile bytes: each becomes the one typed error
        raise errors.broken(name, type(error).__name__) from error
    return Radiograph(pixels, file.sha256, file_format, notices=once_each(notices))


def _without_metadata(
    data: bytes, file_format: str, choice: ViewChoice, name: str, notices: list[Message]
) -> tuple[bytes, bytes | None]:
    """Leaves out what could stop a decoder but is no part of the picture; returns the EXIF data of a JPEG beside."""
    if file_format == "PNG":
        return png.without_damaged_metadata(data, notices), None
    if file_format != "JPEG":
        return data, None
    parts = jpeg.read_parts(data)
    if parts is None:
        return data, None
    if parts.frame is not None and parts.frame.kind:
        raise FilmUnreadableError("film.compression", name=name, reasons=(Message(parts.frame.kind),))
    if parts.scans > jpeg.MAX_SCANS:
        raise errors.broken(name, f"more than {jpeg.MAX_SCANS} scans")
    if not parts.end or choice.frame:
        return data, parts.exif
    if parts.is_multi_picture and choice.frame is None and b"\xff\xd8\xff" in memoryview(data)[parts.end :].tobytes():
        notices.append(Message("raster.pages"))
    return jpeg.picture_of(data, parts), parts.exif


def _unidentified(file: FilmFile, file_format: str) -> FilmUnreadableError:
    """Says why Pillow does not open a file: it is of a kind that is not read, or else damaged."""
    name = file.name
    if file.data.startswith(BIG_ENDIAN_BIGTIFF):
        return FilmUnreadableError("film.bigtiff", name=name)
    if file_format == "TIFF":
        try:
            with strict_warnings():
                TiffImagePlugin.TiffImageFile(io.BytesIO(file.data))
        except SyntaxError as error:
            if "unknown pixel mode" in str(error) or "unknown data organization" in str(error):
                return FilmUnreadableError("film.depth", name=name, mode="TIFF", detail=str(error))
        except Exception as error:
            return errors.broken(name, type(error).__name__)
    return errors.broken(name, "not identified")


def _choose_page(image: ImageFile.ImageFile, choice: ViewChoice, name: str, notices: list[Message]) -> None:
    """Goes to the page that was asked for, or behind a thumbnail; notes that there are more where none was."""
    wanted = choice.frame or 0
    try:
        if wanted:
            image.seek(wanted)
            return
    except EOFError as error:
        raise errors.broken(name, f"no page {wanted + 1}") from error
    if choice.frame is not None:
        return
    if image.format != "TIFF":
        if getattr(image, "n_frames", 1) > 1:
            notices.append(Message("raster.pages"))
        return
    # Counting the pages of a TIFF follows the whole chain, which a hostile file makes long.
    page = 0
    while _is_thumbnail(image) and page < _MAX_THUMBNAILS and _has_page(image, page + 1):
        page += 1
    if page:
        notices.append(Message("raster.thumbnail"))
    elif _has_page(image, 1):
        image.seek(0)
        notices.append(Message("raster.pages"))


def _has_page(image: ImageFile.ImageFile, page: int) -> bool:
    """Goes to a page, if there is one."""
    try:
        image.seek(page)
    except EOFError:
        return False
    return True


def _is_thumbnail(image: ImageFile.ImageFile) -> bool:
    return bool(getattr(image, "tag_v2", {}).get(_NEW_SUBFILE_TYPE, 0) & _REDUCED)
