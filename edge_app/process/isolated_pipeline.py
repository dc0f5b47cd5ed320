"""A pipeline in a process of its own, for commands without a window: a film that kills its decoder costs one line."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from edge_app.analysis.analysis import Analysis, ModelId, Reason, Timings
from edge_app.bundle import Bundle
from edge_app.process.child import Child, ChildLostError
from edge_app.process.protocol import Analyse, Analysed, WorkerConfig
from edge_app.system.errors import PneumoscopeError

_LOG = logging.getLogger(__name__)
_UNAFFECTED = "Other films are not affected."
_TRIES = 2
"""Children that one film may cost: the system ends processes for reasons of its own, such as memory running out."""
_STARTS = 3


class StoppedError(PneumoscopeError):
    """`stop` was called; what was asked for has no answer."""

    def __init__(self) -> None:
        super().__init__("The analysis was stopped.")


class ContainedPipeline:
    """Scores one film after the other in a child with limits on memory and time; a lost child is replaced."""

    def __init__(self, bundle: Bundle, config: WorkerConfig) -> None:
        """Starts the child, which opens the bundle itself and replays its known answers.

        Args:
            bundle: The verified bundle, for what is asked of it here; the child must find the same.
            config: What the child runs, and its limits; the bundle's folder is filled in.

        Raises:
            PneumoscopeError: The child cannot work here, or found another bundle.
        """
        self.bundle = bundle
        self._config = msgspec.structs.replace(config, bundle=str(bundle.directory))
        self._lost = 0
        self._stopped = False
        self._child, self._model = self._started()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def lost(self) -> int:
        """How many children died or hung so far."""
        return self._lost

    def analyse(self, path: Path) -> Analysis:
        """Reads and scores one file, whatever it is.

        A film whose child died is tried once more in another one; a film that took too long is not.

        Raises:
            StoppedError: `stop` was called.
            PneumoscopeError: A lost child could not be replaced.
        """
        for _ in range(_TRIES):
            self._revive()
            try:
                answer, _ = self._child.ask(
                    Analyse(path=os.fsencode(path), with_thumbnail=False), self._config.job_timeout_s
                )
            except ChildLostError as error:
                if self._stopped:
                    raise StoppedError from error
                self._lost += 1
                if error.timed_out:
                    _LOG.warning("A film took too long; its analysis process was ended. %s", error.detail)
                    return self._failed(path, timed_out=True)
                _LOG.warning("An analysis process was lost over a film. %s", error.detail)
                continue
            if isinstance(answer, Analysed):
                return replace(answer.analysis, path=str(path))
            self._lost += 1
            self._child.kill()
        return self._failed(path, timed_out=False)

    def stop(self) -> None:
        """Ends the child at once, from any thread; a thread that waits in `analyse` gets `StoppedError`."""
        self._stopped = True
        self._child.kill()

    def close(self) -> None:
        """Ends the child and waits for it. For the thread that asks."""
        self._stopped = True
        self._child.close()

    def _revive(self) -> None:
        if not self._child.is_alive and not self._stopped:
            self._child.close()
            self._child, self._model = self._started()
        if self._stopped:
            raise StoppedError

    def _started(self) -> tuple[Child, ModelId]:
        for _ in range(_STARTS - 1):
            try:
                return self._start()
            except ChildLostError as error:
                _LOG.warning("An analysis process was lost while it started. %s", error.detail)
        return self._start()

    def _start(self) -> tuple[Child, ModelId]:
        try:
            child = Child()
        except OSError as error:
            raise PneumoscopeError(
                f"An analysis process could not be started: {error.strerror}.",
                hint="Free memory, or ask for fewer processes with --jobs.",
                detail=repr(error),
            ) from error
        try:
            ready, _ = child.start(self._config)
            if ready.manifest_sha256 != self.bundle.manifest_sha256:
                raise PneumoscopeError("The model bundle changed while it was opened.", hint="Run the command again.")
        except BaseException:
            child.close()
            raise
        return child, ready.model

    def _failed(self, path: Path, timed_out: bool) -> Analysis:
        if timed_out:
            limit = f"{self._config.job_timeout_s:g} s"
            reason = Reason(
                "worker.timeout", f"{path.name} was not analysed: it took longer than {limit}.", _UNAFFECTED
            )
        else:
            message = f"{path.name} was not analysed: the analysis process stopped over it, {_TRIES} times."
            reason = Reason("worker.crashed", message, _UNAFFECTED)
        return Analysis(str(path), "", "failed", self._model, Timings(), reason=reason)
