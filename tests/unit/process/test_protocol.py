from __future__ import annotations

import dataclasses
import io
import struct

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_app.analysis.record import record_of
from edge_app.imaging.radiograph import Acquisition, PixelSpacing, Radiograph
from edge_app.process.protocol import (
    Analyse,
    Analysed,
    Explained,
    FilmHeader,
    FilmRead,
    LogLine,
    ProtocolError,
    ReadFilm,
    Start,
    WorkerConfig,
    pack_film,
    plain,
    read_answer,
    read_request,
    unpack_film,
    write_frame,
)
from edge_app.system.messages import Message
from tests.support import analyses


def film(dtype: type = np.uint16, rows: int = 5, columns: int = 7) -> Radiograph:
    pixels = np.arange(rows * columns).reshape(rows, columns).astype(dtype)
    return Radiograph(
        pixels,
        "4" * 64,
        "DICOM",
        spacing=PixelSpacing(0.1, 0.2, "detector"),
        acquisition=Acquisition(modality="DX", view_position="PA", age_years=41.5),
        notices=(Message("a", b="c"),),
    )


def frame(message: object, payload: bytes = b"") -> bytes:
    stream = io.BytesIO()
    write_frame(stream, message, payload)  # type: ignore[arg-type]
    return stream.getvalue()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_film_survives_the_journey(dtype: type) -> None:
    sent = film(dtype)
    header, pixels = pack_film(sent)
    answer, payload = read_answer(io.BytesIO(frame(FilmRead(film=header), pixels.tobytes()))) or (None, memoryview(b""))
    assert isinstance(answer, FilmRead)
    assert answer.film is not None
    got = unpack_film(answer.film, payload)
    assert got.pixels.dtype == dtype
    assert (got.pixels == sent.pixels).all()
    assert not got.pixels.flags.writeable
    for name in ("sha256", "file_format", "spacing", "acquisition", "notices"):
        assert getattr(got, name) == getattr(sent, name)


def test_the_pixels_are_not_copied_on_arrival() -> None:
    header, pixels = pack_film(film())
    payload = memoryview(bytearray(pixels))
    assert np.shares_memory(unpack_film(header, payload).pixels, np.frombuffer(payload, np.uint8))


def test_every_field_of_a_film_is_sent() -> None:
    sent = set(FilmHeader.__struct_fields__) - {"rows", "columns", "depth"}
    assert sent == {field.name for field in dataclasses.fields(Radiograph)} - {"pixels"}


def test_an_analysis_survives_the_journey() -> None:
    sent = analyses.analysed("", quality=(Message("a", b="c"),), ood_score=0.5)
    thumbnail = np.arange(12, dtype=np.uint8).reshape(3, 4)
    answer, payload = read_answer(io.BytesIO(frame(Analysed(analysis=sent, thumbnail=thumbnail)))) or (
        None,
        memoryview(b""),
    )
    assert isinstance(answer, Analysed)
    assert payload == b""
    assert record_of(answer.analysis) == record_of(sent)
    assert answer.analysis.evidence is not None
    assert sent.evidence is not None
    assert answer.analysis.evidence.dtype == np.float32
    assert (answer.analysis.evidence == sent.evidence).all()
    assert answer.thumbnail is not None
    assert (answer.thumbnail == thumbnail).all()


@given(st.binary(max_size=300))
def test_any_path_survives_the_journey(path: bytes) -> None:
    request = Analyse(path=path, with_film=True, origin="camera")
    assert read_request(io.BytesIO(frame(request))) == request


@given(st.binary(max_size=400))
def test_bytes_that_are_no_frame_are_an_error_and_nothing_else(data: bytes) -> None:
    try:
        answer = read_answer(io.BytesIO(data))
    except ProtocolError:
        return
    assert answer is None
    assert data == b""


@settings(max_examples=500)
@given(st.data())
def test_a_damaged_frame_never_becomes_something_of_another_type(data: st.DataObject) -> None:
    whole = bytearray(frame(Explained(evidence=np.ones((2, 2), np.float32)), b"12345"))
    position = data.draw(st.integers(0, len(whole) - 1))
    whole[position] ^= data.draw(st.integers(1, 255))
    try:
        result = read_answer(io.BytesIO(bytes(whole)))
    except ProtocolError:
        return
    assert result is not None
    assert isinstance(result[0], Explained)


@pytest.mark.parametrize("cut", [1, 10, 16, 20, -1])
def test_a_frame_that_breaks_off_is_an_error(cut: int) -> None:
    with pytest.raises(ProtocolError):
        read_answer(io.BytesIO(frame(LogLine(level=30, name="a", text="b"), b"payload")[:cut]))


def test_lengths_are_limited_before_anything_is_allocated() -> None:
    for header, payload in ((2**31, 0), (1, 2**40)):
        with pytest.raises(ProtocolError):
            read_answer(io.BytesIO(struct.pack(">4sIQ", b"PNS1", header, payload)))


def test_a_request_is_no_answer() -> None:
    with pytest.raises(ProtocolError):
        read_answer(io.BytesIO(frame(ReadFilm(path=b"x"))))


@pytest.mark.parametrize(("rows", "columns"), [(5, 8), (0, 35), (-5, -7), (35, 1)])
def test_a_film_of_another_size_than_its_pixels_is_refused(rows: int, columns: int) -> None:
    header, pixels = pack_film(film())
    header = msgspec.structs.replace(header, rows=rows, columns=columns)
    if rows * columns == 35 and rows > 0:
        assert unpack_film(header, memoryview(bytearray(pixels))).pixels.shape == (rows, columns)
    else:
        with pytest.raises(ProtocolError):
            unpack_film(header, memoryview(bytearray(pixels)))


def test_the_end_of_the_stream_is_none() -> None:
    assert read_request(io.BytesIO()) is None


def test_the_configuration_survives_the_journey() -> None:
    start = Start(config=WorkerConfig(bundle="/models/ü", variant="float", threads=3, operating_point="balanced"))
    assert read_request(io.BytesIO(frame(start))) == start


def test_names_that_are_no_text_become_text() -> None:
    assert plain("caf\udce9.png") == "caf�.png"
    answer, _ = read_answer(io.BytesIO(frame(FilmRead(reason=Message("file.empty", name="\udce9"))))) or (
        None,
        memoryview(b""),
    )
    assert isinstance(answer, FilmRead)
