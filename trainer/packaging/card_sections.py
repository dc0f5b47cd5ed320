"""Sections that the model card and the reports share."""

from __future__ import annotations

from trainer.evaluation.error_analysis import errors_section, errors_summary
from trainer.evaluation.external_site import external_site_section
from trainer.evaluation.figures import BundleFigures
from trainer.evaluation.test_split_log import split_log_section
from trainer.heat_map_quality.heat_map_report import heat_map_section


def extra_sections(figures: BundleFigures, *, name_films: bool) -> str:
    """Renders external site, errors, heat maps and the count of test evaluations as Markdown sections.

    Args:
        figures: What was measured.
        name_films: List the worst errors film by film, for a report that stays with the run.
    """
    site = figures.external_site
    parts = [
        "## Another hospital",
        external_site_section(site)
        if site is not None
        else "No films of another hospital were available, so nothing was measured there.",
        "## Errors on the test films",
        (errors_section if name_films else errors_summary)(figures.errors),
    ]
    if heat_maps := heat_map_section(figures.heat_maps):
        parts += ["## Quality of the heat maps", heat_maps]
    parts += ["## How often the test split was scored", split_log_section(figures.test_evaluations)]
    return "\n\n".join(parts)
