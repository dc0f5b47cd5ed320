"""The few data elements a film needs, and no others: names and ids are skipped unread.

Values are read from their bytes and checked here. pydicom would convert a wrong VR or an impossible number with a
warning, or with none; Rows of VR UL has overrun buffers elsewhere (Orthanc CVE-2026-5437).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

from edge_app.imaging.decode.dicom.stream import DicomStream, DicomStructureError, RawElement, read_items
from edge_app.imaging.decode.limits import DecodeLimits

_MAX_TEXT_BYTES = 1024
_MAX_NUMBERS = 64

# What is read, by keyword of PS3.6. The patient's name and id are not among them: what is not read cannot leak. Birth
# date and descriptions become an age and a view, and go no further.
TAGS: dict[str, int] = {
    "SOPClassUID": 0x00080016,
    "StudyDate": 0x00080020,
    "SeriesDate": 0x00080021,
    "AcquisitionDate": 0x00080022,
    "ContentDate": 0x00080023,
    "AcquisitionDateTime": 0x0008002A,
    "Modality": 0x00080060,
    "PresentationIntentType": 0x00080068,
    "StudyDescription": 0x00081030,
    "SeriesDescription": 0x0008103E,
    "PatientBirthDate": 0x00100030,
    "PatientAge": 0x00101010,
    "BodyPartExamined": 0x00180015,
    "ProtocolName": 0x00181030,
    "ImagerPixelSpacing": 0x00181164,
    "AcquisitionDeviceProcessingDescription": 0x00181400,
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
    "RequestedProcedureDescription": 0x00321060,
    "PerformedProcedureStepStartDate": 0x00400244,
    "PerformedProcedureStepDescription": 0x00400254,
    "ViewCodeSequence": 0x00540220,
    "PerFrameFunctionalGroupsSequence": 0x52009230,
}
_ITEM_TAGS: dict[str, int] = {
    "CodeValue": 0x00080100,
    "CodingSchemeDesignator": 0x00080102,
    "CodeMeaning": 0x00080104,
    "LUTDescriptor": 0x00283002,
    "LUTData": 0x00283006,
}
_EMBEDDED_OVERLAY = tuple(0x60000100 + (group << 16) for group in range(0, 0x20, 2))

WANTED = frozenset({*TAGS.values(), *_EMBEDDED_OVERLAY})
"""Tags of the elements that are read."""


class Elements:
    """The wanted data elements of a header or of an item, by keyword."""

    def __init__(
        self, stream: DicomStream, limits: DecodeLimits, found: dict[int, RawElement], tags: dict[str, int]
    ) -> None:
        self._stream = stream
        self._limits = limits
        self._found = found
        self._tags = tags
        self.order = "<" if stream.is_little_endian else ">"

    @classmethod
    def of(cls, stream: DicomStream, limits: DecodeLimits) -> Elements:
        """Returns the elements of a file that was split with `WANTED`."""
        return cls(stream, limits, stream.elements, TAGS)

    def raw(self, keyword: str) -> RawElement | None:
        """Returns VR and value bytes; None where absent or empty."""
        found = self._found.get(self._tags[keyword])
        return found if found is not None and len(found.value) else None

    def unsigned(self, keyword: str, default: int | None = None) -> int:
        """Returns the value of an element of 16 bits and multiplicity 1.

        Archives that do not know an element write US as UN; a few devices write SS.

        Raises:
            DicomStructureError: It is of another VR or multiplicity, or absent without a default.
        """
        found = self.raw(keyword)
        if found is None:
            if default is None:
                raise DicomStructureError(f"{keyword} is missing")
            return default
        if found.vr not in (None, "US", "UN", "SS") or len(found.value) != 2:
            raise DicomStructureError(f"{keyword} must be one US. Received: {found.vr}, {len(found.value)} bytes")
        return int(struct.unpack(f"{self.order}H", found.value)[0])

    def words(self, keyword: str) -> tuple[str | None, tuple[int, ...]] | None:
        """Returns VR and the value as 16-bit unsigned words, for lookup tables and padding values."""
        found = self.raw(keyword)
        if found is None or len(found.value) % 2:
            return None
        return found.vr, struct.unpack(f"{self.order}{len(found.value) // 2}H", found.value)

    def text(self, keyword: str) -> str | None:
        """Returns a text in upper case, without padding; None where absent. Control characters are dropped.

        Bytes are read as UTF-8, which holds ASCII, or else as Latin-1; other character sets come out garbled.
        """
        found = self.raw(keyword)
        if found is None or len(found.value) > _MAX_TEXT_BYTES:
            return None
        value = bytes(found.value)
        try:
            text = value.decode("utf-8")
        except UnicodeDecodeError:
            text = value.decode("latin-1")
        return "".join(character for character in text.strip(" \0") if character.isprintable()).upper() or None

    def numbers(self, keyword: str) -> tuple[float, ...]:
        """Returns the values of a decimal or integer string; empty where absent.

        Raises:
            DicomStructureError: They are no finite numbers.
        """
        if self.raw(keyword) is None:
            return ()
        text = self.text(keyword) or ""
        try:
            values = tuple(float(part) for part in text.split("\\")[:_MAX_NUMBERS] if part.strip())
        except ValueError as error:
            raise DicomStructureError(f"{keyword} is no number") from error
        if not all(math.isfinite(value) for value in values):
            raise DicomStructureError(f"{keyword} is not finite")
        return values

    def items(self, keyword: str) -> Sequence[Elements]:
        """Returns the items of a sequence of codes or of lookup tables.

        Raises:
            DicomStructureError: The sequence is broken.
        """
        sequence = self.raw(keyword)
        if sequence is None:
            return ()
        found = read_items(sequence, self._stream, self._limits, frozenset(_ITEM_TAGS.values()))
        return [Elements(self._stream, self._limits, item, _ITEM_TAGS) for item in found]

    def has(self, keyword: str) -> bool:
        """Whether the element is there, empty or not."""
        return self._tags[keyword] in self._found

    def has_embedded_overlay(self) -> bool:
        """Whether an overlay may lie in unused bits of the pixels: retired, (60xx,0100) above 1 (PS3.5-2004 8.1.2)."""
        values = (self._found[tag].value for tag in _EMBEDDED_OVERLAY if tag in self._found)
        return any(len(value) == 2 and struct.unpack(f"{self.order}H", value)[0] > 1 for value in values)
