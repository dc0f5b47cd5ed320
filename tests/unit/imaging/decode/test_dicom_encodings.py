"""One film, every way of storing it: the same pixels must come out."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from edge_app.imaging.decode import FilmFile, ViewChoice, decode_film
from edge_app.imaging.radiograph import Radiograph
from edge_app.system.errors import FilmUnreadableError
from tests.acceptance.corpus import dicom_file
from tests.support import dicom as d
from tests.support.films import chest_like

DEEP = chest_like(96, 80, white=4095)


def read(data: bytes, choice: ViewChoice | None = None) -> Radiograph:
    return decode_film(FilmFile(data, "film"), choice=choice)


def stretched(values: np.ndarray) -> np.ndarray:
    low, high = int(values.min()), int(values.max())
    return np.rint((values.astype(np.float64) - low) / (high - low) * 65535).astype(np.uint16)


@pytest.mark.reliability("A10")
@pytest.mark.parametrize("syntax", [d.EXPLICIT, d.IMPLICIT, d.BIG, d.DEFLATED])
def test_native_encodings_give_the_same_film(syntax: str) -> None:
    film = read(d.DicomBuilder(DEEP, 12, syntax=syntax).bytes())
    np.testing.assert_array_equal(film.pixels, stretched(DEEP))
    assert (film.file_format, film.notices) == ("DICOM", ())


@pytest.mark.parametrize(("preamble", "meta"), [(True, True), (False, True), (False, False)])
@pytest.mark.parametrize("syntax", [d.EXPLICIT, d.IMPLICIT, d.BIG])
def test_found_by_content_without_preamble_or_meta(preamble: bool, meta: bool, syntax: str) -> None:
    film = read(d.DicomBuilder(DEEP, 12, syntax=syntax, preamble=preamble, meta=meta).bytes())
    np.testing.assert_array_equal(film.pixels, stretched(DEEP))


def test_explicit_elements_under_an_implicit_label_are_read() -> None:
    data = d.DicomBuilder(DEEP, 12).bytes()
    implicit = d.DicomBuilder(DEEP, 12, syntax=d.IMPLICIT)
    honest = d.DicomBuilder(DEEP, 12)
    body = data[132 + len(honest._meta()) :]
    film = read(b"\0" * 128 + b"DICM" + implicit._meta() + body)
    np.testing.assert_array_equal(film.pixels, stretched(DEEP))


def test_eight_bits_of_an_odd_length() -> None:
    pixels = chest_like(65, 65)
    np.testing.assert_array_equal(read(d.DicomBuilder(pixels).bytes()).pixels, stretched(pixels))
    np.testing.assert_array_equal(read(d.DicomBuilder(pixels, syntax=d.EXPLICIT).bytes()).pixels, stretched(pixels))


def test_signed_values_below_zero_are_the_darkest() -> None:
    signed = (DEEP.astype(np.int32) - 2048).astype(np.int16)
    film = read(d.DicomBuilder(signed, 16).bytes())
    np.testing.assert_array_equal(film.pixels, stretched(signed))
    assert [notice.code for notice in film.notices] == ["dicom.signed"]


def test_jpeg_2000_keeps_every_grey_level() -> None:
    stream = io.BytesIO()
    Image.fromarray(DEEP.astype(np.uint16)).save(stream, "JPEG2000", no_jp2=True)
    data = d.DicomBuilder(DEEP, 16, syntax=d.JPEG_2000, pixel_data=d.encapsulated(stream.getvalue())).bytes()
    np.testing.assert_array_equal(read(data).pixels, stretched(DEEP))


def test_a_frame_in_two_fragments_is_joined() -> None:
    stream = io.BytesIO()
    Image.fromarray(chest_like()).save(stream, "JPEG")
    whole = stream.getvalue()
    middle = len(whole) // 2 // 2 * 2
    one = d.DicomBuilder(chest_like(), syntax=d.JPEG_BASELINE, pixel_data=d.encapsulated(whole))
    two = d.DicomBuilder(
        chest_like(), syntax=d.JPEG_BASELINE, pixel_data=d.encapsulated(whole[:middle], whole[middle:])
    )
    np.testing.assert_array_equal(read(one.bytes()).pixels, read(two.bytes()).pixels)


@pytest.mark.parametrize(
    ("compressed", "native"),
    [
        ("MR_small_RLE.dcm", "MR_small.dcm"),
        ("MR_small_jp2klossless.dcm", "MR_small.dcm"),
        ("MR_small_jpeg_ls_lossless.dcm", "MR_small.dcm"),
        ("MR_small_implicit.dcm", "MR_small.dcm"),
        ("MR_small_bigendian.dcm", "MR_small.dcm"),
        ("emri_small_RLE.dcm", "emri_small.dcm"),
        ("RG1_J2KR.dcm", "RG1_UNCR.dcm"),
        ("RG3_J2KR.dcm", "RG3_UNCR.dcm"),
    ],
)
def test_lossless_encodings_of_real_files_agree_bit_for_bit(compressed: str, native: str) -> None:
    paths = dicom_file(compressed), dicom_file(native)
    if None in paths:
        pytest.skip("the package pydicom-data is not installed")
    from edge_app.imaging.decode import DecodeLimits

    films = [decode_film(FilmFile(path.read_bytes(), path.name), DecodeLimits(min_side_px=1)) for path in paths if path]
    np.testing.assert_array_equal(films[0].pixels, films[1].pixels)


WG04 = ("693", "MR2", "RG1", "RG3", "US1")
"""Films of the standard's own comparison set that pydicom-data brings, each in four encodings."""


@pytest.mark.reliability("A10")
@pytest.mark.parametrize("film", WG04)
def test_the_standards_own_films_agree_in_every_encoding(film: str) -> None:
    found = {}
    for encoding in ("UNCR", "UNCI", "J2KR", "J2KI"):
        if (path := dicom_file(f"{film}_{encoding}.dcm")) is not None:
            found[encoding] = decode_film(FilmFile(path.read_bytes(), path.name))
    if len(found) < 2:
        pytest.skip("the package pydicom-data is not installed")
    for lossless in found.keys() & {"UNCR", "J2KR"}:
        np.testing.assert_array_equal(found[lossless].pixels, found["UNCR"].pixels)
    for lossy in found.keys() & {"J2KI"}:
        assert psnr(found[lossy], found["UNCI"]) >= 40


def psnr(film: Radiograph, truth: Radiograph) -> float:
    error = np.mean((film.pixels / film.white - truth.pixels / truth.white) ** 2)
    return float("inf") if error == 0 else float(-10 * np.log10(error))


@pytest.mark.reliability("A10")
@pytest.mark.parametrize(
    "syntax", ["1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80", d.RLE, d.JPEG_2000]
)
def test_what_another_library_compressed_without_loss_is_the_same_film(syntax: str) -> None:
    gdcm = pytest.importorskip("gdcm")
    data = transcoded(gdcm, d.DicomBuilder(DEEP, 12).bytes(), syntax)
    np.testing.assert_array_equal(read(data).pixels, stretched(DEEP))


def transcoded(gdcm: Any, data: bytes, syntax: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.dcm"
        path.write_bytes(data)
        reader, change, writer = gdcm.ImageReader(), gdcm.ImageChangeTransferSyntax(), gdcm.ImageWriter()
        reader.SetFileName(str(path))
        assert reader.Read()
        change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(syntax)))
        change.SetInput(reader.GetImage())
        assert change.Change()
        writer.SetFile(reader.GetFile())
        writer.SetImage(change.GetOutput())
        writer.SetFileName(str(path))
        assert writer.Write()
        return path.read_bytes()


CODECS = ("1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80", d.RLE, d.JPEG_2000)


@pytest.mark.long
@pytest.mark.reliability("A13")
@pytest.mark.parametrize("syntax", CODECS)
def test_no_pixel_of_the_last_film_shows_in_500_cut_ones(syntax: str) -> None:
    gdcm = pytest.importorskip("gdcm")
    rng = np.random.default_rng(7)
    ramp = DEEP.copy()
    ramp[:] = np.arange(80) % 2 + 4000
    whole, cut = (transcoded(gdcm, d.DicomBuilder(pixels, 12).bytes(), syntax) for pixels in (ramp, DEEP))
    start = cut.index(b"\xe0\x7f\x10\x00")
    for _ in range(500):
        read(whole)
        with pytest.raises(FilmUnreadableError):
            read(cut[: int(rng.integers(start, len(cut) - 16))])


def test_frames_are_chosen_and_the_choice_is_said() -> None:
    frames = np.stack([DEEP, DEEP[::-1], DEEP[:, ::-1]])
    elements = {0x00280008: d.text("IS", "3")}
    data = d.DicomBuilder(DEEP, 12, elements=elements, pixel_data=frames.astype("<u2").tobytes()).bytes()
    first = read(data)
    assert [notice.code for notice in first.notices] == ["dicom.frames"]
    assert "3 pictures" in str(first.notices[0])
    np.testing.assert_array_equal(first.pixels, stretched(DEEP))
    third = read(data, ViewChoice(frame=2))
    assert third.notices == ()
    np.testing.assert_array_equal(third.pixels, stretched(DEEP[:, ::-1]))
    with pytest.raises(FilmUnreadableError) as caught:
        read(data, ViewChoice(frame=3))
    assert caught.value.code == "file.broken"


@pytest.mark.parametrize(
    ("syntax", "what"),
    [
        ("1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000"),
        ("1.2.840.10008.1.2.4.102", "video"),
        ("1.2.840.10008.1.2.4.110", "JPEG XL"),
        ("1.2.3.4", "private transfer syntax of a manufacturer (1.2.3.4)"),
        ("<b>1.2", "not a valid identifier"),
    ],
)
def test_a_syntax_that_cannot_be_read_is_named(syntax: str, what: str) -> None:
    data = d.DicomBuilder(DEEP, 12, syntax=syntax, pixel_data=d.encapsulated(b"\xff\xd8")).bytes()
    with pytest.raises(FilmUnreadableError) as caught:
        read(data)
    assert caught.value.code == "dicom.transfer_syntax"
    assert what in caught.value.message
    assert "<b>" not in caught.value.message


def test_a_codec_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge_app.imaging.decode.dicom.syntaxes.importlib.util.find_spec", lambda _: None)
    data = d.DicomBuilder(DEEP, 12, syntax="1.2.840.10008.1.2.4.70", pixel_data=d.encapsulated(b"\xff\xd8")).bytes()
    with pytest.raises(FilmUnreadableError, match="python-gdcm") as caught:
        read(data)
    assert caught.value.code == "dicom.codec_missing"


@pytest.mark.reliability("A14")
def test_a_program_with_a_film_behind_it_is_refused_and_a_tiff_preamble_is_not() -> None:
    data = d.DicomBuilder(DEEP, 12).bytes()
    for preamble in (b"MZ", b"\x7fELF", b"#!/bin/sh\n", b"%PDF-1.7", b"PK\x03\x04", b"\xcf\xfa\xed\xfe"):
        with pytest.raises(FilmUnreadableError) as caught:
            read(preamble + data[len(preamble) :])
        assert caught.value.code == "file.two_faced"
    np.testing.assert_array_equal(read(b"II*\0" + data[4:]).pixels, stretched(DEEP))
