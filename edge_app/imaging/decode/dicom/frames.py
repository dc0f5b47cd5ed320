"""From Pixel Data to stored values: one frame, exactly as large as header and codestream agree on."""

from __future__ import annotations

import io
import logging
import os
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edge_app.imaging.decode import jpeg
from edge_app.imaging.decode.dicom.codestream import Codestream, mended_jpeg_2000, read_codestream
from edge_app.imaging.decode.dicom.header import PixelHeader
from edge_app.imaging.decode.dicom.stream import DicomContradictionError, DicomStream, DicomStructureError
from edge_app.imaging.decode.dicom.syntaxes import Plugin, TransferSyntax, has_gdcm
from edge_app.imaging.decode.warnings_as_errors import strict_warnings
from edge_app.system.messages import Message
from edge_app.system.parallel import cores

_JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
_JPEG_EXTENDED = "1.2.840.10008.1.2.4.51"
# Item and delimiter as little-endian words read in one: group in the low half.
_ITEM = 0xE000FFFE
_SEQUENCE_END = 0xE0DDFFFE
_FRAME_STARTS = (b"\xff\xd8", b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0c")
"""JPEG and JPEG-LS; JPEG 2000 codestream; JPEG 2000 in a file of boxes, which some writers store."""

# pydicom logs what it finds odd, with text of the file; what a user needs of it is in notices and errors.
logging.getLogger("pydicom").addHandler(logging.NullHandler())
logging.getLogger("pydicom").propagate = False


def decode_frame(
    stream: DicomStream, header: PixelHeader, syntax: TransferSyntax, index: int, notices: list[Message]
) -> tuple[NDArray[Any], Codestream | None]:
    """Decodes one frame.

    Args:
        stream: The file.
        header: Its Image Pixel Module.
        syntax: Its transfer syntax, which can be decoded.
        index: Which frame, from 0.
        notices: Receives what lowers trust.

    Returns:
        Stored values: `(rows, columns)` uint8, int8, uint16 or int16 for one sample, `(rows, columns, 3)` uint8 or
        uint16 for three, as they are coded; and what a JPEG or JPEG 2000 frame states of itself.

    Raises:
        DicomStructureError: The frame is damaged, or there is no such frame.
        DicomContradictionError: Length, number of frames or codestream contradict the header.
    """
    if not 0 <= index < header.frames:
        raise DicomStructureError(f"frame {index + 1} of {header.frames}")
    if syntax.stream == "native":
        return _native(stream, header, index), None
    frame = _fragmented_frame(stream, header, index)
    codestream = read_codestream(frame, syntax.stream)
    if codestream is not None:
        _check_agreement(codestream, header, notices)
    with strict_warnings():
        return _decompressed(frame, header, syntax, codestream), codestream


def _native(stream: DicomStream, header: PixelHeader, index: int) -> NDArray[Any]:
    expected = header.frames * header.frame_bytes
    found = len(stream.pixels)
    # One byte of padding makes the length even (PS3.5 8.1.1). More, or less, means that a stated size is wrong, and
    # that the film would be sheared.
    if found not in (expected, expected + expected % 2):
        raise DicomContradictionError(f"{found} bytes of pixels, but the header asks for {expected}")
    order = "<" if stream.is_little_endian else ">"
    kind = f"{order}{'i' if header.is_signed else 'u'}{header.bits_allocated // 8}"
    octets = np.frombuffer(stream.pixels, np.uint8)
    if header.bits_allocated == 8 and stream.pixel_vr == "OW" and not stream.is_little_endian:
        octets = octets[: found // 2 * 2].view(np.uint16).byteswap().view(np.uint8)  # bytes in big-endian words
    # A view of the file's bytes, which nobody changes, instead of a copy.
    values = octets[index * header.frame_bytes : (index + 1) * header.frame_bytes].view(kind)
    values = values.astype(values.dtype.newbyteorder("="), copy=False)
    if header.samples == 1:
        return values.reshape(header.rows, header.columns)
    if header.photometric == "YBR_FULL_422":
        if header.columns % 2:
            raise DicomContradictionError("native YBR_FULL_422 with an odd number of columns")
        pairs = values.reshape(header.rows, header.columns // 2, 4)  # Y Y Cb Cr (PS3.3 C.7.6.3.1.2)
        colours = np.repeat(pairs[:, :, 2:], 2, axis=1)
        return np.dstack([pairs[:, :, :2].reshape(header.rows, header.columns), colours])
    if header.planar:
        return np.moveaxis(values.reshape(3, header.rows, header.columns), 0, 2)
    return values.reshape(header.rows, header.columns, 3)


def _fragmented_frame(stream: DicomStream, header: PixelHeader, index: int) -> bytes:
    """Returns one compressed frame (PS3.5 A.4), found by the start of its codestream: offset tables may lie."""
    fragments = list(read_fragments(stream.pixels))
    starts = [at for at, fragment in enumerate(fragments) if bytes(fragment[:4]).startswith(_FRAME_STARTS)]
    if len(starts) == header.frames and starts[0] == 0:
        frames = [fragments[a:b] for a, b in zip(starts, [*starts[1:], len(fragments)], strict=True)]
    elif not starts and len(fragments) == header.frames:
        frames = [[fragment] for fragment in fragments]  # RLE: one fragment is one frame (PS3.5 A.4.2)
    else:
        raise DicomContradictionError(f"{len(starts)} frames in {len(fragments)} fragments, {header.frames} stated")
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


def _check_agreement(codestream: Codestream, header: PixelHeader, notices: list[Message]) -> None:
    size = (codestream.rows, codestream.columns, codestream.samples)
    if size != (header.rows, header.columns, header.samples):
        raise DicomContradictionError(f"the frame is {size}, the header says otherwise: {header}")
    if codestream.precision > header.bits_allocated:
        raise DicomContradictionError(f"{codestream.precision} bits in {header.bits_allocated}")
    if codestream.is_signed is not None and codestream.is_signed != header.is_signed:
        raise DicomContradictionError(f"the frame is signed: {codestream.is_signed}, the header: {header.is_signed}")
    if codestream.precision != header.bits_stored:
        notices.append(Message("dicom.bits_stored", stated=header.bits_stored, found=codestream.precision))


def _decompressed(
    frame: bytes, header: PixelHeader, syntax: TransferSyntax, codestream: Codestream | None
) -> NDArray[Any]:
    precision = codestream.precision if codestream is not None else header.bits_stored
    if syntax.uid == _JPEG_EXTENDED and precision > 8:
        return _extended_12_bit(frame, header)
    if syntax.uid in (_JPEG_BASELINE, _JPEG_EXTENDED):
        if header.samples == 3:
            with Image.open(io.BytesIO(frame), formats=("JPEG",)) as image:
                return jpeg.raw_components(image)
        return _with_pydicom(frame, header, syntax, "pillow")
    if syntax.stream != "jpeg-2000":
        return _with_pydicom(frame, header, syntax, syntax.plugin)
    # OpenJPEG, inside Pillow, reads this whenever it begins a film; without it it decodes on one core.
    os.environ.setdefault("OPJ_NUM_THREADS", str(cores()))
    mended = mended_jpeg_2000(frame)
    if header.samples == 3 and precision > 8:  # Pillow reduces colours to 8 bits
        return _with_pydicom(mended or frame, header, syntax, "gdcm")
    try:
        return _with_pydicom(mended or frame, header, syntax, "pillow")
    except RuntimeError:
        # GDCM reads codestreams of some vendors that Pillow gives up; but one that was cut it fills with grey.
        if mended is None or not has_gdcm():
            raise
        return _with_pydicom(mended, header, syntax, "gdcm")


def _with_pydicom(frame: bytes, header: PixelHeader, syntax: TransferSyntax, plugin: Plugin) -> NDArray[Any]:
    from pydicom.encaps import encapsulate
    from pydicom.pixels.decoders.base import get_decoder

    if plugin == "gdcm":
        _quiet_gdcm()
    options: dict[str, Any] = {
        "rows": header.rows,
        "columns": header.columns,
        "number_of_frames": 1,
        "samples_per_pixel": header.samples,
        "planar_configuration": header.planar,
        "bits_allocated": header.bits_allocated,
        "bits_stored": header.bits_stored,
        "pixel_representation": int(header.is_signed),
        # Colours are told by the samples themselves: `colour.luminance`.
        "photometric_interpretation": "RGB" if header.samples == 3 else header.photometric,
        "pixel_keyword": "PixelData",
        "pixel_vr": "OB",
        "correct_unused_bits": False,  # pydicom would mask away the evidence of a false Bits Stored
    }
    encapsulated = encapsulate([frame], has_bot=False)
    values, _ = get_decoder(syntax.uid).as_array(encapsulated, index=0, raw=True, decoding_plugin=plugin, **options)
    return np.asarray(values)


def _extended_12_bit(frame: bytes, header: PixelHeader) -> NDArray[Any]:
    """Decodes 12-bit JPEG Extended with GDCM's own 12-bit library.

    pydicom refuses it ("GDCM does not support ..."), because it describes the pixels to GDCM by Bits Stored. Described
    as 12 bits in 16, GDCM gives what dcmtk gives, bit for bit.
    """
    import gdcm

    if header.samples != 1 or header.bits_allocated != 16:
        raise DicomContradictionError("12-bit JPEG in colour, or in 8 bits")
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
