"""From data elements to the steps of the grey-scale chain: which Modality LUT, which window, which way up."""

from __future__ import annotations

import contextlib
from dataclasses import replace
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
from edge_app.imaging.decode.dicom.header import PixelHeader, shown_code
from edge_app.imaging.decode.dicom.stored_value_checks import UNUSED_BITS
from edge_app.imaging.decode.dicom.stream import DicomContradictionError, DicomStructureError
from edge_app.system.messages import Message

_FUNCTIONS = ("LINEAR", "LINEAR_EXACT", "SIGMOID")
_MAX_ENTRIES = 65536


def modality_step(elements: Elements, header: PixelHeader, notices: list[Message]) -> Modality:
    """Returns the Modality LUT, else the rescale, else the identity (PS3.3 C.11.1: never both).

    Args:
        elements: The header.
        header: Whether stored values are signed.
        notices: Receives what could not be used.

    Raises:
        DicomContradictionError: There is a table that contradicts its descriptor: what the pixels mean is unknown.
    """
    for item in elements.items("ModalityLUTSequence"):
        if item.raw("LUTDescriptor") is None and item.raw("LUTData") is None:
            notices.append(Message("dicom.lut"))
            break
        return read_lut(item, signed_first=header.is_signed)
    try:
        return Rescale(_number(elements, "RescaleSlope", 1.0), _number(elements, "RescaleIntercept", 0.0))
    except DicomStructureError:
        notices.append(Message("dicom.rescale"))
        return Rescale()


def _number(elements: Elements, keyword: str, default: float) -> float:
    values = elements.numbers(keyword)
    if not values and elements.raw(keyword) is not None:
        raise DicomStructureError(f"{keyword} is no number")
    return values[0] if values else default


def windows(elements: Elements, notices: list[Message]) -> list[Window]:
    """Returns every usable window of the file, in its order; unusable ones are left out and noted."""
    stated = [keyword for keyword in ("WindowCenter", "WindowWidth") if elements.raw(keyword) is not None]
    if not stated:
        return []
    found: list[Window] = []
    function = elements.text("VOILUTFunction") or "LINEAR"
    try:
        centres, widths = elements.numbers("WindowCenter"), elements.numbers("WindowWidth")
    except DicomStructureError:
        centres = widths = ()
    if function in _FUNCTIONS:
        for centre, width in zip(centres, widths, strict=False):
            with contextlib.suppress(DicomStructureError):
                found.append(Window(centre, width, cast(VoiFunction, function)))
    if not found or not len(found) == len(centres) == len(widths):
        notices.append(Message("dicom.window"))
    return found


def voi_tables(elements: Elements, notices: list[Message], *, signed_first: bool) -> list[VoiTable]:
    """Returns every usable VOI LUT of the file, in its order; unusable ones are left out and noted."""
    found: list[VoiTable] = []
    codes: dict[str, Message] = {}
    try:
        items = elements.items("VOILUTSequence")
    except DicomStructureError:
        items = ()
        codes["dicom.lut"] = Message("dicom.lut")
    for item in items:
        try:
            table = read_lut(item, signed_first=signed_first)
        except DicomStructureError:
            codes["dicom.lut"] = Message("dicom.lut")
            continue
        used = int(table.values.max()).bit_length()
        if used > table.bits or used <= table.bits - UNUSED_BITS:
            # dcmtk, too, takes white from the entries. Shown over 16 bits, a table of 12 is black.
            codes["dicom.lut_bits"] = Message("dicom.lut_bits", stated=table.bits, used=used)
            table = replace(table, bits=max(used, 1))
        found.append(VoiTable(table))
    notices.extend(codes.values())
    return found


def voi_step(
    elements: Elements,
    stored: NDArray[Any],
    modality: Modality,
    padding: tuple[int, int] | None,
    choice: int,
    notices: list[Message],
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
        DicomStructureError: There is no such alternative.
    """
    low, high = sorted(float(v) for v in modality(np.array(value_range(stored, padding), dtype=np.float64)))
    if isinstance(modality, LookupTable):  # need not be monotonic
        mapped = modality(np.arange(*_inclusive(value_range(stored, padding)), dtype=np.float64))
        low, high = float(mapped.min()), float(mapped.max())
    alternatives: list[Voi] = [*windows(elements, notices), *voi_tables(elements, notices, signed_first=low < 0)]
    if not alternatives and choice == 0:
        return FullRange(low, high)
    if not 0 <= choice < len(alternatives):
        raise DicomStructureError(f"window {choice + 1} of {len(alternatives)}")
    return alternatives[choice]


def _inclusive(bounds: tuple[int, int]) -> tuple[int, int]:
    return bounds[0], bounds[1] + 1


def is_inverse(elements: Elements, header: PixelHeader, notices: list[Message]) -> bool:
    """Whether low values are white: MONOCHROME1, or Presentation LUT Shape INVERSE (PS3.3 C.7.6.3.1.2, C.11.6).

    One of them is enough, and both together still turn the film round once: digital radiography states MONOCHROME1
    *with* INVERSE (C.8.11.3.1.2).
    """
    monochrome1 = header.photometric == "MONOCHROME1"
    shape = elements.text("PresentationLUTShape")
    is_known = shape in ("IDENTITY", "INVERSE", "LIN OD")
    if shape is not None and (not is_known or (shape == "INVERSE") != monochrome1):
        notices.append(Message("dicom.presentation", photometric=header.photometric, shape=shown_code(shape)))
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
        DicomStructureError: The descriptor or the data are missing, or contradict each other.
    """
    descriptor = item.words("LUTDescriptor")
    if descriptor is None or len(descriptor[1]) != 3:
        raise DicomContradictionError("LUT Descriptor is missing or has not three values")
    vr, (entries, first, bits) = descriptor
    if first >= 0x8000 and (vr == "SS" or (vr != "US" and signed_first)):
        first -= 0x10000
    found = item.raw("LUTData")
    if found is None:
        raise DicomContradictionError("LUT Data is missing")
    values = table_entries(found.value, entries or _MAX_ENTRIES, item.order)
    return LookupTable(values, first, bits)


def table_entries(raw: memoryview, entries: int, order: str) -> NDArray[np.uint16]:
    """Reads the entries of a table: words, or bytes where the length says so (PS3.3 C.11.1.1.1).

    Raises:
        DicomContradictionError: The length is that of another number of entries.
    """
    if len(raw) == 2 * entries:
        return np.frombuffer(raw, dtype=f"{order}u2").astype(np.uint16)
    if len(raw) == entries + entries % 2:
        return np.frombuffer(raw[:entries], dtype=np.uint8).astype(np.uint16)
    raise DicomContradictionError(f"{len(raw)} bytes for a table of {entries} entries")
