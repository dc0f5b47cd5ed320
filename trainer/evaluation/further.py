"""What a report says beyond its metrics: another hospital, the errors, how often the test split was scored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.bundle import ModelFile
from edge_app.imaging.radiograph import Radiograph
from edge_app.inference.gates import Gate, Verdict
from trainer.evaluation.errors_looked_at import errors_looked_at, errors_section, errors_summary
from trainer.evaluation.ledger import ledger_section
from trainer.evaluation.outside import FOR_WHOM_NOT, outside_look, outside_section
from trainer.evaluation.predictions import Scores, score_tflite
from trainer.evaluation.report import FilmSet, calibrated_probabilities
from trainer.second_site import SiteFilms


def look_further(
    test: FilmSet,
    scores: Scores,
    model_bytes: bytes,
    model: ModelFile,
    gate: Gate,
    *,
    site: SiteFilms | None,
    gate_was_taught: bool,
) -> dict[str, Any]:
    """Looks at the errors on the test films, and at the films of another hospital if there are any.

    Args:
        test: The test films.
        scores: What the quantized file says of them.
        model_bytes: The quantized file.
        model: Its entry in the manifest.
        gate: Of the bundle.
        site: Films of another hospital.
        gate_was_taught: Whether the gate learnt from half of their patients.

    Returns:
        The parts `errors` and (with a site) `outside` of `metrics.json`.
    """
    found = {
        "errors": errors_looked_at(
            test,
            calibrated_probabilities(scores.probability, model),
            model,
            verdicts(gate, test.films, scores.features),
        )
    }
    if site is not None:
        away = score_tflite(site.prepared, model_bytes, model)
        found["outside"] = outside_look(
            site, away, model, verdicts(gate, site.prepared, away.features), gate_was_taught=gate_was_taught
        )
    return found


def verdicts(gate: Gate, films: NDArray[np.uint8], features: NDArray[np.float32]) -> list[Verdict]:
    """What the gate says of prepared films, by their pixels alone: no header is asked.

    Args:
        gate: The gate.
        films: `(films, height, width)` uint8.
        features: `(films, channels)` float32 of the quantized file.
    """
    return [
        gate.examine(Radiograph(film, "0" * 64, "prepared film"), film, vector)
        for film, vector in zip(films, features, strict=True)
    ]


def further_sections(metrics: Mapping[str, Any], *, name_films: bool) -> str:
    """Renders what `look_further` found, and the count of test evaluations, as Markdown sections.

    Args:
        metrics: `metrics.json`.
        name_films: List the worst errors film by film, for a report that stays with the run.
    """
    outside = (
        outside_section(metrics["outside"])
        if "outside" in metrics
        else f"**{FOR_WHOM_NOT}**\n\nNo films of another hospital were at hand, so nothing was measured there."
    )
    parts = ["## Another hospital", outside]
    # A bundle of an earlier trainer lacks what follows.
    if "errors" in metrics:
        errors = (errors_section if name_films else errors_summary)(metrics["errors"])
        parts += ["## Errors on the test films, looked at", errors]
    if "test_evaluations" in metrics:
        parts += ["## How often the test split was scored", ledger_section(metrics["test_evaluations"])]
    return "\n\n".join(parts)
