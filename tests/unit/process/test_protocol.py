from __future__ import annotations

import dataclasses
import struct

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_app.analysis.record import record_of
from edge_app.imaging.radiograph import Acquisition, PixelSpacing, Radiograph
from edge_app.process.protocol import (
    PREFIX_BYTES,
    Analyse,
    Analysed,
    Answer,
    Explained,
    FilmHeader,
    FilmRead,
    ProtocolError,
    ReadFilm,
    Request,
    Start,
    WorkerConfig,
    decode_answer,
    decode_request,
    encode,
    lengths,
    pack_film,
    unpack_film,
)
from edge_app.system.messages import Message, plain
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


def frame(message: Request | Answer, payload: bytes = b"") -> bytes:
    return encode(message, len(payload)) + payload


def split(data: bytes) -> tuple[bytes, bytes]:
    """Header and payload of a frame; of one that breaks off, what is there."""
    header_bytes, payload_bytes = lengths(data[:PREFIX_BYTES])
    end = PREFIX_BYTES + header_bytes
    return data[PREFIX_BYTES:end], data[end : end + payload_bytes]


def read_answer(data: bytes) -> tuple[Answer, memoryview]:
    header, payload = split(data)
    return decode_answer(header), memoryview(payload)


def read_request(data: bytes) -> Request:
    return decode_request(split(data)[0])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_film_survives_the_journey(dtype: type) -> None:
    sent = film(dtype)
    header, pixels = pack_film(sent)
    answer, payload = read_answer(frame(FilmRead(film=header), pixels.tobytes()))
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
    answer, payload = read_answer(frame(Analysed(analysis=sent, thumbnail=thumbnail)))
    assert isinstance(answer, Analysed)
    assert payload == b""
    assert record_of(answer.analysis) == record_of(sent)
    assert answer.analysis.evidence is not None
    assert sent.evidence is not None
    assert answer.analysis.evidence.dtype == np.float32
    assert (answer.analysis.evidence == sent.evidence).all()
    assert answer.thumbnail is not None
    assert (answer.thumbnail == thumbnail).all()


@given(st.text(max_size=300))
def test_any_name_survives_the_journey(name: str) -> None:
    request = Analyse(name=plain(name), with_film=True, origin="camera")
    assert read_request(frame(request)) == request


@given(st.binary(min_size=PREFIX_BYTES, max_size=400))
def test_bytes_that_are_no_frame_are_an_error_and_nothing_else(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_answer(data)


@settings(max_examples=500)
@given(st.data())
def test_a_damaged_frame_never_becomes_something_of_another_type(data: st.DataObject) -> None:
    whole = bytearray(frame(Explained(evidence=np.ones((2, 2), np.float32)), b"12345"))
    position = data.draw(st.integers(0, len(whole) - 1))
    whole[position] ^= data.draw(st.integers(1, 255))
    try:
        result = read_answer(bytes(whole))
    except ProtocolError:
        return
    assert isinstance(result[0], Explained)


def test_reasons_nested_too_deeply_are_a_protocol_error() -> None:
    inner = msgspec.msgpack.encode({"code": "internal", "params": {}, "reasons": []})
    opening = inner[:-1] + b"\x91"  # the same, but `reasons` is an array of one element, which follows
    answer = msgspec.msgpack.encode({"type": "FilmRead", "reason": None})
    assert isinstance(decode_answer(answer[:-1] + opening + inner), FilmRead)
    with pytest.raises(ProtocolError) as caught:
        decode_answer(answer[:-1] + opening * 100_000 + inner)
    assert isinstance(caught.value.__cause__, RecursionError)


def test_lengths_are_limited_before_anything_is_allocated() -> None:
    for header, payload in ((2**31, 0), (1, 2**40)):
        with pytest.raises(ProtocolError):
            read_answer(struct.pack(">4sIQ", b"PNS1", header, payload))


def test_a_request_is_no_answer() -> None:
    with pytest.raises(ProtocolError):
        read_answer(frame(ReadFilm(name="x")))


@pytest.mark.parametrize(("rows", "columns"), [(5, 8), (0, 35), (-5, -7), (35, 1)])
def test_a_film_of_another_size_than_its_pixels_is_refused(rows: int, columns: int) -> None:
    header, pixels = pack_film(film())
    header = msgspec.structs.replace(header, rows=rows, columns=columns)
    if rows * columns == 35 and rows > 0:
        assert unpack_film(header, memoryview(bytearray(pixels))).pixels.shape == (rows, columns)
    else:
        with pytest.raises(ProtocolError):
            unpack_film(header, memoryview(bytearray(pixels)))


def test_the_configuration_survives_the_journey() -> None:
    start = Start(config=WorkerConfig(bundle="/models/ü", variant="float", threads=3, operating_point="balanced"))
    assert read_request(frame(start)) == start


def test_names_that_are_no_text_become_text() -> None:
    assert plain("caf\udce9.png") == "caf�.png"
    answer, _ = read_answer(frame(FilmRead(reason=Message("file.empty", name="\udce9"))))
    assert isinstance(answer, FilmRead)
