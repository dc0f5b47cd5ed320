"""What a report says beyond its metrics: another hospital, errors, heat maps, how often the test split was scored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trainer.evaluation.error_analysis import errors_section, errors_summary
from trainer.evaluation.external_site import outside_section
from trainer.evaluation.test_split_log import ledger_section
from trainer.heat_map_quality.heat_map_report import heat_map_section


def further_sections(metrics: Mapping[str, Any], *, name_films: bool) -> str:
    """Renders what `look_further` found, and the count of test evaluations, as Markdown sections.

    Args:
        metrics: `metrics.json`.
        name_films: List the worst errors film by film, for a report that stays with the run.
    """
    outside = (
        outside_section(metrics["outside"])
        if "outside" in metrics
        else "No films of another hospital were at hand, so nothing was measured there."
    )
    parts = ["## Another hospital", outside]
    # A bundle of an earlier trainer lacks what follows.
    if "errors" in metrics:
        errors = (errors_section if name_films else errors_summary)(metrics["errors"])
        parts += ["## Errors on the test films, looked at", errors]
    if heat_maps := heat_map_section(metrics):
        parts += ["## What the heat maps are worth", heat_maps]
    if "test_evaluations" in metrics:
        parts += ["## How often the test split was scored", ledger_section(metrics["test_evaluations"])]
    return "\n\n".join(parts)
