"""The films a model is most wrong about, and what is unusual in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_app.analysis.gate.gate import Verdict
from edge_app.analysis.gate.image_statistics import measure
from edge_app.bundle import ModelFile
from trainer.data.film_set import FilmSet
from trainer.evaluation.figures import ErrorFigures, ErrorGroup, ErrorRow

MOST = 20
"""Number of films of each kind of error that are listed."""
_TAIL = 0.05
_FIGURES: dict[str, tuple[str, str]] = {
    "mean": ("dark", "bright"),
    "contrast": ("flat", "high in contrast"),
    "sharpness": ("blurred", "noisy or very sharp"),
    "empty_share": ("filled to the edge", "with wide empty borders"),
    "clipped_share": ("without black or white", "with clipped black or white"),
}
"""Words for a film in the lowest and in the highest 5 % of the films, by figure of `FilmStatistics`."""


def analyse_errors(
    films: FilmSet, probabilities: NDArray[np.float64], model: ModelFile, verdicts: Sequence[Verdict]
) -> ErrorFigures:
    """Lists and counts the errors at the default operating point.

    Args:
        films: The films that were scored.
        probabilities: `(films,)`, calibrated.
        model: Threshold and uncertain band.
        verdicts: The gate's verdict on each film.
    """
    threshold = model.operating_point().threshold
    called, traits = probabilities >= threshold, _traits(films.films)

    def group(label: int) -> ErrorGroup:
        wrong = np.flatnonzero((films.labels == label) & (called != (label == 1)))
        order = wrong[np.argsort(-np.abs(probabilities[wrong] - threshold), kind="stable")]
        rows = [
            ErrorRow(
                film=films.names[i],
                kind=str(films.kinds[i]),
                probability=float(probabilities[i]),
                uncertain=bool(model.uncertain.low <= probabilities[i] <= model.uncertain.high),
                gate=_gate_codes(verdicts[i]),
                unusual=traits[i],
            )
            for i in order
        ]
        return ErrorGroup(
            films=len(rows),
            kinds=_counts([row.kind for row in rows]),
            uncertain=sum(row.uncertain for row in rows),
            gate=sum(bool(row.gate) for row in rows),
            unusual=_counts([trait for row in rows for trait in row.unusual]),
            worst=rows[:MOST],
        )

    return ErrorFigures(figures_unusual_beyond=_TAIL, missed=group(1), false_alarms=group(0))


def _gate_codes(verdict: Verdict) -> list[str]:
    refused = [verdict.refusal.code] if verdict.refusal is not None else []
    return refused + [notice.code for notice in verdict.notices]


def _traits(films: NDArray[np.uint8]) -> list[list[str]]:
    """For each film the traits in which it lies among the lowest or highest 5 % of all films."""
    figures = [measure(film) for film in films]
    traits: list[list[str]] = [[] for _ in figures]
    for name, (low_word, high_word) in _FIGURES.items():
        values = np.array([getattr(one, name) for one in figures], dtype=np.float64)
        low, high = np.quantile(values, (_TAIL, 1 - _TAIL))
        for i, value in enumerate(values):
            if value < low:
                traits[i].append(low_word)
            elif value > high:
                traits[i].append(high_word)
    return traits


def _counts(names: Sequence[str]) -> dict[str, int]:
    return {name: names.count(name) for name in dict.fromkeys(sorted(names))}


def errors_summary(errors: ErrorFigures) -> str:
    """Describes the errors without naming a film, for the model card."""
    lines = []
    for part, words in (
        (errors.missed, "positive films missed"),
        (errors.false_alarms, "negative films called positive"),
    ):
        if not part.films:
            lines.append(f"- No {words}.")
            continue
        kinds = ", ".join(f"{n} {kind}" for kind, n in part.kinds.items())
        unusual = ", ".join(f"{n} {trait}" for trait, n in part.unusual.items()) or "none"
        lines.append(
            f"- {part.films} {words} ({kinds}): {part.uncertain} of them were shown as uncertain, the gate refused or "
            f"flagged {part.gate}. Unusual (in the outer {errors.figures_unusual_beyond:.0%} of all films): {unusual}."
        )
    return "\n".join(lines)


def errors_section(errors: ErrorFigures) -> str:
    """Lists the worst errors film by film, for the report in the run's folder."""
    lines = [
        errors_summary(errors),
        "",
        "| film | error | kind | probability | uncertain | gate | unusual |",
        "|---|---|---|---|---|---|---|",
    ]
    for part, words in ((errors.missed, "missed"), (errors.false_alarms, "false alarm")):
        lines += [
            f"| {row.film} | {words} | {row.kind} | {row.probability:.3f} | {'yes' if row.uncertain else ''} "
            f"| {', '.join(row.gate)} | {', '.join(row.unusual)} |"
            for row in part.worst
        ]
    return "\n".join(lines)
