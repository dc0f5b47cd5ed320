"""Do the pixels bear out what the header says of their bits? Where they don't, pydicom gives wrong ones in silence."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.imaging.decode.dicom.header import PixelHeader
from edge_app.imaging.decode.dicom.stream import DicomContradictionError
from edge_app.system.messages import Message

UNUSED_BITS = 2
"""Bits that may stay unused before it is said."""
_STRIPES = 64
_ROUGHNESS_RATIO = 0.5
"""Read the right way, a film is at least twice as smooth as with its sign bit read the wrong way."""


def check_stored_values(
    stored: NDArray[Any], header: PixelHeader, notices: list[Message], *, embedded_overlay: bool
) -> NDArray[Any]:
    """Checks stored values against Bits Stored and Pixel Representation.

    Args:
        stored: `(rows, columns)`, of the width of Bits Allocated, as decoded and not masked.
        header: What the file says.
        notices: Receives what cannot be disproved, but lowers trust.
        embedded_overlay: Whether an overlay may lie in the unused bits (retired in 2004); it is then taken out.

    Returns:
        The stored values, an overlay taken out and the sign extended: int8 or int16 where signed.

    Raises:
        DicomContradictionError: Bits above Bits Stored are set, or the sign is plainly wrong.
    """
    width = 8 * stored.dtype.itemsize
    bits = header.bits_stored if header.bits_stored <= width else width
    mask = (1 << bits) - 1
    raw, set_anywhere = _at_low_bits(
        stored.view(f"u{stored.dtype.itemsize}"), bits, header, notices, embedded_overlay=embedded_overlay
    )
    above = set_anywhere & ~mask
    if above and not embedded_overlay and not (header.is_signed and _is_sign_extended(raw, bits, width)):
        raise DicomContradictionError(f"bits above the {bits} stored ones are set")
    if embedded_overlay and above:
        notices.append(Message("dicom.overlay"))
    values = np.bitwise_and(raw, np.array(mask, dtype=raw.dtype)) if above else raw
    _check_sign(values, bits, header)
    used = (set_anywhere & mask).bit_length()
    if not header.is_signed and used <= bits - UNUSED_BITS:
        notices.append(Message("dicom.bits_unused", stated=bits, used=used))
    if header.is_signed:
        notices.append(Message("dicom.signed"))
    return _sign_extend(values, bits) if header.is_signed else values


def _at_low_bits(
    raw: NDArray[Any], bits: int, header: PixelHeader, notices: list[Message], *, embedded_overlay: bool
) -> tuple[NDArray[Any], int]:
    """Moves values that lie at the high bits down, and returns them with every bit that is set anywhere.

    High Bit shall be Bits Stored - 1 (PS3.5 8.1.1). Where the header states another one, the pixels tell where the
    values are: ACR-NEMA files of 12 bits have them in the upper part of 16.
    """
    # A film has 80 MB, so that it is not copied unless there is something to move or to take out.
    set_anywhere = int(np.bitwise_or.reduce(raw, axis=None))
    if header.high_bit == header.bits_stored - 1:
        return raw, set_anywhere
    notices.append(Message("dicom.high_bit", stated=header.high_bit, bits=header.bits_stored))
    shift = header.high_bit + 1 - bits
    below = (1 << max(0, shift)) - 1
    if 0 < shift <= 8 * raw.dtype.itemsize - bits and (embedded_overlay or not set_anywhere & below):
        return np.right_shift(raw, shift), set_anywhere >> shift
    return raw, set_anywhere


def _is_sign_extended(raw: NDArray[Any], bits: int, width: int) -> bool:
    """Whether the upper bits of every value are clear, or repeat its sign bit: both ways of storing a sign exist."""
    signed = raw.view(f"i{raw.dtype.itemsize}").astype(np.int32)
    limit = 1 << (bits - 1)
    return width == bits or bool(((signed >= -limit) & (signed < 2 * limit)).all())


def _sign_extend(values: NDArray[Any], bits: int) -> NDArray[Any]:
    width = 8 * values.dtype.itemsize
    shifted = np.left_shift(values, width - bits).view(f"i{values.dtype.itemsize}")
    return np.right_shift(shifted, width - bits)


def _check_sign(values: NDArray[Any], bits: int, header: PixelHeader) -> None:
    """Compares how rough the film is, read either way: a wrong sign tears it wherever it crosses mid-grey."""
    rows = values[:: max(1, values.shape[0] // _STRIPES)]
    columns = values[:, :: max(1, values.shape[1] // _STRIPES)]
    unsigned = _roughness(rows, columns)
    signed = _roughness(_sign_extend(rows, bits), _sign_extend(columns, bits))
    stated, other = (signed, unsigned) if header.is_signed else (unsigned, signed)
    if other < _ROUGHNESS_RATIO * stated:
        raise DicomContradictionError(
            f"pixel representation {int(header.is_signed)} makes the film {stated:.0f} rough, the other {other:.0f}"
        )


def _roughness(rows: NDArray[Any], columns: NDArray[Any]) -> float:
    """Mean absolute step between neighbours along some rows and some columns."""
    along = np.abs(np.diff(rows.astype(np.int32), axis=1)).mean()
    down = np.abs(np.diff(columns.astype(np.int32), axis=0)).mean()
    return float(along + down) / 2
