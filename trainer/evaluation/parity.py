"""How the quantized file differs from the float file, film by film."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from edge_app.bundle import ModelFile, Variant
from edge_app.bundle.manifest import Parity
from edge_app.display.map_agreement import correlation
from trainer.evaluation.figures import ParityFigures
from trainer.evaluation.predictions import VARIANTS, Scores, calibrated_probabilities
from trainer.statistics.metrics import auc, mcnemar_p


def evidence_agreement(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Median over films of the correlation of two evidence grids.

    Args:
        first: `(films, grid rows, grid columns)`.
        second: The same shape.

    Returns:
        -1..1; a film with a grid that is the same everywhere does not count, and 0 stands for no film that counts.
    """
    found = [correlation(one, other) for one, other in zip(first, second, strict=True)]
    counted = [value for value in found if value is not None]
    return float(np.median(counted)) if counted else 0.0


def measure_parity(
    labels: NDArray[np.int64], measured_on: str, scores: Mapping[Variant, Scores], models: Mapping[Variant, ModelFile]
) -> tuple[Parity, ParityFigures]:
    """Compares the quantized with the float file, each at its own operating point.

    Args:
        labels: `(films,)`, 0 or 1.
        measured_on: Name of the set of films.
        scores: Scores of the films by variant (`float`, `quant`).
        models: Calibration and thresholds by variant.

    Returns:
        The manifest's entry, and the same with McNemar's test for `metrics.json`.
    """
    calls = {
        name: calibrated_probabilities(scores[name].probability, models[name])
        >= models[name].operating_point().threshold
        for name in VARIANTS
    }
    exact, quantized = scores["float"], scores["quant"]
    result = Parity(
        measured_on=measured_on,
        films=len(labels),
        auc_drop=auc(labels, exact.probability) - auc(labels, quantized.probability),
        changed_decisions=float((calls["float"] != calls["quant"]).mean()),
        max_probability_difference=float(np.abs(exact.probability - quantized.probability).max()),
        evidence_correlation_median=evidence_agreement(exact.evidence, quantized.evidence),
    )
    positive = labels == 1
    figures = ParityFigures(
        **msgspec.structs.asdict(result),
        changed_films=int((calls["float"] != calls["quant"]).sum()),
        mcnemar_p=mcnemar_p(calls["float"] == positive, calls["quant"] == positive),
    )
    return result, figures
