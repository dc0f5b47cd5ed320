"""The parent's side of a child process: ask it, notice its death. For one event loop; nothing here blocks it."""

from __future__ import annotations

import asyncio
import logging
import os
import socket

from edge_app.process.launch import Launched
from edge_app.process.protocol import (
    PREFIX_BYTES,
    Analyse,
    Analysed,
    Answer,
    Explain,
    Explained,
    FilmRead,
    LoadedModel,
    LogLine,
    NotReady,
    ProtocolError,
    ReadFilm,
    Request,
    Start,
    WorkerConfig,
    buffer,
    decode_answer,
    encode,
    lengths,
)
from edge_app.system.errors import PneumoscopeError
from edge_app.system.messages import Message

_LOG = logging.getLogger(__name__)

CAN_PASS_DESCRIPTORS = hasattr(socket, "send_fds")
"""Not on Windows: there the parent reads a film's file and sends its bytes."""
_START_TIMEOUT_S = 120.0
"""Where films may take longer, so may the start: the machine is slow, or emulated."""
_END_S = 5.0
"""A killed process is gone in milliseconds, unless the system holds it in a disk that does not answer."""
_ANSWERS: dict[type[Request], tuple[type[Answer], ...]] = {
    Start: (LoadedModel, NotReady),
    Analyse: (Analysed,),
    ReadFilm: (FilmRead,),
    Explain: (Explained,),
}


class ChildLostError(PneumoscopeError):
    """The child died, hung or talked nonsense; it was killed.

    Attributes:
        timed_out: Whether it was killed because it took too long.
        delivered: Whether the request reached it; if not, the film had no part in its death.
    """

    def __init__(self, *, timed_out: bool, delivered: bool, detail: str = "") -> None:
        super().__init__("worker.lost", detail=detail)
        self.timed_out = timed_out
        self.delivered = delivered


class ChildNotReadyError(PneumoscopeError):
    """The child runs, but cannot work: no bundle, no runtime, or wrong answers.

    Attributes:
        reason: What to tell the user.
    """

    def __init__(self, reason: Message, detail: str = "") -> None:
        super().__init__(reason, detail=detail)


class Child:
    """A running child process."""

    def __init__(self, launched: Launched) -> None:
        """Takes a process that nobody has spoken to."""
        self._process = launched.process
        self._line = launched.line
        self._line.setblocking(False)
        self._killed = False

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def is_usable(self) -> bool:
        """Whether the process runs and can be asked."""
        return not self._killed and self._process.poll() is None

    async def start(self, config: WorkerConfig) -> LoadedModel:
        """Has the child load the model and prove itself.

        Raises:
            ChildNotReadyError: It cannot work here.
            ChildLostError: It died or hung.
        """
        answer, _ = await self.ask(Start(config=config), max(_START_TIMEOUT_S, config.job_timeout_s))
        if isinstance(answer, NotReady):
            raise ChildNotReadyError(answer.reason, answer.detail)
        assert isinstance(answer, LoadedModel)
        return answer

    async def ask(
        self,
        request: Request,
        timeout_s: float,
        *,
        descriptor: int | None = None,
        payload: bytes | memoryview = b"",
    ) -> tuple[Answer, memoryview]:
        """Sends a request and waits for its answer. A caller that is cancelled meanwhile costs the child its life.

        Args:
            request: What to do.
            timeout_s: After this time the child is killed.
            descriptor: The open file that goes with it; the caller closes it.
            payload: The bytes that go with it.

        Returns:
            The answer, of a kind that goes with the request, and its payload.

        Raises:
            ChildLostError: The child is gone, and so is the job.
        """
        delivered = False
        try:
            async with asyncio.timeout(timeout_s):
                await self._send(request, descriptor, payload)
                delivered = True
                while True:
                    answer, attached = await self._receive()
                    if not isinstance(answer, LogLine):
                        break
                    logging.getLogger(f"worker.{answer.name}").log(answer.level, "%s", answer.text)
            if not isinstance(answer, _ANSWERS[type(request)]):
                raise ProtocolError("worker.broken_frame", detail=type(answer).__name__)
            return answer, attached
        except TimeoutError as error:
            raise await self._lost(True, delivered, "") from error
        except (OSError, EOFError, ProtocolError) as error:
            detail = error.detail if isinstance(error, ProtocolError) else repr(error)
            raise await self._lost(False, delivered, detail) from error
        except asyncio.CancelledError:
            self.kill()
            raise

    def kill(self) -> None:
        """Ends the process at once: it holds nothing to save. Who waits in `ask` gets `ChildLostError`."""
        self._killed = True
        self._process.kill()
        try:
            # The end of the stream comes now, also from a process that the system cannot end yet.
            self._line.shutdown(socket.SHUT_RDWR)
        except OSError:
            _LOG.debug("The child had closed its end already")

    async def close(self) -> None:
        """Ends the process and waits for its end."""
        self.kill()
        await self._exit_status()
        self._line.close()

    async def _send(self, request: Request, descriptor: int | None, payload: bytes | memoryview) -> None:
        loop = asyncio.get_running_loop()
        if descriptor is not None and not CAN_PASS_DESCRIPTORS:
            os.lseek(descriptor, 0, os.SEEK_SET)
            with os.fdopen(os.dup(descriptor), "rb") as stream:
                payload = stream.read()
        head = encode(request, len(payload))
        if descriptor is not None and CAN_PASS_DESCRIPTORS:
            # It does not block: the child has taken all that was sent before, and this is short.
            head = head[socket.send_fds(self._line, [head], [descriptor]) :]
        for part in (head, payload):
            if len(part):  # not nothing: a child that has ended over the film by now was given it whole
                await loop.sock_sendall(self._line, part)

    async def _receive(self) -> tuple[Answer, memoryview]:
        header_bytes, payload_bytes = lengths(await self._exactly(PREFIX_BYTES))
        return decode_answer(await self._exactly(header_bytes)), await self._exactly(payload_bytes)

    async def _exactly(self, count: int) -> memoryview:
        """Reads `count` bytes into the memory in which they are used: a film's pixels are not copied."""
        loop = asyncio.get_running_loop()
        view = buffer(count)
        have = 0
        while have < count:
            got = await loop.sock_recv_into(self._line, view[have:])
            if not got:
                raise EOFError(f"{have} of {count} bytes")
            have += got
        return view

    async def _lost(self, timed_out: bool, delivered: bool, detail: str) -> ChildLostError:
        self.kill()
        code = await self._exit_status()
        return ChildLostError(timed_out=timed_out, delivered=delivered, detail=f"{detail} exit status {code}".strip())

    async def _exit_status(self) -> int | None:
        pause_s = 0.001
        while (code := self._process.poll()) is None and pause_s < _END_S / 2:
            await asyncio.sleep(pause_s)
            pause_s *= 2
        if code is None:
            _LOG.warning("A killed analysis process is still there after some seconds")
        return code
