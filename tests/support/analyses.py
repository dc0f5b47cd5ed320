"""Analyses without a model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from edge_app.analysis.analysis import Analysis, ModelId, Timings
from edge_app.bundle.decision import Decision
from edge_app.system.messages import Message

MODEL = ModelId(name="test-model 1.0.0", variant="quant", sha256="a" * 64, runtime="fake 1.0")


def analysed(
    path: str = "/films/film.png", sha256: str = "1" * 64, probability: float = 0.9, **changes: Any
) -> Analysis:
    band = "uncertain" if 0.4 <= probability <= 0.6 else "positive" if probability > 0.5 else "negative"
    label = "PNEUMONIA" if probability >= 0.5 else "NORMAL"
    evidence = np.linspace(0, 2, 49, dtype=np.float32).reshape(7, 7)
    decision = Decision(probability, label, band, 0.5)  # type: ignore[arg-type]
    analysis = Analysis(
        path, sha256, "analysed", MODEL, Timings(1, 2, 3, 6), decision=decision, evidence=evidence, evidence_scale=2.0
    )
    return replace(analysis, **changes)


def failed(path: str = "/films/film.png", code: str = "file.broken") -> Analysis:
    return Analysis(path, "", "failed", MODEL, Timings(), reason=Message(code, name=Path(path).name))


def refused(path: str = "/films/film.png", code: str = "gate.not_chest") -> Analysis:
    return Analysis(path, "2" * 64, "refused", MODEL, Timings(), reason=Message(code))
