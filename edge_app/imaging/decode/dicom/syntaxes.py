"""The transfer syntaxes a film may come in (PS3.5 A), and what decodes each."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import Literal

from edge_app.system.errors import FilmUnreadableError

IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
RLE = "1.2.840.10008.1.2.5"

Stream = Literal["native", "rle", "jpeg", "jpeg-ls", "jpeg-2000"]
Plugin = Literal["pydicom", "pillow", "gdcm"]


@dataclass(frozen=True, slots=True)
class TransferSyntax:
    """A way of storing pixels.

    Attributes:
        uid: As in (0002,0010).
        name: For messages.
        stream: What a frame is made of.
        plugin: What decodes it.
        is_lossless: Whether pixels come back as they were.
    """

    uid: str
    name: str
    stream: Stream
    plugin: Plugin
    is_lossless: bool = True


_KNOWN = {
    syntax.uid: syntax
    for syntax in (
        TransferSyntax(IMPLICIT_LITTLE, "Implicit VR Little Endian", "native", "pydicom"),
        TransferSyntax(EXPLICIT_LITTLE, "Explicit VR Little Endian", "native", "pydicom"),
        TransferSyntax(EXPLICIT_BIG, "Explicit VR Big Endian", "native", "pydicom"),
        TransferSyntax(RLE, "RLE Lossless", "rle", "pydicom"),
        # libjpeg-turbo and OpenJPEG inside Pillow are fuzzed all the time; GDCM takes what Pillow cannot read.
        TransferSyntax("1.2.840.10008.1.2.4.50", "JPEG Baseline", "jpeg", "pillow", False),
        TransferSyntax("1.2.840.10008.1.2.4.51", "JPEG Extended", "jpeg", "gdcm", False),
        TransferSyntax("1.2.840.10008.1.2.4.57", "JPEG Lossless", "jpeg", "gdcm"),
        TransferSyntax("1.2.840.10008.1.2.4.70", "JPEG Lossless SV1", "jpeg", "gdcm"),
        TransferSyntax("1.2.840.10008.1.2.4.80", "JPEG-LS Lossless", "jpeg-ls", "gdcm"),
        TransferSyntax("1.2.840.10008.1.2.4.81", "JPEG-LS Near-Lossless", "jpeg-ls", "gdcm", False),
        TransferSyntax("1.2.840.10008.1.2.4.90", "JPEG 2000 Lossless", "jpeg-2000", "pillow"),
        TransferSyntax("1.2.840.10008.1.2.4.91", "JPEG 2000", "jpeg-2000", "pillow", False),
    )
}

_UNSUPPORTED_PREFIXES = {
    "1.2.840.10008.1.2.4.10": "a video (MPEG or HEVC)",
    "1.2.840.10008.1.2.4.11": "JPEG XL",
    "1.2.840.10008.1.2.4.20": "High-Throughput JPEG 2000",
    "1.2.840.10008.1.2.4.9": "multi-component JPEG 2000 or JPIP",
}


def is_encapsulated(uid: str) -> bool:
    """Whether pixels come in fragments: so for every syntax but the three native ones."""
    return uid not in (IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG)


def require(uid: str, name: str) -> TransferSyntax:
    """Returns the transfer syntax, if it can be decoded here.

    Args:
        uid: As the file states it.
        name: The file's name, for messages.

    Raises:
        FilmUnreadableError: It is unknown, or the codec for it is not installed; the message says which.
    """
    syntax = _KNOWN.get(uid)
    if syntax is None:
        kind = next((what for prefix, what in _UNSUPPORTED_PREFIXES.items() if uid.startswith(prefix)), "unknown")
        shown = uid if uid.replace(".", "").isdigit() and len(uid) <= 64 else "not a valid identifier"
        raise FilmUnreadableError(
            "dicom.transfer_syntax",
            f"{name} is compressed in a way that cannot be read here: {kind} ({shown}).",
            hint="Export the film uncompressed, or as JPEG Lossless, JPEG 2000, JPEG-LS or RLE.",
        )
    if syntax.plugin == "gdcm" and not has_gdcm():
        raise FilmUnreadableError(
            "dicom.codec_missing",
            f"{name} is compressed with {syntax.name}, and the decoder for it is not installed (python-gdcm).",
            hint="Install it: pip install python-gdcm. Or export the film uncompressed.",
        )
    return syntax


def has_gdcm() -> bool:
    """Whether python-gdcm is installed."""
    return importlib.util.find_spec("gdcm") is not None
