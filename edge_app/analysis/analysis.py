"""The result of looking at one file: a frozen value that screen, report and export all read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from edge_app.bundle.decision import Decision
from edge_app.imaging.radiograph import Notice
from edge_app.system.messages import Message

Status = Literal["analysed", "refused", "failed"]


Reason = Message
"""Why a file has no probability."""


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
        gate_ms: The gate; not in `record`, whose keys are a contract.
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
        quality: What lowers trust in the answer, or was done to the film.
        model: Which model and runtime.
        timings: How long it took.
    """

    path: str
    sha256: str
    status: Status
    model: ModelId
    timings: Timings
    reason: Reason | None = None
    decision: Decision | None = None
    evidence: NDArray[np.float32] | None = None
    evidence_scale: float = 1.0
    ood_score: float | None = None
    quality: tuple[Notice, ...] = ()

    def __post_init__(self) -> None:
        if (self.status == "analysed") != (self.decision is not None and self.reason is None):
            raise ValueError("An analysis has either a decision, or a reason why it has none.")

    def record(self, heatmap: str | None = None) -> dict[str, Any]:
        """Returns the line that `predict --format jsonl` prints: a contract that others script against.

        Args:
            heatmap: Path of the overlay that was written for this film.
        """
        decision = self.decision
        return {
            "path": self.path,
            "sha256": self.sha256 or None,
            "status": self.status,
            "reason": str(self.reason) if self.reason else None,
            "reason_code": self.reason.code if self.reason else None,
            "probability": round(decision.probability, 6) if decision else None,
            "label": decision.label if decision else None,
            "band": decision.band if decision else None,
            "threshold": round(decision.threshold, 6) if decision else None,
            "ood_score": None if self.ood_score is None else round(self.ood_score, 4),
            "quality": [notice.code for notice in self.quality],
            "model": self.model.name,
            "model_sha256": self.model.sha256,
            "variant": self.model.variant,
            "runtime": self.model.runtime,
            "elapsed_ms": {
                "decode": round(self.timings.decode_ms, 2),
                "preprocess": round(self.timings.preprocess_ms, 2),
                "invoke": round(self.timings.invoke_ms, 2),
                "total": round(self.timings.total_ms, 2),
            },
            "heatmap": heatmap,
        }
