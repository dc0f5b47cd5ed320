"""Is this DICOM? Told by content, with or without the preamble and the file meta information. Imports no pydicom."""

from __future__ import annotations

import struct

MAGIC_OFFSET = 128
_MAGIC = b"DICM"

# A preamble may hold a TIFF header (PS3.10 7.1); a program or a script in it makes the file two things at once
# (CVE-2019-11687), and only one of them is a film.
_EXECUTABLE_PREAMBLES = (
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"#!",
    b"%PDF",
    b"PK\x03\x04",
)

_LONG_VRS = frozenset({b"OB", b"OW", b"SQ", b"UN", b"UT"})
_SHORT_VRS = frozenset({b"UI", b"CS", b"UL", b"DA", b"TM", b"SH", b"LO", b"OB"})
_LONGEST_FIRST_VALUE = 256
_ENOUGH_ELEMENTS = 3
_LAST_HEADER_GROUP = 0x0028


def has_magic(data: bytes) -> bool:
    """Whether `data` has the preamble and `DICM` of PS3.10 7.1."""
    return data[MAGIC_OFFSET : MAGIC_OFFSET + 4] == _MAGIC


def has_executable_preamble(data: bytes) -> bool:
    """Whether the preamble makes the file a program, a script, a PDF or an archive as well."""
    return data.startswith(_EXECUTABLE_PREAMBLES)


def is_dicom(data: bytes) -> bool:
    """Whether `data` is DICOM: by its magic, or because it starts with a plausible data element of group 2 or 8."""
    return has_magic(data) or _starts_with_element(data)


def _starts_with_element(data: bytes) -> bool:
    if len(data) < 16:
        return False
    for order in "<>":
        group, element = struct.unpack_from(f"{order}HH", data)
        # The lowest tags a film starts with: file meta, or identifying elements up to Modality.
        if not (group == 0x0002 and element <= 0x0016) and not (group == 0x0008 and element <= 0x0060):
            continue
        if data[4:6] in _SHORT_VRS:
            return True
        (length,) = struct.unpack_from(f"{order}I", data, 4)
        if length <= _LONGEST_FIRST_VALUE and length % 2 == 0:
            return True
    return False


def looks_like_data_set(head: bytes) -> bool:
    """Whether bytes begin as a DICOM data set without preamble does: with several plausible elements, tags ascending.

    For files that nobody named: `is_dicom` believes the first element of a file that a user gave.

    Args:
        head: The first kilobyte of a file, or all of a smaller one.
    """
    if not _starts_with_element(head):
        return False
    order = ">" if head[:2] in (b"\x00\x02", b"\x00\x08") else "<"
    position, last_tag = 0, -1
    for _ in range(_ENOUGH_ELEMENTS):
        if position + 12 > len(head):
            return False
        group, element, vr, length = struct.unpack_from(f"{order}HH2sH", head, position)
        position += 8
        if vr in _LONG_VRS:
            (length,) = struct.unpack_from(f"{order}I", head, position)
            position += 4
        elif not (vr.isalpha() and vr.isupper()):
            (length,) = struct.unpack_from(f"{order}I", head, position - 4)
        tag = group << 16 | element
        if tag <= last_tag or group > _LAST_HEADER_GROUP or length > _LONGEST_FIRST_VALUE:
            return False
        last_tag = tag
        position += length
    return True
