"""A pipeline in a process of its own, for commands without a window: a film that kills its decoder costs one line."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from edge_app.bundle import Bundle
from edge_app.errors import PneumoscopeError
from edge_app.inference.analysis import Analysis, ModelId, Reason, Timings
from edge_app.inference.child import Child, ChildLostError
from edge_app.inference.protocol import Analyse, Analysed, WorkerConfig

_LOG = logging.getLogger(__name__)
_UNAFFECTED = "Other films are not affected."


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
        self._child, self._model = self._started()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._child.close()

    def analyse(self, path: Path) -> Analysis:
        """Reads and scores one file, whatever it is.

        Raises:
            PneumoscopeError: A lost child could not be replaced.
        """
        if not self._child.is_alive:
            self._child.close()
            self._child, self._model = self._started()
        try:
            answer, _ = self._child.ask(Analyse(path=os.fsencode(path)), self._config.job_timeout_s)
        except ChildLostError as error:
            _LOG.warning("The analysis process was lost over a film: %s", error.detail)
            return self._failed(path, error.timed_out)
        if not isinstance(answer, Analysed):
            self._child.kill()
            return self._failed(path, timed_out=False)
        return replace(answer.analysis, path=str(path))

    def _started(self) -> tuple[Child, ModelId]:
        child = Child()
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
            message = f"{path.name} was not analysed: it made the analysis process stop."
            reason = Reason("worker.crashed", message, _UNAFFECTED)
        return Analysis(str(path), "", "failed", self._model, Timings(), reason=reason)
