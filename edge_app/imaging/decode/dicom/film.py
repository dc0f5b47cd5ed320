"""DICOM bytes to `Radiograph`. The one place that knows the order of the steps; docs/dicom.md tells it in words."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.imaging.decode import errors
from edge_app.imaging.decode.dicom import luts, sniff, stream, syntaxes
from edge_app.imaging.decode.dicom.acquisition import read_acquisition, read_spacing
from edge_app.imaging.decode.dicom.colour import luminance, palette_luminance
from edge_app.imaging.decode.dicom.elements import WANTED, Elements
from edge_app.imaging.decode.dicom.frames import decode_frame
from edge_app.imaging.decode.dicom.grayscale import render
from edge_app.imaging.decode.dicom.header import PixelHeader, read_header
from edge_app.imaging.decode.dicom.stored_value_checks import check_stored_values
from edge_app.imaging.decode.file import FilmFile
from edge_app.imaging.decode.limits import DecodeLimits
from edge_app.imaging.decode.view import ViewChoice
from edge_app.imaging.radiograph import Radiograph, once_each
from edge_app.system.errors import FilmUnreadableError
from edge_app.system.messages import Message


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
        raise FilmUnreadableError("file.two_faced", name=name)
    try:
        return _decode(file, limits, choice)
    except FilmUnreadableError as error:
        raise _named(error, name) from error
    except stream.DicomContradictionError as error:
        raise FilmUnreadableError("dicom.contradiction", name=name, detail=str(error)) from error
    except stream.DicomStructureError as error:
        raise errors.broken(name, str(error)) from error
    except MemoryError as error:
        raise errors.broken(name, "out of memory") from error
    except Exception as error:
        # The codecs raise many types on hostile bytes. Messages may quote the file: only the type is kept.
        raise errors.broken(name, type(error).__name__) from error


def _decode(file: FilmFile, limits: DecodeLimits, choice: ViewChoice) -> Radiograph:
    parts = stream.split(file.data, limits, WANTED)
    elements = Elements.of(parts, limits)
    notices: list[Message] = []
    header = read_header(elements, file.name, limits, len(parts.pixels), notices)
    notices += _notices(elements, header, choice)
    syntax = syntaxes.require(parts.transfer_syntax)
    values, codestream = decode_frame(parts, header, syntax, choice.frame or 0, notices)
    if header.samples == 3:
        pixels = luminance(values, header, codestream, notices)
    elif header.photometric == "PALETTE COLOR":
        pixels = palette_luminance(values, elements, notices)
    else:
        pixels = _grey(values, elements, header, choice, notices)
    if pixels.shape != (header.rows, header.columns):
        raise stream.DicomStructureError(f"decoded {pixels.shape}")
    return Radiograph(
        pixels,
        file.sha256,
        "DICOM",
        spacing=read_spacing(elements),
        acquisition=read_acquisition(elements),
        notices=once_each(notices),
    )


def _grey(
    values: NDArray[Any], elements: Elements, header: PixelHeader, choice: ViewChoice, notices: list[Message]
) -> NDArray[np.uint16]:
    """Modality, VOI, presentation (PS3.4 N.2), over stored values that were found to be what the header says."""
    stored = check_stored_values(values, header, notices, embedded_overlay=elements.has_embedded_overlay())
    padding = luts.padding_range(elements, header)
    modality = luts.modality_step(elements, header, notices)
    voi = luts.voi_step(elements, stored, modality, padding, choice.window, notices)
    inverse = luts.is_inverse(elements, header, notices)
    return render(stored, modality, voi, inverse=inverse, padding=padding)


def _notices(elements: Elements, header: PixelHeader, choice: ViewChoice) -> list[Message]:
    notices = []
    if header.frames > 1 and choice.frame is None:
        notices.append(Message("dicom.frames", frames=header.frames))
    if elements.text("PresentationIntentType") == "FOR PROCESSING":
        notices.append(Message("dicom.for_processing"))
    if elements.has("PerFrameFunctionalGroupsSequence"):
        notices.append(Message("dicom.enhanced"))
    if elements.text("BurnedInAnnotation") == "YES":
        notices.append(Message("dicom.burned_in"))
    return notices


def _named(error: FilmUnreadableError, name: str) -> FilmUnreadableError:
    """Adds the file's name to a reason that was given where the name is not known."""
    reason = error.reason
    params: dict[str, Any] = {"name": name, **reason.params}
    named = Message(reason.code, reasons=reason.reasons, **params)
    return FilmUnreadableError(named, detail=error.detail)
