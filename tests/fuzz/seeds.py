"""What is mutated: small honest files of every kind that the loader reads."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
from PIL import Image

from tests.acceptance.corpus import dicom_test_files
from tests.acceptance.false_headers import honest
from tests.acceptance.film_cases import colour, sloppy_dicom, sloppy_raster
from tests.support import dicom as d
from tests.support.films import chest_like

_DICOM_LIMIT_BYTES = 200_000
_PACKAGED = (
    "MR_small.dcm", "MR_small_RLE.dcm", "MR_small_implicit.dcm", "MR_small_bigendian.dcm", "MR_small_jp2klossless.dcm",
    "MR_small_jpeg_ls_lossless.dcm", "JPEGLSNearLossless_16.dcm", "JPGExtended.dcm", "JPEG-LL.dcm",
    "SC_rgb_jpeg_dcmtk.dcm", "SC_rgb_rle_2frame.dcm", "examples_palette.dcm", "image_dfl.dcm", "CT_small.dcm",
    "emri_small_RLE.dcm",
)  # fmt: skip


@cache
def dicom_seeds() -> tuple[bytes, ...]:
    """Our own films in each encoding, and pydicom's small files in those we cannot write."""
    found = [film.data for film in honest()]
    deep = chest_like(128, 112, white=4095)
    window = {0x00281050: d.text("DS", "2000\\500"), 0x00281051: d.text("DS", "4000\\900")}
    found.append(d.DicomBuilder(deep, 12, "MONOCHROME1", elements=window).bytes())
    table = d.item(
        {
            0x00283002: ("US", np.array([4096, 0, 12], dtype="<u2").tobytes()),
            0x00283006: ("OW", np.arange(4095, -1, -1).astype("<u2").tobytes()),
        }
    )
    found.append(d.DicomBuilder(deep, 12, elements={0x00283000: ("SQ", table)}).bytes())
    found.append(d.DicomBuilder(chest_like(128, 112), syntax=d.DEFLATED).bytes())
    # A few of each family of sloppy headers, and of colours that are not what the file calls them.
    odd = [*sloppy_dicom.cases(chest_like(96, 80)), *colour.cases(chest_like(96, 80))]
    found.extend(case.data for case in odd[::6] if len(case.data) <= _DICOM_LIMIT_BYTES)
    found.extend(
        path.read_bytes()
        for path in dicom_test_files()
        if path.name in _PACKAGED and path.stat().st_size <= _DICOM_LIMIT_BYTES
    )
    return tuple(found)


@cache
def raster_seeds() -> tuple[bytes, ...]:
    """PNG, JPEG, TIFF, WEBP and BMP of several depths and compressions."""
    flat = Image.fromarray(chest_like(128, 112))
    deep = Image.fromarray(chest_like(128, 112, white=65535))
    rgb = flat.convert("RGB")
    variants: list[tuple[Image.Image, str, dict[str, object]]] = [
        (flat, "PNG", {}),
        (deep, "PNG", {}),
        (flat.convert("1"), "PNG", {}),
        (flat.convert("P"), "PNG", {}),
        (rgb.convert("RGBA"), "PNG", {}),
        (flat, "JPEG", {"quality": 90}),
        (rgb, "JPEG", {"progressive": True}),
        (rgb.convert("CMYK"), "JPEG", {}),
        (flat, "TIFF", {}),
        (deep, "TIFF", {}),
        (flat, "TIFF", {"compression": "tiff_lzw"}),
        (deep, "TIFF", {"compression": "tiff_deflate"}),
        (flat, "TIFF", {"compression": "packbits"}),
        (rgb, "TIFF", {"compression": "jpeg"}),
        (rgb, "WEBP", {}),
        (rgb, "WEBP", {"lossless": True}),
        (flat, "BMP", {}),
        (rgb, "BMP", {}),
    ]
    seeds = []
    for image, file_format, options in variants:
        stream = io.BytesIO()
        image.save(stream, file_format, **options)
        seeds.append(stream.getvalue())
    odd = sloppy_raster.cases(chest_like(128, 112))
    return (*seeds, *(case.data for case in odd if len(case.data) <= _DICOM_LIMIT_BYTES))
