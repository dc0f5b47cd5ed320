"""Figures on films of another hospital, by view and age. Nothing is chosen or fitted on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from edge_app.analysis.gate.gate import Verdict
from edge_app.analysis.gate.population import OUTSIDE_CODE
from edge_app.bundle import ModelFile
from edge_app.bundle.manifest import Estimate
from trainer.data.second_site import SiteFilms
from trainer.evaluation.figures import SiteFigures, SiteGroup
from trainer.evaluation.predictions import Scores, calibrated_probabilities
from trainer.evaluation.report import estimate_cell
from trainer.statistics.metrics import auc_of, share_of

AGE_GROUPS: tuple[tuple[str, float, float], ...] = (
    ("under 6 years", 0, 6),
    ("6 to 17 years", 6, 18),
    ("18 to 39 years", 18, 40),
    ("40 to 64 years", 40, 65),
    ("65 years and over", 65, 200),
)
LEAST_PER_LABEL = 10
"""An AUC of fewer films of a label is not stated."""


def evaluate_external_site(
    site: SiteFilms,
    scores: Scores,
    model: ModelFile,
    verdicts: Sequence[Verdict],
    *,
    gate_was_taught: bool,
    statement: str,
) -> SiteFigures:
    """Evaluates one file on films of another hospital, with 95 % intervals over patients.

    Args:
        site: The films.
        scores: Scores of the films.
        model: Calibration and operating points of the file.
        verdicts: The gate's verdict on each film, from its pixels alone.
        gate_was_taught: Whether the gate learnt from these films. Its refusals and flags are then no surprise;
            docs/gate.md has those of sources that were left out.
        statement: What the labels of these films are worth, Markdown.
    """
    probabilities = calibrated_probabilities(scores.probability, model)
    called = probabilities >= model.operating_point().threshold
    refused = np.array([verdict.refusal is not None for verdict in verdicts])
    flagged = np.array([any(notice.code == OUTSIDE_CODE for notice in verdict.notices) for verdict in verdicts])
    patients = np.array(site.patients)

    def share(hit: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> Estimate | None:
        return share_of(hit[chosen], site.labels[chosen], patients[chosen]) if chosen.any() else None

    def group(chosen: NDArray[np.bool_]) -> SiteGroup:
        positive, negative = chosen & (site.labels == 1), chosen & (site.labels == 0)
        labelled = positive | negative
        enough = min(int(positive.sum()), int(negative.sum())) >= LEAST_PER_LABEL
        return SiteGroup(
            films=int(chosen.sum()),
            patients=len(np.unique(patients[chosen])),
            negative=int(negative.sum()),
            positive=int(positive.sum()),
            roc_auc=auc_of(site.labels[labelled], scores.probability[labelled], patients[labelled]) if enough else None,
            sensitivity=share(called, positive),
            specificity=share(~called, negative),
            refused=share(refused, chosen),
            refused_or_flagged=share(refused | flagged, chosen),
        )

    return SiteFigures(
        statement=statement,
        operating_point=model.operating_point().name,
        gate_counted_on="films that taught the gate" if gate_was_taught else "films that the gate did not know",
        groups={name: group(chosen) for name, chosen in _groups(site)},
    )


def _groups(site: SiteFilms) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    views, evidence = np.array(site.views), np.array(site.label_evidence)
    yield "all", np.ones(len(site), dtype=bool)
    for view in ("AP", "PA"):
        yield f"view {view}", views == view
    for name, low, high in AGE_GROUPS:
        chosen = (site.ages_years >= low) & (site.ages_years < high)
        if chosen.any():
            yield name, chosen
    if (evidence == "contradicted").any():
        yield "labels not contradicted by a radiologist", evidence != "contradicted"


def external_site_section(figures: SiteFigures) -> str:
    """Renders the figures of another hospital as Markdown."""
    lines = [
        figures.statement,
        "",
        "| films | negative | positive | AUC | sensitivity | specificity | refused | refused or flagged as outside |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, row in figures.groups.items():
        shown = (row.roc_auc, row.sensitivity, row.specificity, row.refused, row.refused_or_flagged)
        cells = " | ".join(estimate_cell(estimate, 2, "too few") for estimate in shown)
        lines.append(f"| {name}: {row.films} of {row.patients} patients | {row.negative} | {row.positive} | {cells} |")
    lines += ["", f"An AUC of 0.5 is a coin. The last two columns count {figures.gate_counted_on}."]
    return "\n".join(lines)
