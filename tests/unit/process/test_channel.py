"""The child's end of the socket: what comes whole is taken, what does not is an error, and a film is an open file."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_app.process.channel import Channel
from edge_app.process.protocol import (
    PREFIX_BYTES,
    Analyse,
    LogLine,
    ProtocolError,
    ReadFilm,
    decode_answer,
    encode,
    lengths,
)


@pytest.fixture
def line() -> Iterator[tuple[socket.socket, Channel]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, Channel(theirs)


def test_requests_come_in_order_and_then_nothing(line: tuple[socket.socket, Channel]) -> None:
    parent, channel = line
    first, second = Analyse(name="a.png"), ReadFilm(name="b.png")
    parent.sendall(encode(first, 3) + b"abc" + encode(second))
    parent.shutdown(socket.SHUT_WR)
    received = channel.receive()
    assert received is not None
    assert (received.request, bytes(received.payload)) == (first, b"abc")
    received = channel.receive()
    assert received is not None
    assert received.request == second
    assert channel.receive() is None


def test_a_film_comes_as_an_open_file_and_is_read_from_its_beginning(
    line: tuple[socket.socket, Channel], tmp_path: Path
) -> None:
    parent, channel = line
    path = tmp_path / "a.png"
    path.write_bytes(b"a film")
    descriptor = os.open(path, os.O_RDONLY)
    os.lseek(descriptor, 3, os.SEEK_SET)  # as after a first child has read some of it
    socket.send_fds(parent, [encode(Analyse(name="a.png"))], [descriptor])
    os.close(descriptor)
    path.unlink()
    received = channel.receive()
    assert received is not None
    assert received.film_file("a.png").data == b"a film"
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(received.descriptor or -1)


def test_a_film_that_comes_as_bytes_is_the_same_film(line: tuple[socket.socket, Channel]) -> None:
    parent, channel = line
    parent.sendall(encode(Analyse(name="a.png"), 6) + b"a film")
    received = channel.receive()
    assert received is not None
    assert (received.descriptor, received.film_file("a.png").data) == (None, b"a film")


@pytest.mark.parametrize("cut", [1, 10, PREFIX_BYTES, 20, -1])
def test_a_request_that_breaks_off_is_an_error(line: tuple[socket.socket, Channel], cut: int) -> None:
    parent, channel = line
    parent.sendall((encode(Analyse(name="a.png"), 7) + b"payload")[:cut])
    parent.shutdown(socket.SHUT_WR)
    with pytest.raises(ProtocolError):
        channel.receive()


def test_a_request_that_comes_byte_by_byte_is_whole(line: tuple[socket.socket, Channel]) -> None:
    parent, channel = line

    def drip() -> None:
        for byte in encode(Analyse(name="a.png"), 2) + b"ab":
            parent.sendall(bytes([byte]))

    thread = threading.Thread(target=drip)
    thread.start()
    received = channel.receive()
    thread.join()
    assert received is not None
    assert (received.request, bytes(received.payload)) == (Analyse(name="a.png"), b"ab")


def test_answers_of_several_threads_do_not_mix(line: tuple[socket.socket, Channel]) -> None:
    parent, channel = line
    text = "x" * 5000
    threads = [
        threading.Thread(target=lambda: [channel.send(LogLine(level=30, name="n", text=text)) for _ in range(20)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    with parent.makefile("rb") as stream:
        for _ in range(80):
            header_bytes, payload_bytes = lengths(stream.read(PREFIX_BYTES))
            assert payload_bytes == 0
            assert decode_answer(stream.read(header_bytes)) == LogLine(level=30, name="n", text=text)
    for thread in threads:
        thread.join()
