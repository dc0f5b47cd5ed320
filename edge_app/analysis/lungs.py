"""What a model's lung head adds to a result: how much of the evidence lies in the lungs, and whether both are there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_app.bundle.manifest import LungLimits
from edge_app.display.heatmap import enlarge
from edge_app.system.messages import Message

INSIDE = 0.5
"""A cell lies in the lungs from this value on."""


def evidence_in_lungs(evidence: NDArray[np.float32], lungs: NDArray[np.float32]) -> float | None:
    """Measures how much of the evidence lies in the lungs.

    Args:
        evidence: `(grid rows, grid columns)` float32, >= 0.
        lungs: `(rows, columns)` float32, 0..1, of finer cells.

    Returns:
        Share of the evidence, enlarged as it is painted, 0..1; None for a film without evidence.
    """
    shown = enlarge(np.ascontiguousarray(evidence, dtype=np.float32), *lungs.shape)
    total = float(shown.sum())
    return float(shown[lungs >= INSIDE].sum()) / total if total > 0 else None


def lung_notices(
    lungs: NDArray[np.float32], share: float | None, limits: LungLimits, *, positive: bool
) -> tuple[Message, ...]:
    """Says what the lungs of a film give reason to doubt.

    Args:
        lungs: `(rows, columns)` float32, 0..1.
        share: Share of the evidence that lies in the lungs; None without evidence.
        limits: Limits of the model, from films it was validated on.
        positive: Whether the film is called positive: only then the evidence speaks for the answer.

    Returns:
        Notices, the gravest first.
    """
    inside = lungs >= INSIDE
    border = np.concatenate([inside[0], inside[-1], inside[1:-1, 0], inside[1:-1, -1]])
    notices = []
    if inside.mean() < limits.least_area:
        notices.append(Message("quality.lungs_missing", percent=float(inside.mean()) * 100))
    elif border.mean() > limits.greatest_border:
        notices.append(Message("quality.lungs_cut"))
    if positive and share is not None and share < limits.least_evidence:
        notices.append(Message("quality.evidence_outside", percent=share * 100))
    return tuple(notices)
