"""Colour pixels, reduced to what a film has: brightness."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.imaging.decode.dicom.elements import Elements
from edge_app.imaging.decode.dicom.grayscale import P_VALUE_MAX
from edge_app.imaging.decode.dicom.header import PixelHeader
from edge_app.imaging.decode.dicom.luts import table_entries
from edge_app.imaging.decode.dicom.stream import DicomStructureError
from edge_app.imaging.decode.pixels import COLOUR_STEP, has_colour
from edge_app.system.errors import FilmUnreadableError

_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""ITU-R BT.601, as in JPEG and in Pillow's convert("L")."""
_PALETTES = ("Red", "Green", "Blue")
_BLOCK_ROWS = 256


def luminance(rgb: NDArray[Any], header: PixelHeader) -> tuple[NDArray[np.uint16], bool]:
    """Reduces colour pixels to their brightness.

    Args:
        rgb: `(rows, columns, 3)` uint8 or uint16.
        header: Its depth.

    Returns:
        P-values `(rows, columns)` uint16, and whether there was any colour.
    """
    if rgb.ndim != 3 or rgb.shape[2] != 3:
        raise DicomStructureError(f"colour pixels of shape {rgb.shape}")
    white = 2**header.bits_stored - 1
    if int(rgb.max()) > white:
        raise DicomStructureError(f"bits above the {header.bits_stored} stored ones are set")
    weights = _LUMA * np.float32(P_VALUE_MAX / white)
    grey = np.empty(rgb.shape[:2], dtype=np.uint16)
    for start in range(
        0, len(rgb), _BLOCK_ROWS
    ):  # in blocks: the floats of a whole film would need four times its memory
        block = rgb[start : start + _BLOCK_ROWS].astype(np.float32) @ weights
        grey[start : start + _BLOCK_ROWS] = np.rint(np.minimum(block, P_VALUE_MAX)).astype(np.uint16)
    return grey, has_colour(rgb[::COLOUR_STEP, ::COLOUR_STEP], white)


def palette_luminance(indices: NDArray[Any], elements: Elements) -> tuple[NDArray[np.uint16], bool]:
    """Looks up palette colours (PS3.3 C.7.6.3.1.5) and reduces them to their brightness.

    Args:
        indices: `(rows, columns)` uint8 or uint16.
        elements: The header with the three tables.

    Returns:
        P-values `(rows, columns)` uint16, and whether the palette has any colour.

    Raises:
        FilmUnreadableError: The palette is segmented.
        DicomStructureError: A table is missing or contradicts its descriptor.
    """
    if elements.has("SegmentedRedPaletteColorLookupTableData"):
        raise FilmUnreadableError(
            "dicom.palette",
            "The colours of the picture are stored in a way that is not read (segmented palette).",
            hint="Export it as MONOCHROME2 or RGB.",
        )
    tables = []
    first = entries = 0
    for colour in _PALETTES:
        descriptor = elements.words(f"{colour}PaletteColorLookupTableDescriptor")
        data = elements.raw(f"{colour}PaletteColorLookupTableData")
        if descriptor is None or len(descriptor[1]) != 3 or data is None:
            raise DicomStructureError(f"no {colour} palette")
        entries, first = descriptor[1][0] or 65536, descriptor[1][1]
        values = table_entries(data[1], entries, elements.order)
        # Descriptors say 16 bits over 8-bit entries, and the reverse: the entries themselves tell.
        white = 255 if int(values.max()) <= 255 else 65535
        tables.append(values.astype(np.float32) / white)
    if len({len(table) for table in tables}) != 1:
        raise DicomStructureError("palettes of different lengths")
    rgb = np.stack(tables, axis=1)
    grey = np.rint((rgb @ _LUMA) * P_VALUE_MAX).astype(np.uint16)
    clipped = np.clip(indices.astype(np.int32) - first, 0, entries - 1)
    used = rgb[np.unique(clipped)]
    return grey[clipped], bool((used.max(axis=1) - used.min(axis=1) > 8 / 255).any())
