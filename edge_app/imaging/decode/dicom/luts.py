"""From data elements to the steps of the grey-scale chain: which Modality LUT, which window, which way up."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from edge_app.imaging.decode.dicom.elements import Elements
from edge_app.imaging.decode.dicom.grayscale import (
    FullRange,
    LookupTable,
    Modality,
    Rescale,
    Voi,
    VoiFunction,
    VoiTable,
    Window,
    value_range,
)
from edge_app.imaging.decode.dicom.header import PixelHeader
from edge_app.imaging.decode.dicom.stream import DicomStructureError
from edge_app.imaging.radiograph import Notice

_FUNCTIONS = ("LINEAR", "LINEAR_EXACT", "SIGMOID")
_MAX_ENTRIES = 65536


def modality_step(elements: Elements, header: PixelHeader) -> Modality:
    """Returns the Modality LUT, else the rescale, else the identity (PS3.3 C.11.1: never both)."""
    items = elements.lut_items("ModalityLUTSequence")
    if items:
        return read_lut(items[0], signed_first=header.is_signed)
    return Rescale(elements.number("RescaleSlope", 1.0), elements.number("RescaleIntercept", 0.0))


def windows(elements: Elements, notices: list[Notice]) -> list[Window]:
    """Returns every usable window of the file, in its order; unusable ones are left out and noted."""
    centres, widths = elements.numbers("WindowCenter"), elements.numbers("WindowWidth")
    function = elements.text("VOILUTFunction") or "LINEAR"
    if function not in _FUNCTIONS:
        raise DicomStructureError(f"VOI LUT Function {function}")
    found = []
    unusable = len(centres) != len(widths)
    for centre, width in zip(centres, widths, strict=False):
        try:
            found.append(Window(centre, width, cast(VoiFunction, function)))
        except DicomStructureError:
            unusable = True
    if unusable:
        notices.append(Notice("dicom.window", "The file states a brightness window that cannot be used."))
    return found


def voi_step(
    elements: Elements,
    stored: NDArray[Any],
    modality: Modality,
    padding: tuple[int, int] | None,
    choice: int,
    notices: list[Notice],
) -> Voi:
    """Chooses the VOI transformation: windows first, then VOI LUTs, counted in the file's order.

    Args:
        elements: The header.
        stored: The stored values, for the range of a file that asks for none.
        modality: The step before.
        padding: Stored values that are no picture.
        choice: Which of the alternatives, from 0; the first is the one the manufacturer shows first.
        notices: Receives what could not be used.

    Returns:
        The transformation.

    Raises:
        DicomStructureError: A table is damaged, or there is no such alternative.
    """
    low, high = sorted(float(v) for v in modality(np.array(value_range(stored, padding), dtype=np.float64)))
    if isinstance(modality, LookupTable):  # need not be monotonic
        mapped = modality(np.arange(*_inclusive(value_range(stored, padding)), dtype=np.float64))
        low, high = float(mapped.min()), float(mapped.max())
    alternatives: list[Voi] = [*windows(elements, notices)]
    signed_first = low < 0
    tables = elements.lut_items("VOILUTSequence")
    alternatives.extend(VoiTable(read_lut(item, signed_first=signed_first)) for item in tables)
    if not alternatives and choice == 0:
        return FullRange(low, high)
    if not 0 <= choice < len(alternatives):
        raise DicomStructureError(f"window {choice + 1} of {len(alternatives)}")
    return alternatives[choice]


def _inclusive(bounds: tuple[int, int]) -> tuple[int, int]:
    return bounds[0], bounds[1] + 1


def is_inverse(elements: Elements, header: PixelHeader, notices: list[Notice]) -> bool:
    """Whether low values are white: MONOCHROME1, or Presentation LUT Shape INVERSE (PS3.3 C.7.6.3.1.2, C.11.6).

    One of them is enough, and both together still turn the film round once: digital radiography states MONOCHROME1
    *with* INVERSE (C.8.11.3.1.2).
    """
    monochrome1 = header.photometric == "MONOCHROME1"
    shape = elements.text("PresentationLUTShape")
    if shape not in (None, "IDENTITY", "INVERSE", "LIN OD"):
        raise DicomStructureError(f"Presentation LUT Shape {shape}")
    if (shape == "INVERSE") != monochrome1 and shape is not None:
        notices.append(
            Notice(
                "dicom.presentation", f"The file contradicts itself on black and white: {header.photometric}, {shape}."
            )
        )
    return monochrome1 or shape == "INVERSE"


def padding_range(elements: Elements, header: PixelHeader) -> tuple[int, int] | None:
    """Returns the lowest and highest stored value that is padding; None where there is none."""
    found = elements.words("PixelPaddingValue")
    if found is None:
        return None
    limit = elements.words("PixelPaddingRangeLimit")
    values = sorted(_signed(word, header) for word in (found[1][0], (limit or found)[1][0]))
    return values[0], values[1]


def _signed(word: int, header: PixelHeader) -> int:
    return word - 0x10000 if header.is_signed and word >= 0x8000 else word


def read_lut(item: Elements, *, signed_first: bool) -> LookupTable:
    """Reads LUT Descriptor (0028,3002) and LUT Data (0028,3006).

    Args:
        item: The item of the sequence.
        signed_first: Whether inputs may be negative, which decides how the first value is read without a VR.

    Raises:
        DicomStructureError: Lengths, depth or entries contradict the descriptor.
    """
    descriptor = item.words("LUTDescriptor")
    if descriptor is None or len(descriptor[1]) != 3:
        raise DicomStructureError("LUT Descriptor is missing or has not three values")
    vr, (entries, first, bits) = descriptor
    entries = entries or _MAX_ENTRIES
    if not 8 <= bits <= 16:
        raise DicomStructureError(f"a LUT of {bits} bits")
    if first >= 0x8000 and (vr == "SS" or (vr != "US" and signed_first)):
        first -= 0x10000
    found = item.raw("LUTData")
    if found is None:
        raise DicomStructureError("LUT Data is missing")
    values = table_entries(found[1], entries, item.order)
    if int(values.max()) > 2**bits - 1:
        raise DicomStructureError(f"LUT entries up to {values.max()} in {bits} bits")
    return LookupTable(values, first, bits)


def table_entries(raw: bytes, entries: int, order: str) -> NDArray[np.uint16]:
    """Reads the entries of a table: words, or bytes where the length says so (PS3.3 C.11.1.1.1)."""
    if len(raw) == 2 * entries:
        return np.frombuffer(raw, dtype=f"{order}u2").astype(np.uint16)
    if len(raw) == entries + entries % 2:
        return np.frombuffer(raw[:entries], dtype=np.uint8).astype(np.uint16)
    raise DicomStructureError(f"{len(raw)} bytes for a table of {entries} entries")
