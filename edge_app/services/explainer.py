"""Grad-CAM from the Keras model, compared with the graph's evidence. Needs TensorFlow."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal, Slot

from edge_app.display.map_agreement import correlation
from edge_app.imaging.radiograph import Radiograph
from edge_app.process.jobs import WorkerConfig
from edge_app.process.launch import EXPLAINER_MODULE, child_command
from edge_app.process.protocol import Explain, Explained, pack_film
from edge_app.process.supervisor import Reply
from edge_app.process.supervisor_thread import SupervisorThread
from edge_app.system.messages import Message, plain


@dataclass(frozen=True, slots=True, eq=False)
class KerasEvidence:
    """Keras Grad-CAM of one film.

    Attributes:
        sha256: Hash of the film; do not show the map with another film.
        evidence: `(grid rows, grid columns)` float32, >= 0, in units of the logit, like the graph's evidence.
        correlation: Pearson correlation with the graph's evidence, -1..1; None if one of the two is constant.
    """

    sha256: str
    evidence: NDArray[np.float32]
    correlation: float | None


class KerasExplainer(QObject):
    """Computes Grad-CAM in a child process with TensorFlow: seconds for the first film, less for the next ones.

    Signals:
        explained(KerasEvidence): Result of `explain`.
        failed(str, Message): Hash of the film, and the reason of the failure.
        busy_changed(bool): Whether a computation is running.
    """

    explained = Signal(object)
    failed = Signal(str, object)
    busy_changed = Signal(bool)
    _replied = Signal(int, object)

    def __init__(
        self, config: WorkerConfig, parent: QObject | None = None, *, command: Sequence[str] | None = None
    ) -> None:
        """Creates an idle explainer; the child process starts with the first film.

        Args:
            config: Configuration of the analysis queue, for its bundle and variant.
            parent: Owner.
            command: Command line of the child process in tests; None for the default.
        """
        super().__init__(parent)
        self._config = config
        self._command = command or child_command(EXPLAINER_MODULE)
        self._thread: SupervisorThread | None = None
        self._waiting: dict[int, tuple[str, NDArray[np.float32]]] = {}
        self._next_id = 1
        # Queued explicitly: the signal is emitted in the supervisor's thread.
        self._replied.connect(self._on_reply, Qt.ConnectionType.QueuedConnection)

    @staticmethod
    def is_available() -> bool:
        """Returns whether TensorFlow is installed, without an import."""
        return all(importlib.util.find_spec(name) is not None for name in ("tensorflow", "keras"))

    @property
    def is_busy(self) -> bool:
        """Whether a computation is running."""
        return bool(self._waiting)

    def explain(self, film: Radiograph, name: str, evidence: NDArray[np.float32]) -> None:
        """Requests the Grad-CAM of an analysed film.

        Args:
            film: The decoded film.
            name: Name of its file, for messages.
            evidence: The graph's evidence, for the comparison.
        """
        if any(waiting == film.sha256 for waiting, _ in self._waiting.values()):
            return
        if self._thread is None:
            self._thread = SupervisorThread(self._config.for_keras(), command=self._command)
            self._thread.start()
        job_id = self._next_id
        self._next_id += 1
        self._waiting[job_id] = (film.sha256, evidence)
        header, pixels = pack_film(film)
        future = self._thread.ask(Explain(film=header), name=plain(name), payload=pixels)
        future.add_done_callback(partial(self._say_replied, job_id))
        if len(self._waiting) == 1:
            self.busy_changed.emit(True)

    def configure(self, config: WorkerConfig) -> None:
        """Changes the bundle; a new child process starts with the next film."""
        if config != self._config:
            self._config = config
            self.close()

    def close(self) -> None:
        """Ends the child process, which frees its memory, and waits for it. `explain` starts a new one."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        thread.stop()
        if self._waiting:
            self._waiting.clear()
            self.busy_changed.emit(False)

    def _say_replied(self, job_id: int, future: Future[Reply]) -> None:
        if not future.cancelled():
            self._replied.emit(job_id, future.result())

    @Slot(int, object)
    def _on_reply(self, job_id: int, reply: Reply) -> None:
        if job_id not in self._waiting:  # closed meanwhile
            return
        sha256, own = self._waiting.pop(job_id)
        if not self._waiting:
            self.busy_changed.emit(False)
        answer = reply.answer
        if isinstance(answer, Explained) and answer.evidence is not None and answer.evidence.shape == own.shape:
            self.explained.emit(KerasEvidence(sha256, answer.evidence, correlation(answer.evidence, own)))
            return
        reason = reply.reason or (answer.reason if isinstance(answer, Explained) else None)
        self.failed.emit(sha256, reason or Message("explain.failed"))
