"""From Pixel Data to stored values: one frame, exactly as large as header and codestream agree on."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.imaging.decode.dicom.codestream import Codestream, read_codestream
from edge_app.imaging.decode.dicom.header import PixelHeader
from edge_app.imaging.decode.dicom.stream import DicomStream, DicomStructureError
from edge_app.imaging.decode.dicom.syntaxes import TransferSyntax
from edge_app.imaging.decode.warnings_as_errors import strict_warnings
from edge_app.imaging.radiograph import Notice
from edge_app.system.parallel import cores

_JPEG_EXTENDED = "1.2.840.10008.1.2.4.51"
# Item and delimiter as little-endian words read in one: group in the low half.
_ITEM = 0xE000FFFE
_SEQUENCE_END = 0xE0DDFFFE
_FRAME_STARTS = (b"\xff\xd8", b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0c")
"""JPEG and JPEG-LS; JPEG 2000 codestream; JPEG 2000 in a file of boxes, which some writers store."""


def decode_frame(
    stream: DicomStream, header: PixelHeader, syntax: TransferSyntax, index: int, notices: list[Notice]
) -> NDArray[Any]:
    """Decodes one frame.

    Args:
        stream: The file.
        header: Its Image Pixel Module.
        syntax: Its transfer syntax, which can be decoded.
        index: Which frame, from 0.
        notices: Receives what lowers trust.

    Returns:
        Stored values: `(rows, columns)` uint8, int8, uint16 or int16 for one sample, `(rows, columns, 3)` uint8 or
        uint16 RGB for three.

    Raises:
        DicomStructureError: Length, number of frames or codestream contradict the header.
    """
    if not 0 <= index < header.frames:
        raise DicomStructureError(f"frame {index + 1} of {header.frames}")
    if syntax.stream == "native":
        return _native(stream, header, syntax, index)
    frame = _fragmented_frame(stream, header, index)
    codestream = read_codestream(frame, syntax.stream)
    if codestream is not None:
        _check_agreement(codestream, header, notices)
    with strict_warnings():
        if syntax.uid == _JPEG_EXTENDED and codestream is not None and codestream.precision > 8:
            return _extended_12_bit(frame, header)
        return _with_pydicom(frame, header, syntax, codestream)


def _native(stream: DicomStream, header: PixelHeader, syntax: TransferSyntax, index: int) -> NDArray[Any]:
    expected = header.frames * header.frame_bytes
    found = len(stream.pixels)
    # One byte of padding makes the length even (PS3.5 8.1.1). More, or less, means that a stated size is wrong:
    # pydicom would shear the film and warn.
    if found not in (expected, expected + expected % 2):
        raise DicomStructureError(f"{found} bytes of pixels, but the header asks for {expected}")
    from pydicom.pixels.decoders.base import get_decoder

    decoder = get_decoder(syntax.uid)
    if header.frames == 1:
        frame = stream.pixels  # with its byte of padding, which big-endian words have swapped inwards
    elif header.frame_bytes % 2 and not stream.is_little_endian:
        raise DicomStructureError("big-endian frames of an odd length")
    else:
        frame = stream.pixels[index * header.frame_bytes : (index + 1) * header.frame_bytes]
    with strict_warnings():
        values, _ = decoder.as_array(
            frame if len(frame) % 2 == 0 else bytes(frame) + b"\0",
            index=0,
            raw=header.samples == 1,
            # A view of the file's bytes, which nobody changes, instead of a copy.
            **_options(header, stream.pixel_vr) | {"view_only": True},
        )
    return values.astype(values.dtype.newbyteorder("="), copy=False)  # big-endian files give big-endian arrays


def _fragmented_frame(stream: DicomStream, header: PixelHeader, index: int) -> bytes:
    """Returns one compressed frame (PS3.5 A.4), found by the start of its codestream: offset tables may lie."""
    fragments = list(read_fragments(stream.pixels))
    starts = [at for at, fragment in enumerate(fragments) if bytes(fragment[:4]).startswith(_FRAME_STARTS)]
    if len(starts) == header.frames and starts[0] == 0:
        frames = [fragments[a:b] for a, b in zip(starts, [*starts[1:], len(fragments)], strict=True)]
    elif not starts and len(fragments) == header.frames:
        frames = [[fragment] for fragment in fragments]  # RLE: one fragment is one frame (PS3.5 A.4.2)
    else:
        raise DicomStructureError(f"{len(starts)} frames in {len(fragments)} fragments, {header.frames} stated")
    return b"".join(frames[index])


def read_fragments(pixels: memoryview) -> Iterator[memoryview]:
    """Yields the fragments of encapsulated Pixel Data, without the basic offset table.

    Args:
        pixels: From the first item on; little endian in every transfer syntax (PS3.5 A.4).

    Raises:
        DicomStructureError: An item leaves the file, or the delimiter is missing: the file was cut.
    """
    position, count = 0, 0
    while position + 8 <= len(pixels):
        tag, length = struct.unpack_from("<II", pixels, position)
        position += 8
        if tag == _SEQUENCE_END:
            return
        if tag != _ITEM or position + length > len(pixels):
            raise DicomStructureError("a fragment of the compressed film is damaged or cut")
        if count:
            yield pixels[position : position + length]
        count += 1
        position += length
    raise DicomStructureError("the compressed film ends without its delimiter")


def _check_agreement(codestream: Codestream, header: PixelHeader, notices: list[Notice]) -> None:
    size = (codestream.rows, codestream.columns, codestream.samples)
    if size != (header.rows, header.columns, header.samples):
        raise DicomStructureError(f"the frame is {size}, the header says otherwise: {header}")
    if codestream.precision > header.bits_allocated:
        raise DicomStructureError(f"{codestream.precision} bits in {header.bits_allocated}")
    if codestream.is_signed is not None and codestream.is_signed != header.is_signed:
        raise DicomStructureError(f"the frame is signed: {codestream.is_signed}, the header says {header.is_signed}")
    if codestream.precision != header.bits_stored:
        notices.append(
            Notice(
                "dicom.bits_stored",
                f"The header states {header.bits_stored} bits, the compressed film {codestream.precision}.",
            )
        )


def _with_pydicom(
    frame: bytes, header: PixelHeader, syntax: TransferSyntax, codestream: Codestream | None
) -> NDArray[Any]:
    from pydicom.encaps import encapsulate
    from pydicom.pixels.decoders.base import get_decoder

    plugin: str = syntax.plugin
    if header.samples == 3 and codestream is not None and codestream.precision > 8 and plugin == "pillow":
        plugin = "gdcm"  # Pillow reduces colours to 8 bits
    if syntax.stream == "jpeg-2000":
        # OpenJPEG, inside Pillow, reads this whenever it begins a film; without it it decodes on one core.
        os.environ.setdefault("OPJ_NUM_THREADS", str(cores()))
    if plugin == "gdcm":
        _quiet_gdcm()
    if syntax.uid == _JPEG_EXTENDED:
        plugin = "pillow"  # 8 bits of precision
    values, _ = get_decoder(syntax.uid).as_array(
        encapsulate([frame], has_bot=False),
        index=0,
        raw=header.samples == 1,
        decoding_plugin=plugin,
        **_options(header, "OB"),
    )
    return np.asarray(values)


def _options(header: PixelHeader, pixel_vr: str) -> dict[str, Any]:
    return {
        "rows": header.rows,
        "columns": header.columns,
        "number_of_frames": 1,
        "samples_per_pixel": header.samples,
        "planar_configuration": header.planar,
        "bits_allocated": header.bits_allocated,
        "bits_stored": header.bits_stored,
        "pixel_representation": int(header.is_signed),
        "photometric_interpretation": header.photometric,
        "pixel_keyword": "PixelData",
        "pixel_vr": pixel_vr,
        "correct_unused_bits": False,  # pydicom would mask away the evidence of a false Bits Stored
    }


def _extended_12_bit(frame: bytes, header: PixelHeader) -> NDArray[Any]:
    """Decodes 12-bit JPEG Extended with GDCM's own 12-bit library.

    pydicom refuses it ("GDCM does not support ..."), because it describes the pixels to GDCM by Bits Stored. Described
    as 12 bits in 16, GDCM gives what dcmtk gives, bit for bit.
    """
    import gdcm

    if header.samples != 1 or header.bits_allocated != 16:
        raise DicomStructureError("12-bit JPEG in colour, or in 8 bits")
    _quiet_gdcm()
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(frame)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((header.columns, header.rows, 1))
    image.SetDataElement(element)
    image.SetPhotometricInterpretation(
        gdcm.PhotometricInterpretation(gdcm.PhotometricInterpretation.GetPIType("MONOCHROME2"))
    )
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(_JPEG_EXTENDED)))
    image.SetPixelFormat(gdcm.PixelFormat(1, 16, 12, 11, int(header.is_signed)))
    # GDCM hands out its buffer as text.
    raw = image.GetBuffer().encode("utf-8", "surrogateescape")
    if len(raw) != header.frame_bytes:
        raise DicomStructureError(f"the decoder gave {len(raw)} bytes of {header.frame_bytes}")
    return np.frombuffer(raw, dtype="<i2" if header.is_signed else "<u2").reshape(header.rows, header.columns)


def _quiet_gdcm() -> None:
    """GDCM writes its complaints to stderr, where they tell a user nothing."""
    import gdcm

    gdcm.Trace.DebugOff()
    gdcm.Trace.WarningOff()
    gdcm.Trace.ErrorOff()
