"""Colour pixels of a DICOM file, reduced to what a film has: brightness."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.imaging.decode.colour_space import STEP, ColourSpace, appearance, brightness, has_colour
from edge_app.imaging.decode.dicom.codestream import Codestream
from edge_app.imaging.decode.dicom.elements import Elements
from edge_app.imaging.decode.dicom.grayscale import P_VALUE_MAX
from edge_app.imaging.decode.dicom.header import PixelHeader
from edge_app.imaging.decode.dicom.luts import table_entries
from edge_app.imaging.decode.dicom.stream import DicomContradictionError, DicomStructureError
from edge_app.system.errors import FilmUnreadableError
from edge_app.system.messages import Message

_PALETTES = ("Red", "Green", "Blue")
_PALETTE_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def luminance(
    samples: NDArray[Any], header: PixelHeader, codestream: Codestream | None, notices: list[Message]
) -> NDArray[np.uint16]:
    """Reduces colour pixels to their brightness.

    Args:
        samples: `(rows, columns, 3)` uint8 or uint16, as they are coded.
        header: Their depth, and what the file calls them.
        codestream: What a compressed frame states of itself.
        notices: Receives a label that is wrong, and that there are colours.

    Returns:
        P-values `(rows, columns)` uint16.

    Raises:
        FilmUnreadableError: There are colours, and the file contradicts itself on what they are.
        DicomContradictionError: Samples are larger than the header says.
    """
    if samples.ndim != 3 or samples.shape[2] != 3:
        raise DicomStructureError(f"colour pixels of shape {samples.shape}")
    bits = header.bits_stored
    if codestream is not None and codestream.precision < bits:
        bits = codestream.precision
    white = 2**bits - 1
    if int(samples.max()) > white:
        raise DicomContradictionError(f"bits above the {bits} stored ones are set")
    space = _space(samples, white, header.photometric, codestream, notices)
    if has_colour(samples[::STEP, ::STEP], white, space):
        notices.append(Message("raster.colour"))
    return brightness(samples, white, space, P_VALUE_MAX)


def _space(
    samples: NDArray[Any], white: int, label: str, codestream: Codestream | None, notices: list[Message]
) -> ColourSpace:
    """Decides by the samples, else by the compressed frame's own markers, else by the label."""
    marked = codestream.colours if codestream is not None else None
    labelled: ColourSpace = "RGB" if label == "RGB" or (marked == "RGB" and label in ("YBR_ICT", "YBR_RCT")) else "YBR"
    seen, is_grey = appearance(samples, white)
    space = seen or marked or labelled
    if space != (marked or labelled) and not is_grey:
        raise FilmUnreadableError("dicom.colours", stated=marked or labelled, found=space)
    if space != labelled:
        notices.append(Message("film.colour_label", stated=label, found=space))
    return space


def palette_luminance(indices: NDArray[Any], elements: Elements, notices: list[Message]) -> NDArray[np.uint16]:
    """Looks up palette colours (PS3.3 C.7.6.3.1.5) and reduces them to their brightness.

    Args:
        indices: `(rows, columns)` uint8 or uint16.
        elements: The header with the three tables.
        notices: Receives that the palette has colours.

    Returns:
        P-values `(rows, columns)` uint16.

    Raises:
        FilmUnreadableError: The palette is segmented.
        DicomStructureError: A table is missing or contradicts its descriptor.
    """
    if elements.has("SegmentedRedPaletteColorLookupTableData"):
        raise FilmUnreadableError("dicom.palette")
    tables = []
    first = entries = 0
    for colour in _PALETTES:
        descriptor = elements.words(f"{colour}PaletteColorLookupTableDescriptor")
        data = elements.raw(f"{colour}PaletteColorLookupTableData")
        if descriptor is None or len(descriptor[1]) != 3 or data is None:
            raise DicomStructureError(f"no {colour} palette")
        entries, first = descriptor[1][0] or 65536, descriptor[1][1]
        values = table_entries(data.value, entries, elements.order)
        # Descriptors say 16 bits over 8-bit entries, and the reverse: the entries themselves tell.
        white = 255 if int(values.max()) <= 255 else 65535
        tables.append(values.astype(np.float32) / white)
    if len({len(table) for table in tables}) != 1:
        raise DicomContradictionError("palettes of different lengths")
    rgb = np.stack(tables, axis=1)
    grey = np.rint((rgb @ _PALETTE_LUMA) * P_VALUE_MAX).astype(np.uint16)
    clipped = np.clip(indices.astype(np.int32) - first, 0, entries - 1)
    used = rgb[np.unique(clipped)]
    if (used.max(axis=1) - used.min(axis=1) > 8 / 255).any():
        notices.append(Message("raster.colour"))
    looked_up: NDArray[np.uint16] = grey[clipped]
    return looked_up
