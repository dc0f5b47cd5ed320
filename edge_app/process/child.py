"""The parent's side of a child process: start it, ask it, notice its death. It blocks: never in the window's thread."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import BinaryIO, cast

from edge_app.analysis.analysis import Reason
from edge_app.process.deadline import Deadline
from edge_app.process.launch import child_command, start_process, take_ahead
from edge_app.process.protocol import (
    Answer,
    LogLine,
    NotReady,
    ProtocolError,
    Ready,
    Request,
    Start,
    WorkerConfig,
    read_answer,
    write_frame,
)
from edge_app.system.errors import PneumoscopeError

_LOG = logging.getLogger(__name__)
_START_TIMEOUT_S = 120.0
"""Where films may take longer, so may the start: the machine is slow, or emulated."""


class ChildLostError(PneumoscopeError):
    """The child died, hung or talked nonsense; it was killed.

    Attributes:
        timed_out: Whether it was killed because it took too long.
        delivered: Whether the request reached it; if not, the film had no part in its death.
    """

    def __init__(self, *, timed_out: bool, delivered: bool, detail: str = "") -> None:
        super().__init__("The analysis process stopped.", detail=detail)
        self.timed_out = timed_out
        self.delivered = delivered


class ChildNotReadyError(PneumoscopeError):
    """The child runs, but cannot work: no bundle, no runtime, or wrong answers.

    Attributes:
        reason: What to tell the user.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason.message, hint=reason.hint, detail=detail)
        self.reason = reason


class Child:
    """A running child process. One thread asks; any thread may kill."""

    def __init__(self, command: Sequence[str] | None = None) -> None:
        """Starts the process, or takes the one that was started ahead.

        Args:
            command: Its command line; `None` for the worker.

        Raises:
            OSError: It could not be started.
        """
        ahead = take_ahead() if command is None else None
        self._process = ahead or start_process(command or child_command())
        self._requests = cast(BinaryIO, self._process.stdin)
        self._answers = cast(BinaryIO, self._process.stdout)
        self._deadline = Deadline(self._process.kill)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def start(self, config: WorkerConfig) -> tuple[Ready, memoryview]:
        """Has the child load the model and prove itself.

        Returns:
            What it loaded, and the verified manifest.

        Raises:
            ChildNotReadyError: It cannot work here.
            ChildLostError: It died or hung.
        """
        answer, payload = self.ask(Start(config=config), max(_START_TIMEOUT_S, config.job_timeout_s))
        if isinstance(answer, NotReady):
            raise ChildNotReadyError(answer.reason, answer.detail)
        if not isinstance(answer, Ready):
            raise self._lost(False, True, f"{type(answer).__name__} instead of Ready")
        return answer, payload

    def ask(self, request: Request, timeout_s: float) -> tuple[Answer, memoryview]:
        """Sends a request and waits for its answer.

        Args:
            request: What to do.
            timeout_s: After this time the child is killed.

        Returns:
            The answer and its payload.

        Raises:
            ChildLostError: The child is gone, and so is the job.
        """
        with self._deadline.limit(timeout_s):
            delivered = False
            try:
                write_frame(self._requests, request)
                delivered = True
                while True:
                    frame = read_answer(self._answers)
                    if frame is None:
                        raise self._lost(self._deadline.passed, delivered)
                    if not isinstance(frame[0], LogLine):
                        return frame
                    logging.getLogger(f"worker.{frame[0].name}").log(frame[0].level, "%s", frame[0].text)
            except (OSError, ValueError, ProtocolError) as error:
                # ValueError: the pipe was closed by `close` while this thread was about to use it.
                detail = error.detail if isinstance(error, ProtocolError) else repr(error)
                raise self._lost(self._deadline.passed, delivered, detail) from error

    def kill(self) -> None:
        """Ends the process at once: it holds nothing to save. A thread that waits in `ask` gets `ChildLostError`."""
        self._process.kill()

    def close(self) -> None:
        """Ends the process, waits for it, and closes the pipes. For the thread that asks only."""
        self._deadline.close()
        self._process.kill()
        self._process.wait()
        for stream in (self._requests, self._answers):
            try:
                stream.close()
            except OSError:  # what was written and not yet taken
                _LOG.debug("A pipe to a dead child could not be flushed")

    def _lost(self, timed_out: bool, delivered: bool, detail: str = "") -> ChildLostError:
        self._process.kill()
        code = self._process.wait()
        detail = f"{detail} exit status {code}".strip()
        return ChildLostError(timed_out=timed_out, delivered=delivered, detail=detail)
