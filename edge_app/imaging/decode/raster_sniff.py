"""Which raster format is this? Told by the first bytes. Imports no decoder."""

from __future__ import annotations

BIG_ENDIAN_BIGTIFF = b"MM\x00+"
"""Pillow 13 reads little-endian BigTIFF only."""
_MAGIC = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
    b"II+\x00": "TIFF",  # BigTIFF
    BIG_ENDIAN_BIGTIFF: "TIFF",
    b"BM": "BMP",
}


def raster_format(data: bytes) -> str | None:
    """Names the raster format by the first bytes of `data`; None where it is none of ours."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return next((name for magic, name in _MAGIC.items() if data.startswith(magic)), None)
