"""The result of looking at one file: a frozen value that screen, report and export all read."""

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
    """Which model answered.

    Attributes:
        name: Name and version, such as `pneumonia-mobilenetv2 1.0.0`.
        variant: `quant` or `float`.
        sha256: Hash of the `.tflite` file that ran.
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
        decode_ms: Reading the file, its hash, decoding.
        preprocess_ms: The model's input.
        invoke_ms: The net.
        total_ms: All of it.
        gate_ms: The gate; no part of the record, whose keys are a contract.
    """

    decode_ms: float = 0.0
    preprocess_ms: float = 0.0
    invoke_ms: float = 0.0
    total_ms: float = 0.0
    gate_ms: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What is known of one file after it was looked at.

    Attributes:
        path: As the caller gave it.
        sha256: Of the file's bytes; empty where it could not be read. A result is shown only with a film of this hash.
        status: `analysed`, `refused` (read, but must not be scored) or `failed` (not read).
        reason: Why there is no decision; None when analysed.
        decision: The answer; None unless analysed.
        evidence: `(grid rows, grid columns)` float32, >= 0; None unless analysed.
        evidence_scale: Evidence that is painted at full strength.
        ood_score: Distance from the films the model knows; None where the bundle has no gate.
        lungs: `(rows, columns)` float32, 0..1, where the lungs are; None from a model without a lung head.
        evidence_in_lungs: Share of the evidence that lies in the lungs, 0..1; None where there are neither.
        quality: What lowers trust in the answer, or was done to the film.
        model: Which model and runtime.
        timings: How long it took.
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
            raise ValueError("An analysis has either a decision, or a reason why it has none.")

    @property
    def is_outside_population(self) -> bool:
        """Whether the score must not be used, since the model was not validated for such a patient."""
        return any(notice.code == OUTSIDE_CODE for notice in self.quality)
