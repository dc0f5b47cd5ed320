"""The transfer syntaxes a film may come in (PS3.5 A), and what decodes each."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import Literal

from edge_app.system.errors import FilmUnreadableError
from edge_app.system.messages import Message

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
    "1.2.840.10008.1.2.1.98": "syntax.encapsulated_native",
    "1.2.840.10008.1.2.4.10": "syntax.video",
    "1.2.840.10008.1.2.4.11": "syntax.jpeg_xl",
    "1.2.840.10008.1.2.4.20": "syntax.jpeg_2000_high_throughput",
    "1.2.840.10008.1.2.4.9": "syntax.jpeg_2000_part_2",
    "1.2.840.10008.": "syntax.unknown",
}


def is_encapsulated(uid: str) -> bool:
    """Whether pixels come in fragments: so for every syntax but the three native ones."""
    return uid not in (IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG)


def require(uid: str) -> TransferSyntax:
    """Returns the transfer syntax, if it can be decoded here.

    Args:
        uid: As the file states it.

    Raises:
        FilmUnreadableError: It is unknown, or the codec for it is not installed; the message says which.
    """
    syntax = _KNOWN.get(uid)
    if syntax is None:
        is_valid = uid.replace(".", "").isdigit() and len(uid) <= 64
        private = "syntax.private" if is_valid else "syntax.invalid"
        kind = next((kind for prefix, kind in _UNSUPPORTED_PREFIXES.items() if uid.startswith(prefix)), private)
        raise FilmUnreadableError("dicom.transfer_syntax", uid=uid if is_valid else "?", reasons=(Message(kind),))
    if syntax.plugin == "gdcm" and not has_gdcm():
        raise FilmUnreadableError("dicom.codec_missing", codec=syntax.name)
    return syntax


def has_gdcm() -> bool:
    """Whether python-gdcm is installed."""
    return importlib.util.find_spec("gdcm") is not None
