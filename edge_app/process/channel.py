"""The child's end of the socket: requests in, answers out. It blocks."""

from __future__ import annotations

import os
import socket
import sys
import threading
from dataclasses import dataclass

from edge_app.imaging.decode import FilmFile, read_open_file
from edge_app.process.protocol import (
    PREFIX_BYTES,
    Answer,
    ProtocolError,
    Request,
    buffer,
    decode_request,
    encode,
    lengths,
)


@dataclass(frozen=True, slots=True, eq=False)
class Received:
    """A request.

    Attributes:
        request: What is asked.
        payload: The bytes that came with it.
        descriptor: The open file that came with it; None where the system cannot pass one.
    """

    request: Request
    payload: memoryview
    descriptor: int | None

    def film_file(self, name: str) -> FilmFile:
        """Reads the film that came with the request; once.

        Args:
            name: The file's name, for messages.

        Raises:
            FilmUnreadableError: It cannot be read.
        """
        if self.descriptor is None:
            return FilmFile(bytes(self.payload), name)
        return read_open_file(self.descriptor, name)


class Channel:
    """A socket whose other end is the parent's."""

    def __init__(self, line: socket.socket) -> None:
        """Takes a connected, blocking stream socket."""
        self._line = line
        self._sending = threading.Lock()  # any thread may log

    @classmethod
    def of_this_process(cls) -> Channel:
        """Takes the socket that `launch` gave to this process as its standard input, and nobody else may read it."""
        if sys.platform == "win32":
            return cls(socket.fromshare(sys.stdin.buffer.read()))
        line = socket.socket(fileno=os.dup(0))
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        return cls(line)

    def receive(self) -> Received | None:
        """Waits for the next request; None when the parent has closed its end.

        Raises:
            ProtocolError: What came is no frame, or breaks off.
        """
        prefix, descriptors = self._prefix()
        if not prefix:
            return None
        header_bytes, payload_bytes = lengths(prefix)
        request = decode_request(self._exactly(header_bytes))
        return Received(request, self._exactly(payload_bytes), descriptors[0] if descriptors else None)

    def send(self, answer: Answer, payload: bytes | memoryview = b"") -> None:
        """Sends an answer.

        Args:
            answer: The header.
            payload: Any contiguous bytes.

        Raises:
            OSError: The parent is gone.
        """
        with self._sending:
            self._line.sendall(encode(answer, len(payload)))
            if len(payload):
                self._line.sendall(payload)

    def _prefix(self) -> tuple[bytes, list[int]]:
        if sys.platform == "win32":
            first, descriptors = self._line.recv(PREFIX_BYTES), []
        else:
            first, descriptors, _, _ = socket.recv_fds(self._line, PREFIX_BYTES, 1)
        if first and len(first) < PREFIX_BYTES:
            first += self._exactly(PREFIX_BYTES - len(first))
        return first, descriptors

    def _exactly(self, count: int) -> memoryview:
        view = buffer(count)
        have = 0
        while have < count:
            got = self._line.recv_into(view[have:])
            if not got:
                raise ProtocolError("worker.broken_frame", detail=f"{have} of {count} bytes")
            have += got
        return view
