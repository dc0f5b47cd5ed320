"""How the model does on films of another hospital, by view and age. A look, never a choice: nothing is fitted on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.analysis.gate.gate import Verdict
from edge_app.analysis.gate.population import OUTSIDE_CODE
from edge_app.bundle import ModelFile
from trainer.data.second_site import SiteFilms
from trainer.evaluation.predictions import Scores
from trainer.evaluation.report import calibrated_probabilities
from trainer.statistics.metrics import as_plain, auc_of, share_of

AGE_GROUPS: tuple[tuple[str, float, float], ...] = (
    ("under 6 years", 0, 6),
    ("6 to 17 years", 6, 18),
    ("18 to 39 years", 18, 40),
    ("40 to 64 years", 40, 65),
    ("65 years and over", 65, 200),
)
LEAST_PER_CLASS = 10
"""With fewer films of a class an AUC says nothing."""


def outside_look(
    site: SiteFilms,
    scores: Scores,
    model: ModelFile,
    verdicts: Sequence[Verdict],
    *,
    gate_was_taught: bool,
    statement: str,
) -> dict[str, Any]:
    """Evaluates one file on films of another site.

    Args:
        site: The films.
        scores: What the file says of them.
        model: Its calibration and operating points.
        verdicts: What the gate says of each film, by its pixels alone.
        gate_was_taught: Whether the gate learnt from half of these patients; refusals and flags are then counted in the
            other half.
        statement: What the labels of these films are worth, Markdown.

    Returns:
        The part `outside` of `metrics.json`: for each group of films how many there are; AUC, sensitivity and
        specificity with 95 % intervals over patients (null where a class has too few films); and the shares that the
        gate refuses, and that it refuses or flags as outside the population.
    """
    probabilities = calibrated_probabilities(scores.probability, model)
    called = probabilities >= model.operating_point().threshold
    refused = np.array([verdict.refusal is not None for verdict in verdicts])
    flagged = np.array([any(notice.code == OUTSIDE_CODE for notice in verdict.notices) for verdict in verdicts])
    counted = ~site.taught() if gate_was_taught else np.ones(len(site), dtype=bool)
    patients = np.array(site.patients)

    def share(hit: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> dict[str, float] | None:
        if not chosen.any():
            return None
        return as_plain({"": share_of(hit[chosen], site.labels[chosen], patients[chosen])})[""]

    rows = {}
    for name, chosen in _groups(site):
        sick, well = chosen & (site.labels == 1), chosen & (site.labels == 0)
        rows[name] = {
            "films": int(chosen.sum()),
            "patients": len(np.unique(patients[chosen])),
            "negative": int(well.sum()),
            "positive": int(sick.sum()),
            "roc_auc": _auc(site.labels[chosen], scores.probability[chosen], patients[chosen]),
            "sensitivity": share(called, sick),
            "specificity": share(~called, well),
            "refused": share(refused, chosen & counted),
            "refused_or_flagged": share(refused | flagged, chosen & counted),
        }
    return {
        "statement": statement,
        "operating_point": model.operating_point().name,
        "gate_counted_on": "films of patients the gate did not learn from" if gate_was_taught else "all films",
        "groups": rows,
    }


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


def _auc(labels: NDArray[np.int64], scores: NDArray[np.float64], patients: NDArray[np.str_]) -> dict[str, float] | None:
    if min((labels == 0).sum(), (labels == 1).sum()) < LEAST_PER_CLASS:
        return None
    return as_plain({"": auc_of(labels, scores, patients)})[""]


def outside_section(look: Mapping[str, Any]) -> str:
    """Renders `outside_look` as Markdown."""
    lines = [
        look["statement"],
        "",
        "| films | negative | positive | AUC | sensitivity | specificity | refused | refused or flagged as outside |",
        "|---|---|---|---|---|---|---|---|",
    ]
    figures = ("roc_auc", "sensitivity", "specificity", "refused", "refused_or_flagged")
    for name, row in look["groups"].items():
        cells = " | ".join(_cell(row[figure]) for figure in figures)
        lines.append(
            f"| {name}: {row['films']} of {row['patients']} patients | {row['negative']} | {row['positive']} "
            f"| {cells} |"
        )
    lines += ["", f"An AUC of 0.5 is a coin. The last two columns count {look['gate_counted_on']}."]
    return "\n".join(lines)


def _cell(estimate: Mapping[str, float] | None) -> str:
    if estimate is None:
        return "too few"
    return f"{estimate['value']:.2f} ({estimate['low']:.2f}-{estimate['high']:.2f})"
