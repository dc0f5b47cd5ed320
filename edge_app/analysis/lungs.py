"""Checks with the model's lung head: the share of evidence inside the lungs, and missing or cut lungs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_app.bundle.manifest import LungLimits
from edge_app.display.heatmap import enlarge
from edge_app.system.messages import Message

INSIDE = 0.5
"""Minimum probability of a lung cell."""


def evidence_in_lungs(evidence: NDArray[np.float32], lungs: NDArray[np.float32]) -> float | None:
    """Returns the share of the evidence inside the lungs.

    Args:
        evidence: `(grid rows, grid columns)` float32, >= 0.
        lungs: `(rows, columns)` float32, 0..1, on a finer grid.

    Returns:
        Share of the evidence, interpolated as in the heat map, 0..1; None without evidence.
    """
    shown = enlarge(np.ascontiguousarray(evidence, dtype=np.float32), *lungs.shape)
    total = float(shown.sum())
    return float(shown[lungs >= INSIDE].sum()) / total if total > 0 else None


def lung_notices(
    lungs: NDArray[np.float32], share: float | None, limits: LungLimits, *, positive: bool
) -> tuple[Message, ...]:
    """Returns the warnings of the lung checks, most serious first.

    Args:
        lungs: `(rows, columns)` float32, 0..1.
        share: Share of the evidence inside the lungs; None without evidence.
        limits: Limits of the model, from validation films.
        positive: Whether the film is positive; only then its evidence is checked.
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
