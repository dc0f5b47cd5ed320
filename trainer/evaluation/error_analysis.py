"""The films a model is most wrong about, and what is unusual in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.analysis.gate.gate import Verdict
from edge_app.analysis.gate.image_statistics import measure
from edge_app.bundle import ModelFile
from trainer.data.film_set import FilmSet

MOST = 20
"""Films of each kind of error that are listed."""
_TAIL = 0.05
_FIGURES: dict[str, tuple[str, str]] = {
    "mean": ("dark", "bright"),
    "contrast": ("flat", "high in contrast"),
    "sharpness": ("blurred", "noisy or very sharp"),
    "empty_share": ("filled to the edge", "with wide empty borders"),
    "clipped_share": ("without black or white", "with clipped black or white"),
}
"""By figure of `FilmStatistics`: what a film in the lowest and in the highest 5 % of the films is."""


def errors_looked_at(
    films: FilmSet, probabilities: NDArray[np.float64], model: ModelFile, verdicts: Sequence[Verdict]
) -> dict[str, Any]:
    """Lists and counts the errors at the default operating point.

    Args:
        films: What was scored.
        probabilities: `(films,)`, calibrated.
        model: Threshold and uncertain band.
        verdicts: What the gate says of each film.

    Returns:
        The part `errors` of `metrics.json`: for `missed` and `false_alarms` how many, how many of each kind, in the
        uncertain band, refused or flagged by the gate, and how often each unusual trait is met among them; and `worst`,
        the films farthest from the threshold.
    """
    threshold = model.operating_point().threshold
    called = probabilities >= threshold
    traits = _traits(films.films)
    found: dict[str, Any] = {"figures_unusual_beyond": _TAIL}
    for name, label in (("missed", 1), ("false_alarms", 0)):
        wrong = np.flatnonzero((films.labels == label) & (called != (label == 1)))
        order = wrong[np.argsort(-np.abs(probabilities[wrong] - threshold), kind="stable")]
        rows = [
            {
                "film": films.names[i],
                "kind": str(films.kinds[i]),
                "probability": round(float(probabilities[i]), 4),
                "uncertain": bool(model.uncertain.low <= probabilities[i] <= model.uncertain.high),
                "gate": _words_of_gate(verdicts[i]),
                "unusual": traits[i],
            }
            for i in order
        ]
        found[name] = {
            "films": len(rows),
            "kinds": _counts([row["kind"] for row in rows]),
            "uncertain": sum(row["uncertain"] for row in rows),
            "gate": sum(bool(row["gate"]) for row in rows),
            "unusual": _counts([trait for row in rows for trait in row["unusual"]]),
            "worst": rows[:MOST],
        }
    return found


def _words_of_gate(verdict: Verdict) -> list[str]:
    refused = [verdict.refusal.code] if verdict.refusal is not None else []
    return refused + [notice.code for notice in verdict.notices]


def _traits(films: NDArray[np.uint8]) -> list[list[str]]:
    """In words, in which figures each film lies among the lowest or highest 5 % of all."""
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


def errors_summary(errors: Mapping[str, Any]) -> str:
    """Describes the errors without naming a film, for the model card."""
    lines = []
    for name, words in (("missed", "positive films missed"), ("false_alarms", "negative films called positive")):
        part = errors[name]
        if not part["films"]:
            lines.append(f"- No {words}.")
            continue
        kinds = f" ({', '.join(f'{n} {kind}' for kind, n in part['kinds'].items())})" if name == "missed" else ""
        unusual = ", ".join(f"{n} {trait}" for trait, n in part["unusual"].items()) or "none"
        lines.append(
            f"- {part['films']} {words}{kinds}: {part['uncertain']} of them were shown as uncertain, the gate refused "
            f"or flagged {part['gate']}. Unusual (in the outer {errors['figures_unusual_beyond']:.0%} of all films): "
            f"{unusual}."
        )
    return "\n".join(lines)


def errors_section(errors: Mapping[str, Any]) -> str:
    """Lists the worst errors film by film, for the report in the run's folder."""
    lines = [
        errors_summary(errors),
        "",
        "| film | error | kind | probability | uncertain | gate | unusual |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, words in (("missed", "missed"), ("false_alarms", "false alarm")):
        lines += [
            f"| {row['film']} | {words} | {row['kind']} | {row['probability']:.3f} "
            f"| {'yes' if row['uncertain'] else ''} | {', '.join(row['gate'])} | {', '.join(row['unusual'])} |"
            for row in errors[name]["worst"]
        ]
    return "\n".join(lines)
