"""What the header claims about the pixels, checked for sense before anything is allocated from it."""

from __future__ import annotations

from dataclasses import dataclass

from edge_app.imaging.decode.dicom.elements import Elements
from edge_app.imaging.decode.dicom.stream import DicomStructureError
from edge_app.imaging.decode.errors import check_size
from edge_app.imaging.decode.limits import DecodeLimits
from edge_app.system.errors import FilmUnreadableError

_GREY = ("MONOCHROME1", "MONOCHROME2")
_COLOUR = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT")


@dataclass(frozen=True, slots=True)
class PixelHeader:
    """The Image Pixel Module of a film (PS3.3 C.7.6.3).

    Attributes:
        rows: Height, pixels.
        columns: Width, pixels.
        frames: Number of frames; 1 where the header states none.
        samples: 1 grey or palette, 3 colour.
        planar: 0 colour by pixel, 1 by plane.
        bits_allocated: 8 or 16.
        bits_stored: Of them, the ones that carry the value.
        is_signed: Two's complement.
        photometric: Photometric Interpretation (0028,0004).
    """

    rows: int
    columns: int
    frames: int
    samples: int
    planar: int
    bits_allocated: int
    bits_stored: int
    is_signed: bool
    photometric: str

    @property
    def frame_bytes(self) -> int:
        """Bytes of one native frame; YBR_FULL_422 shares its colours between two pixels."""
        samples = 2 if self.photometric == "YBR_FULL_422" else self.samples
        return self.rows * self.columns * samples * self.bits_allocated // 8


def read_header(elements: Elements, name: str, limits: DecodeLimits, pixel_bytes: int) -> PixelHeader:
    """Reads and checks the Image Pixel Module.

    Args:
        elements: The header.
        name: The file's name, for messages.
        limits: Largest film, most frames.
        pixel_bytes: Length of Pixel Data in the file, to tell a bomb.

    Returns:
        A header without contradictions in itself; the pixels may still belie it.

    Raises:
        DicomStructureError: A value is missing, of a wrong type, or impossible.
        FilmUnreadableError: The film is of a kind or size that is not read.
    """
    header = PixelHeader(
        rows=elements.unsigned("Rows"),
        columns=elements.unsigned("Columns"),
        frames=_frames(elements, name, limits),
        samples=elements.unsigned("SamplesPerPixel", 1),
        planar=elements.unsigned("PlanarConfiguration", 0),
        bits_allocated=elements.unsigned("BitsAllocated"),
        bits_stored=elements.unsigned("BitsStored"),
        is_signed=_flag(elements.unsigned("PixelRepresentation", 0), "PixelRepresentation"),
        photometric=elements.text("PhotometricInterpretation") or "",
    )
    check_size(
        header.columns,
        header.rows,
        name,
        limits,
        file_bytes=pixel_bytes,
        pixel_bytes=header.samples * max(1, header.bits_allocated // 8),
    )
    _check_kind(header, name)
    _check_bits(header, elements.unsigned("HighBit", header.bits_stored - 1), name)
    return header


def _frames(elements: Elements, name: str, limits: DecodeLimits) -> int:
    frames = elements.number("NumberOfFrames", 1)
    if frames != int(frames) or frames < 1:
        raise DicomStructureError(f"NumberOfFrames is {frames}")
    if frames > limits.max_frames:
        raise FilmUnreadableError(
            "dicom.too_many_frames",
            f"{name} states {frames:.0f} frames; at most {limits.max_frames} are read.",
            hint="Export the single film by itself.",
        )
    return int(frames)


def _flag(value: int, keyword: str) -> bool:
    if value > 1:
        raise DicomStructureError(f"{keyword} is {value}")
    return value == 1


def _check_kind(header: PixelHeader, name: str) -> None:
    grey = header.samples == 1 and header.photometric in (*_GREY, "PALETTE COLOR")
    colour = header.samples == 3 and header.photometric in _COLOUR and header.planar in (0, 1)
    if not grey and not colour:
        raise FilmUnreadableError(
            "dicom.photometric",
            f"{name} states pixels of a kind that is not read: {header.photometric or 'none'}, "
            f"{header.samples} samples for each.",
            hint="Export the film as MONOCHROME2.",
        )
    if colour and (header.is_signed or (header.photometric != "RGB" and header.bits_allocated != 8)):
        raise DicomStructureError(f"{header.photometric} with {header.bits_allocated} bits, signed {header.is_signed}")
    if header.photometric == "YBR_FULL_422" and header.columns % 2:
        raise DicomStructureError("YBR_FULL_422 with an odd number of columns")


def _check_bits(header: PixelHeader, high_bit: int, name: str) -> None:
    if header.bits_allocated not in (8, 16):
        raise FilmUnreadableError(
            "dicom.depth",
            f"{name} has {header.bits_allocated} bits for each pixel; films of 8 and 16 are read.",
            hint="Export the film with 16 bits.",
        )
    if not 1 <= header.bits_stored <= header.bits_allocated:
        raise DicomStructureError(f"{header.bits_stored} bits stored of {header.bits_allocated}")
    if high_bit != header.bits_stored - 1:
        # PS3.5 8.1.1: High Bit shall be one less than Bits Stored.
        raise DicomStructureError(f"high bit {high_bit} with {header.bits_stored} bits stored")
