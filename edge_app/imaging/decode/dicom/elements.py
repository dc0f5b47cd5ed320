"""Reads the few data elements a film needs, and no others: names and ids are skipped unread.

Values are taken from their raw bytes and checked here. pydicom would convert a wrong VR or an impossible number with a
warning, or with none; Rows of VR UL has overrun buffers elsewhere (Orthanc CVE-2026-5437).
"""

from __future__ import annotations

import io
import math
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING

from edge_app.imaging.decode.dicom.stream import DicomStream, DicomStructureError

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_MAX_TEXT_BYTES = 1024
_MAX_NUMBERS = 64

# What is read, by keyword of PS3.6. The patient's name and id are not among them: what is not read cannot leak. The
# birth date becomes an age, where the file does not state that, and goes no further.
TAGS: dict[str, int] = {
    "SOPClassUID": 0x00080016,
    "StudyDate": 0x00080020,
    "Modality": 0x00080060,
    "PresentationIntentType": 0x00080068,
    "PatientBirthDate": 0x00100030,
    "PatientAge": 0x00101010,
    "BodyPartExamined": 0x00180015,
    "ImagerPixelSpacing": 0x00181164,
    "NominalScannedPixelSpacing": 0x00182010,
    "ViewPosition": 0x00185101,
    "PatientOrientation": 0x00200020,
    "Laterality": 0x00200060,
    "ImageLaterality": 0x00200062,
    "SamplesPerPixel": 0x00280002,
    "PhotometricInterpretation": 0x00280004,
    "PlanarConfiguration": 0x00280006,
    "NumberOfFrames": 0x00280008,
    "Rows": 0x00280010,
    "Columns": 0x00280011,
    "PixelSpacing": 0x00280030,
    "BitsAllocated": 0x00280100,
    "BitsStored": 0x00280101,
    "HighBit": 0x00280102,
    "PixelRepresentation": 0x00280103,
    "PixelPaddingValue": 0x00280120,
    "PixelPaddingRangeLimit": 0x00280121,
    "BurnedInAnnotation": 0x00280301,
    "PixelSpacingCalibrationType": 0x00280A02,
    "WindowCenter": 0x00281050,
    "WindowWidth": 0x00281051,
    "RescaleIntercept": 0x00281052,
    "RescaleSlope": 0x00281053,
    "VOILUTFunction": 0x00281056,
    "RedPaletteColorLookupTableDescriptor": 0x00281101,
    "GreenPaletteColorLookupTableDescriptor": 0x00281102,
    "BluePaletteColorLookupTableDescriptor": 0x00281103,
    "RedPaletteColorLookupTableData": 0x00281201,
    "GreenPaletteColorLookupTableData": 0x00281202,
    "BluePaletteColorLookupTableData": 0x00281203,
    "SegmentedRedPaletteColorLookupTableData": 0x00281221,
    "ModalityLUTSequence": 0x00283000,
    "VOILUTSequence": 0x00283010,
    "PresentationLUTShape": 0x20500020,
    "PerFrameFunctionalGroupsSequence": 0x52009230,
}
_LUT_TAGS = {"LUTDescriptor": 0x00283002, "LUTData": 0x00283006}
_EMBEDDED_OVERLAY = tuple(0x60000100 + (group << 16) for group in range(0, 0x20, 2))


class Elements:
    """The wanted data elements of a header, by keyword."""

    def __init__(self, dataset: Dataset, little_endian: bool, tags: dict[str, int]) -> None:
        self._dataset = dataset
        self._tags = tags
        self.order = "<" if little_endian else ">"

    @classmethod
    def of(cls, stream: DicomStream) -> Elements:
        """Reads the wanted elements with pydicom; everything else is skipped unread.

        Raises:
            DicomStructureError: pydicom cannot follow the header.
        """
        from pydicom.filereader import read_dataset

        wanted = [*TAGS.values(), *_EMBEDDED_OVERLAY]
        dataset = read_dataset(
            io.BytesIO(stream.header),
            stream.is_implicit,
            stream.is_little_endian,
            specific_tags=list(wanted),
        )
        return cls(dataset, stream.is_little_endian, TAGS)

    def raw(self, keyword: str) -> tuple[str | None, bytes] | None:
        """Returns VR (None where the encoding has none) and value bytes; None where absent or empty."""
        tag = self._tags[keyword]
        if tag not in self._dataset:
            return None
        element = self._dataset.get_item(tag)
        value = getattr(element, "value", None)
        if not isinstance(value, bytes) or not value:
            return None
        return element.VR, value

    def unsigned(self, keyword: str, default: int | None = None) -> int:
        """Returns the value of an element of VR US and multiplicity 1.

        Raises:
            DicomStructureError: It is of another VR or multiplicity, or absent without a default.
        """
        found = self.raw(keyword)
        if found is None:
            if default is None:
                raise DicomStructureError(f"{keyword} is missing")
            return default
        vr, value = found
        if vr not in (None, "US") or len(value) != 2:
            raise DicomStructureError(f"{keyword} must be one US. Received: {vr}, {len(value)} bytes")
        return int(struct.unpack(f"{self.order}H", value)[0])

    def words(self, keyword: str) -> tuple[str | None, tuple[int, ...]] | None:
        """Returns VR and the value as 16-bit unsigned words, for lookup tables and padding values."""
        found = self.raw(keyword)
        if found is None or len(found[1]) % 2:
            return None
        return found[0], struct.unpack(f"{self.order}{len(found[1]) // 2}H", found[1])

    def text(self, keyword: str) -> str | None:
        """Returns a code string in upper case, without padding; None where absent. Control characters are dropped."""
        found = self.raw(keyword)
        if found is None or len(found[1]) > _MAX_TEXT_BYTES:
            return None
        text = found[1].decode("ascii", "replace").strip(" \0")
        return "".join(character for character in text if character.isprintable()).upper() or None

    def numbers(self, keyword: str) -> tuple[float, ...]:
        """Returns the values of a decimal or integer string; empty where absent.

        Raises:
            DicomStructureError: They are no finite numbers.
        """
        text = self.text(keyword)
        if text is None:
            return ()
        try:
            values = tuple(float(part) for part in text.split("\\")[:_MAX_NUMBERS] if part.strip())
        except ValueError as error:
            raise DicomStructureError(f"{keyword} is no number") from error
        if not all(math.isfinite(value) for value in values):
            raise DicomStructureError(f"{keyword} is not finite")
        return values

    def number(self, keyword: str, default: float) -> float:
        """Returns the first of `numbers`, or a default."""
        values = self.numbers(keyword)
        return values[0] if values else default

    def lut_items(self, keyword: str) -> Sequence[Elements]:
        """Returns the items of a sequence of lookup tables, readable by `LUTDescriptor` and `LUTData`."""
        tag = self._tags[keyword]
        if tag not in self._dataset:
            return ()
        little = self.order == "<"
        return [Elements(item, little, _LUT_TAGS) for item in self._dataset[tag].value or ()]

    def has(self, keyword: str) -> bool:
        """Whether the element is there, empty or not."""
        return self._tags[keyword] in self._dataset

    def has_embedded_overlay(self) -> bool:
        """Whether an overlay may lie in unused bits of the pixels: retired, (60xx,0100) above 1 (PS3.5-2004 8.1.2)."""
        for tag in _EMBEDDED_OVERLAY:
            if tag in self._dataset:
                value = getattr(self._dataset.get_item(tag), "value", b"")
                if isinstance(value, bytes) and len(value) == 2 and struct.unpack(f"{self.order}H", value)[0] > 1:
                    return True
        return False
