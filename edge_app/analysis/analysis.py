"""The result of one file, for window, reports and exports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from edge_app.analysis.gate.population import OUTSIDE_CODE
from edge_app.bundle.decision import Decision
from edge_app.system.messages import Message

Status = Literal["analysed", "refused", "failed"]


@dataclass(frozen=True, slots=True)
class ModelId:
    """The model of a result.

    Attributes:
        name: Name and version, such as `pneumonia-mobilenetv2 1.0.0`.
        variant: `quant` or `float`.
        sha256: Hash of the `.tflite` file.
        runtime: Name and version of the interpreter, such as `litert 2.3.0`.
    """

    name: str
    variant: str
    sha256: str
    runtime: str


@dataclass(frozen=True, slots=True)
class Timings:
    """Wall-clock milliseconds of each stage.

    Attributes:
        decode_ms: Reading, hashing and decoding the file.
        preprocess_ms: Preprocessing.
        invoke_ms: Inference.
        total_ms: Total time.
        gate_ms: Gate; not in the record, whose keys are a contract.
    """

    decode_ms: float = 0.0
    preprocess_ms: float = 0.0
    invoke_ms: float = 0.0
    total_ms: float = 0.0
    gate_ms: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """The result of one file.

    Attributes:
        path: Path from the caller.
        sha256: Hash of the file; empty if it could not be read. The result is shown only with a film of this hash.
        status: `analysed`, `refused` (decoded, but not scored) or `failed` (not decoded).
        reason: Reason for a missing decision; None if analysed.
        decision: The decision; None unless analysed.
        evidence: `(grid rows, grid columns)` float32, >= 0; None unless analysed.
        evidence_scale: Evidence that is painted at full strength.
        ood_score: Distance from the known films; None if the bundle has no gate.
        lungs: `(rows, columns)` float32, 0..1: probability that a cell is lung; None if the model has no lung head.
        evidence_in_lungs: Share of the evidence inside the lungs, 0..1; None without evidence or lungs.
        quality: Notices about the film: warnings, and changes by the decoder.
        model: Model and runtime.
        timings: Time of each stage.
    """

    path: str
    sha256: str
    status: Status
    model: ModelId
    timings: Timings
    reason: Message | None = None
    decision: Decision | None = None
    evidence: NDArray[np.float32] | None = None
    evidence_scale: float = 1.0
    lungs: NDArray[np.float32] | None = None
    evidence_in_lungs: float | None = None
    ood_score: float | None = None
    quality: tuple[Message, ...] = ()

    def __post_init__(self) -> None:
        if (self.status == "analysed") != (self.decision is not None and self.reason is None):
            raise ValueError("An analysis has either a decision or a reason.")

    @property
    def is_outside_population(self) -> bool:
        """Whether the model was not validated for this patient, so that the score must not be used."""
        return any(notice.code == OUTSIDE_CODE for notice in self.quality)
