"""What the header claims about the pixels, checked for sense before anything is allocated from it."""

from __future__ import annotations

from dataclasses import dataclass

from edge_app.imaging.decode.dicom.elements import Elements
from edge_app.imaging.decode.dicom.stream import DicomContradictionError, DicomStructureError
from edge_app.imaging.decode.errors import check_size
from edge_app.imaging.decode.limits import DecodeLimits
from edge_app.system.errors import FilmUnreadableError
from edge_app.system.messages import Message

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
        bits_stored: Bits of them that carry the value.
        high_bit: Position of the highest of these, from 0; `bits_stored - 1` where the standard is followed.
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
    high_bit: int
    is_signed: bool
    photometric: str

    @property
    def frame_bytes(self) -> int:
        """Bytes of one native frame; YBR_FULL_422 shares its colours between two pixels."""
        samples = 2 if self.photometric == "YBR_FULL_422" else self.samples
        return self.rows * self.columns * samples * self.bits_allocated // 8


def read_header(
    elements: Elements, name: str, limits: DecodeLimits, pixel_bytes: int, notices: list[Message]
) -> PixelHeader:
    """Reads and checks the Image Pixel Module.

    Args:
        elements: The header.
        name: The file's name, for messages.
        limits: Largest film, most frames.
        pixel_bytes: Length of Pixel Data in the file, to tell a bomb.
        notices: Receives what could not be used.

    Returns:
        A header without contradictions in itself; the pixels may still belie it.

    Raises:
        DicomStructureError: A value is missing, of a wrong type, or impossible.
        FilmUnreadableError: The film is of a kind or size that is not read.
    """
    bits_stored = elements.unsigned("BitsStored")
    header = PixelHeader(
        rows=elements.unsigned("Rows"),
        columns=elements.unsigned("Columns"),
        frames=_frames(elements, limits, notices),
        samples=elements.unsigned("SamplesPerPixel", 1),
        planar=elements.unsigned("PlanarConfiguration", 0),
        bits_allocated=elements.unsigned("BitsAllocated"),
        bits_stored=bits_stored,
        high_bit=elements.unsigned("HighBit", bits_stored - 1),
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
    _check_kind(header)
    if header.bits_allocated not in (8, 16):
        raise FilmUnreadableError("dicom.depth", bits=header.bits_allocated)
    if not 1 <= header.bits_stored <= header.bits_allocated:
        raise DicomContradictionError(f"{header.bits_stored} bits stored of {header.bits_allocated}")
    return header


def _frames(elements: Elements, limits: DecodeLimits, notices: list[Message]) -> int:
    """Returns the number of frames; a number that makes no sense is one frame, which the pixels must bear out."""
    try:
        frames = next(iter(elements.numbers("NumberOfFrames")), 1.0)
    except DicomStructureError:
        frames = 0.0
    if frames != int(frames) or frames < 1:
        notices.append(Message("dicom.frame_count"))
        return 1
    if frames > limits.max_frames:
        raise FilmUnreadableError("dicom.too_many_frames", frames=frames, limit=limits.max_frames)
    return int(frames)


def _flag(value: int, keyword: str) -> bool:
    if value > 1:
        raise DicomStructureError(f"{keyword} is {value}")
    return value == 1


def _check_kind(header: PixelHeader) -> None:
    grey = header.samples == 1 and header.photometric in (*_GREY, "PALETTE COLOR")
    colour = header.samples == 3 and header.photometric in _COLOUR and header.planar in (0, 1)
    if not grey and not colour:
        raise FilmUnreadableError(
            "dicom.photometric", photometric=shown_code(header.photometric), samples=header.samples
        )
    if colour and header.is_signed:
        raise DicomContradictionError("signed colours")


def shown_code(text: str) -> str:
    """A code string of a file, short and plain enough for a sentence."""
    return "".join(character for character in text[:16] if character.isalnum() or character in " _-") or "none"
