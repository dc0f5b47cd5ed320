"""DICOM bytes to `Radiograph`. The one place that knows the order of the steps; docs/dicom.md tells it in words."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.imaging.decode import errors
from edge_app.imaging.decode.dicom import luts, sniff, stream, syntaxes
from edge_app.imaging.decode.dicom.acquisition import read_acquisition, read_spacing
from edge_app.imaging.decode.dicom.colour import luminance, palette_luminance
from edge_app.imaging.decode.dicom.elements import Elements
from edge_app.imaging.decode.dicom.frames import decode_frame
from edge_app.imaging.decode.dicom.grayscale import render
from edge_app.imaging.decode.dicom.header import PixelHeader, read_header
from edge_app.imaging.decode.dicom.stored_value_checks import check_stored_values
from edge_app.imaging.decode.file import FilmFile
from edge_app.imaging.decode.limits import DecodeLimits
from edge_app.imaging.decode.view import ViewChoice
from edge_app.imaging.radiograph import Notice, Radiograph
from edge_app.system.errors import FilmUnreadableError


def decode(file: FilmFile, limits: DecodeLimits, choice: ViewChoice) -> Radiograph:
    """Decodes one frame of a DICOM file into P-values.

    Args:
        file: The whole file.
        limits: Checked before anything is allocated.
        choice: Which frame, and which of the file's windows.

    Returns:
        The film, uint16, MONOCHROME2. Nothing that names the patient is in it.

    Raises:
        FilmUnreadableError: The file is broken, contradicts itself, or is of a kind that is not read.
    """
    name = file.name
    if sniff.has_executable_preamble(file.data):
        raise FilmUnreadableError(
            "file.two_faced",
            f"{name} is a DICOM file and a program at once.",
            hint="Do not open it elsewhere; show it to whoever looks after the computers.",
        )
    try:
        return _decode(file, limits, choice)
    except FilmUnreadableError as error:
        raise _named(error, name) from error
    except MemoryError as error:
        raise errors.broken(name, "out of memory") from error
    except Exception as error:
        # pydicom and the codecs raise many types on hostile bytes. Messages may quote the file: only the type is kept,
        # unless it is one of our own sentences.
        detail = str(error) if isinstance(error, stream.DicomStructureError) else type(error).__name__
        raise errors.broken(name, detail) from error


def _decode(file: FilmFile, limits: DecodeLimits, choice: ViewChoice) -> Radiograph:
    name = file.name
    parts = stream.split(file.data, limits)
    syntax = syntaxes.require(parts.transfer_syntax, name)
    elements = Elements.of(parts)
    header = read_header(elements, name, limits, len(parts.pixels))
    notices = _notices(elements, header, choice)
    values = decode_frame(parts, header, syntax, choice.frame or 0, notices)
    if header.samples == 3:
        pixels, has_colour = luminance(values, header)
    elif header.photometric == "PALETTE COLOR":
        pixels, has_colour = palette_luminance(values, elements)
    else:
        pixels, has_colour = _grey(values, elements, header, choice, notices), False
    if has_colour:
        notices.append(Notice("raster.colour", "The picture has colours; a film has none."))
    if pixels.shape != (header.rows, header.columns):
        raise stream.DicomStructureError(f"decoded {pixels.shape}")
    return Radiograph(
        pixels,
        file.sha256,
        "DICOM",
        spacing=read_spacing(elements),
        acquisition=read_acquisition(elements),
        notices=tuple(notices),
    )


def _grey(
    values: NDArray[Any], elements: Elements, header: PixelHeader, choice: ViewChoice, notices: list[Notice]
) -> NDArray[np.uint16]:
    """Modality, VOI, presentation (PS3.4 N.2), over stored values that were found to be what the header says."""
    stored = check_stored_values(values, header, notices, embedded_overlay=elements.has_embedded_overlay())
    padding = luts.padding_range(elements, header)
    modality = luts.modality_step(elements, header)
    voi = luts.voi_step(elements, stored, modality, padding, choice.window, notices)
    inverse = luts.is_inverse(elements, header, notices)
    return render(stored, modality, voi, inverse=inverse, padding=padding)


def _notices(elements: Elements, header: PixelHeader, choice: ViewChoice) -> list[Notice]:
    notices = []
    if header.frames > 1 and choice.frame is None:
        notices.append(
            Notice("dicom.frames", f"The file holds {header.frames} pictures; only the first of them was read.")
        )
    if elements.text("PresentationIntentType") == "FOR PROCESSING":
        notices.append(
            Notice("dicom.for_processing", "The file holds raw detector data, not the film as it is meant to be seen.")
        )
    if elements.has("PerFrameFunctionalGroupsSequence"):
        notices.append(
            Notice("dicom.enhanced", "The file states grey values for each frame in a way that is not read.")
        )
    if elements.text("BurnedInAnnotation") == "YES":
        notices.append(Notice("dicom.burned_in", "The picture itself may show the patient's name."))
    return notices


def _named(error: FilmUnreadableError, name: str) -> FilmUnreadableError:
    """Puts the file's name before a message that was written where the name is not known."""
    message = error.message if name in error.message else f"{name}: {error.message}"
    return FilmUnreadableError(error.code, message, hint=error.hint, detail=error.detail)
