"""Grad-CAM from the Keras model, on request and where TensorFlow is installed, compared with the graph's evidence."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal, Slot

from edge_app.analysis.analysis import Reason
from edge_app.display.map_agreement import correlation
from edge_app.process.explain_worker import is_installed
from edge_app.process.jobs import WorkerConfig
from edge_app.process.launch import EXPLAINER_MODULE, child_command
from edge_app.process.protocol import Explain, Explained
from edge_app.services.worker_thread import Reply, Task, WorkerThread

_HEADROOM_MB = 8192
"""TensorFlow reserves address space by the gigabyte; the films it is given were read before by the other child."""
_TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True, eq=False)
class KerasEvidence:
    """Grad-CAM from the Keras model for one film.

    Attributes:
        sha256: Hash of the film; show it with no other.
        evidence: `(grid rows, grid columns)` float32, >= 0, units of the logit; the scale of the graph's evidence.
        correlation: With the graph's own evidence, -1..1; None where one of the two is empty.
    """

    sha256: str
    evidence: NDArray[np.float32]
    correlation: float | None


class KerasExplainer(QObject):
    """Computes Grad-CAM in a child process that imports TensorFlow: seconds for the first film, then a fraction of one.

    Signals:
        explained(KerasEvidence): An `explain` was done.
        failed(str, Reason): An `explain` could not be done; the film's hash and why.
        busy_changed(bool): Whether something is being computed.
    """

    explained = Signal(object)
    failed = Signal(str, object)
    busy_changed = Signal(bool)

    def __init__(
        self, config: WorkerConfig, parent: QObject | None = None, *, command: Sequence[str] | None = None
    ) -> None:
        """Makes an idle explainer; the child starts with the first film.

        Args:
            config: The one of the analysis queue: bundle and variant are taken from it.
            parent: Owner.
            command: Command line of the child, for tests; None for the app's own.
        """
        super().__init__(parent)
        self._config = config
        self._command = command or child_command(EXPLAINER_MODULE)
        self._thread: WorkerThread | None = None
        self._waiting: dict[int, tuple[str, NDArray[np.float32]]] = {}
        self._next_id = 1

    @staticmethod
    def is_available() -> bool:
        """Whether TensorFlow is installed; nothing is imported."""
        return is_installed()

    @property
    def is_busy(self) -> bool:
        """Whether something is being computed."""
        return bool(self._waiting)

    def explain(self, path: Path, sha256: str, evidence: NDArray[np.float32]) -> None:
        """Asks for the Grad-CAM of a film that was analysed.

        Args:
            path: The file.
            sha256: The hash it was analysed under.
            evidence: The graph's own grid, to compare with.
        """
        if any(waiting == sha256 for waiting, _ in self._waiting.values()):
            return
        if self._thread is None:
            self._thread = WorkerThread(_patient(self._config), self._command)
            self._thread.replied.connect(self._on_reply, Qt.ConnectionType.QueuedConnection)
            self._thread.start()
        job_id = self._next_id
        self._next_id += 1
        self._waiting[job_id] = (sha256, evidence)
        self._thread.send(Task(job_id, 0, path.name, Explain(path=os.fsencode(path), sha256=sha256)))
        if len(self._waiting) == 1:
            self.busy_changed.emit(True)

    def configure(self, config: WorkerConfig) -> None:
        """Takes another bundle; the child ends, and starts again with the next film."""
        if config != self._config:
            self._config = config
            self.close()

    def close(self) -> None:
        """Ends the child, which gives its memory back, and waits for it. `explain` starts another."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        thread.stop()
        thread.replied.disconnect(self._on_reply)
        thread.deleteLater()
        if self._waiting:
            self._waiting.clear()
            self.busy_changed.emit(False)

    @Slot(object)
    def _on_reply(self, reply: Reply) -> None:
        if self._thread is None or reply.job_id not in self._waiting:
            return
        sha256, own = self._waiting.pop(reply.job_id)
        if not self._waiting:
            self.busy_changed.emit(False)
        answer = reply.answer
        if isinstance(answer, Explained) and answer.evidence is not None and answer.evidence.shape == own.shape:
            self.explained.emit(KerasEvidence(sha256, answer.evidence, correlation(answer.evidence, own)))
            return
        reason = reply.reason or (answer.reason if isinstance(answer, Explained) else None)
        self.failed.emit(sha256, reason or Reason("explain.failed", "The Keras model gave no usable heat map."))


def _patient(config: WorkerConfig) -> WorkerConfig:
    return msgspec.structs.replace(config, job_timeout_s=_TIMEOUT_S, memory_headroom_mb=_HEADROOM_MB)
