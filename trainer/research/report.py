"""Reports tables of trials as Markdown; every number and every verdict is computed here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from trainer.evaluation.figures import Metrics
from trainer.research.differences import SPECIFICITY, Difference, Measure, ScoredFilms, paired_difference, seed_noise
from trainer.research.films import SETS, SetName
from trainer.research.rank_agreement import LEAST_TRIALS, agreement
from trainer.research.table import Table, Trial

_RECALL: Measure = "recall_at_specificity"
_NAMES: dict[Measure, str] = {"auc": "AUC", "recall_at_specificity": "recall"}
_COMPARED: tuple[tuple[SetName, Measure], ...] = (
    ("plain", _RECALL),
    ("stressed", _RECALL),
    ("stressed", "auc"),
    ("check", "auc"),
)
_RANKED: tuple[tuple[SetName, Measure], ...] = (("stressed", "auc"), ("stressed", _RECALL), ("plain", "auc"))
WITHIN = "within noise"
_RANKED_UNSEEN: tuple[SetName, ...] = ("stressed", "check", "plain")
Noise = dict[tuple[SetName, Measure], float]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """A trial that has run.

    Attributes:
        trial: The trial.
        result: Its `result.json`.
        scored: Its outputs by set of films.
    """

    trial: Trial
    result: Mapping[str, Any]
    scored: Mapping[SetName, ScoredFilms]

    def value(self, films: SetName, measure: Measure) -> float:
        """A measure on a set of films."""
        return float(self.result["measures"][films][measure]["value"])

    def cell(self, films: SetName, measure: Measure) -> str:
        """The same with its interval."""
        found = self.result["measures"][films][measure]
        return f"{found['value']:.3f} ({found['low']:.3f} to {found['high']:.3f})"


def report(tables: Sequence[tuple[Table, Sequence[Outcome], Sequence[str]]], shipped: Metrics | None = None) -> str:
    """Writes the report.

    Args:
        tables: Each table with the trials that have run, and a sentence for each that was left out.
        shipped: Metrics of the shipped bundle, for the effect of fine-tuning in a training on all films; or None.

    Returns:
        Markdown.
    """
    everything = list({outcome.trial.key: outcome for _, outcomes, _ in tables for outcome in outcomes}.values())
    noise = noise_of(everything)
    lines = ["# Experiments", "", "Written by `make experiments`; do not edit by hand.", ""]
    lines += _how(everything)
    lines += _noise_lines(everything, noise)
    lines += _short_lines(tables, noise)
    for table, outcomes, left_out in tables:
        lines += _table_lines(table, outcomes, left_out, noise)
    if shipped:
        lines += _phase_lines(shipped)
    lines += _agreement_lines(everything, noise)
    return "\n".join(lines).rstrip() + "\n"


def noise_of(outcomes: Sequence[Outcome]) -> Noise:
    """The largest difference between seeds of one recipe, for each set of films and each measure."""
    recipes: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        recipes[_recipe(outcome.trial)].append(outcome)
    return {
        (films, measure): max(
            (
                seed_noise([one.value(films, measure) for one in runs if films in one.scored])
                for runs in recipes.values()
            ),
            default=0.0,
        )
        for films in SETS
        for measure in _NAMES
    }


def _recipe(trial: Trial) -> str:
    """A key that trials share when they differ only in the seed."""
    config = msgspec.structs.replace(trial.config, seed=0)
    return f"{config.sha256} {trial.without}"


def _how(outcomes: Sequence[Outcome]) -> list[str]:
    if not outcomes:
        return ["No trial has run yet.", ""]
    counts = {name: len(one.labels) for outcome in outcomes for name, one in outcome.scored.items()}
    steps = sorted({outcome.result["training_films"] for outcome in outcomes})
    return [
        f"Short trials, for comparing recipes: {_range(steps)} training films each, so the figures are below those of "
        "a full training. Every trial scores the same films; no trial trains on patients of either held-out fold.",
        "",
        "| films | what | how many |",
        "|---|---|---|",
        *(f"| {name} | {SETS[name]} | {count} |" for name, count in counts.items()),
        "",
        f"Recall is taken at the threshold with {SPECIFICITY:.0%} specificity, so no recipe wins by calling more films "
        "positive. Intervals are 95 %, from a bootstrap over patients; differences are paired: both "
        "trials are scored on the same draw of patients. The test split is not used.",
        "",
    ]


def _range(values: Sequence[int]) -> str:
    return str(values[0]) if len(values) == 1 else f"{values[0]} to {values[-1]}"


def _noise_lines(outcomes: Sequence[Outcome], noise: Noise) -> list[str]:
    runs: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        runs[_recipe(outcome.trial)].append(outcome)
    repeated = [group for group in runs.values() if len(group) > 1]
    if not repeated:
        return ["No recipe was repeated with another seed yet: the noise of a seed is unknown.", ""]
    scored = [films for films in SETS if any(films in group[0].scored for group in repeated)]
    names = "; ".join(f"{group[0].trial.name}: {len(group)} seeds" for group in repeated)
    return [
        "## What another seed changes",
        "",
        f"The largest difference between runs of one recipe ({names}). A difference counts below only if its interval "
        "excludes 0 **and** it is larger than this.",
        "",
        "| | " + " | ".join(scored) + " |",
        "|---|" + "---|" * len(scored),
        *(
            f"| {text} | " + " | ".join(f"{noise[films, measure]:.3f}" for films in scored) + " |"
            for measure, text in _NAMES.items()
        ),
        "",
    ]


def _short_lines(tables: Sequence[tuple[Table, Sequence[Outcome], Sequence[str]]], noise: Noise) -> list[str]:
    """The changes that moved the AUC of stressed films, and whether the check agrees."""
    moved: dict[str, list[str]] = defaultdict(list)
    for _, outcomes, _ in tables:
        by_name = {outcome.trial.name: outcome for outcome in outcomes}
        for row in outcomes:
            reference = by_name.get(row.trial.against)
            if not row.trial.question or reference is None:
                continue
            stressed, check = (
                verdict(paired_difference("auc", row.scored[films], reference.scored[films]), noise[films, "auc"])
                for films in ("stressed", "check")
            )
            told = stressed if check == stressed or stressed == WITHIN else f"{stressed}, on the check {check}"
            moved[told].append(f"{row.trial.name} (against {reference.trial.name})")
    if not moved:
        return []
    return [
        "## In short: what moved the AUC of stressed films",
        "",
        *(f"- {told}: {'; '.join(names)}" for told, names in sorted(moved.items())),
        "",
    ]


def _table_lines(table: Table, outcomes: Sequence[Outcome], left_out: Sequence[str], noise: Noise) -> list[str]:
    lines = [f"## {table.title}", "", *([table.text.strip(), ""] if table.text else [])]
    by_name = {outcome.trial.name: outcome for outcome in outcomes}
    questions: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.trial.question and outcome.trial.against in by_name:
            questions[outcome.trial.question].append(outcome)
    for question, rows in questions.items():
        lines += _question_lines(question, rows, by_name, noise)
    if left_out:
        lines += ["Not run:", "", *(f"- {reason}" for reason in left_out), ""]
    return lines


def _question_lines(question: str, rows: Sequence[Outcome], by_name: Mapping[str, Outcome], noise: Noise) -> list[str]:
    references = list(dict.fromkeys(row.trial.against for row in rows))
    lines = [
        f"### {question}",
        "",
        "| trial | recall, plain | recall, stressed | AUC, stressed | AUC, check | parameters |",
        "|---|---|---|---|---|---|",
    ]
    for row in (*(by_name[name] for name in references), *rows):
        cells = [row.cell(*which) for which in (("plain", _RECALL), ("stressed", _RECALL))]
        cells += [row.cell(films, "auc") for films in ("stressed", "check")]
        lines.append(f"| {row.trial.name} | {' | '.join(cells)} | {row.result['parameters']:,} |")
    return [*lines, "", *(_answer(row, by_name[row.trial.against], noise) for row in rows), ""]


def _answer(row: Outcome, reference: Outcome, noise: Noise) -> str:
    """One sentence on the effect of a change."""
    parts = []
    for films, measure in _COMPARED:
        difference = paired_difference(measure, row.scored[films], reference.scored[films])
        what = f"{_NAMES[measure]} on {films} films {_signed(difference)}"
        parts.append(f"{what}, {verdict(difference, noise[films, measure])}")
    return f"- **{row.trial.name}** against *{reference.trial.name}*: {'; '.join(parts)}."


def _signed(difference: Difference) -> str:
    return f"{difference.value:+.3f} ({difference.low:+.3f} to {difference.high:+.3f})"


def verdict(difference: Difference, noise: float) -> str:
    """`**better**`, `**worse**` or `WITHIN`."""
    if not difference.exceeds(noise):
        return WITHIN
    return "**better**" if difference.value > 0 else "**worse**"


def _phase_lines(shipped: Metrics) -> list[str]:
    """The effect of fine-tuning on the validation figures of the shipped training."""
    best: dict[str, Mapping[str, Any]] = {}
    for row in shipped.epochs:
        phase = row["phase"]
        if phase not in best or row["val_auc"] > best[phase]["val_auc"]:
            best[phase] = row
    columns = {
        "val_sensitivity_at_specificity_90": "recall at 90 % specificity",
        "val_recall": "recall at 0.5",
        "val_specificity": "specificity at 0.5",
        "val_auc": "AUC",
    }
    names = {"head": "head only", "fine_tune": "fine-tuned"}
    return [
        "## What fine-tuning did in the shipped training",
        "",
        f"Run `{shipped.run}`, trained on all films; the best epoch of each phase on its validation films, plain "
        "and stressed. A trial is too short to show this: its base has hardly begun to learn.",
        "",
        "| phase | epoch | " + " | ".join(columns.values()) + " |",
        "|---|---|" + "---|" * len(columns),
        *(
            f"| {names[phase]} | {row['epoch'] + 1} | " + " | ".join(f"{row[key]:.3f}" for key in columns) + " |"
            for phase, row in best.items()
        ),
        "",
    ]


def _agreement_lines(outcomes: Sequence[Outcome], noise: Noise) -> list[str]:
    recipes = {_recipe(o.trial): o for o in reversed(outcomes) if not o.trial.without}
    ranked = list(reversed(recipes.values()))
    tuned = [o for o in ranked if o.trial.config.fine_tune.enabled and o.trial.config.model.weights != "none"]
    unseen = {o.trial.recipe: o for o in outcomes if o.trial.without}
    repeated = [o for o in ranked if o.trial.name in unseen]
    lines = [
        "## May the stress validation choose?",
        "",
        "It may if checks that share nothing with it rank the recipes alike: other patients under other changes of "
        "acquisition (*check*), and a kind of pneumonia the net was never shown (*viral, never shown*: the recipe "
        "trained on normal and bacterial films only). Tau and rho run from -1 to 1. The last column counts pairs of "
        "trials that the first check tells apart by more than another seed does. Fine-tuned trials are the hard case: "
        "they are near each other, where a head alone or random weights are far off.",
        "",
        "| ranking | against | trials | Spearman's rho | Kendall's tau (p) | pairs told apart that are ordered alike |",
        "|---|---|---|---|---|---|",
    ]
    for group, chosen in (("all recipes", ranked), ("fine-tuned ones", tuned)):
        for films, measure in _RANKED:
            other = [outcome.value("check", measure) for outcome in chosen]
            lines.append(_agreement_line(chosen, (films, measure), group, f"{_NAMES[measure]}, check", other, noise))
    other = [unseen[outcome.trial.name].value("viral", "auc") for outcome in repeated]
    for films in _RANKED_UNSEEN:
        against = "AUC, viral, never shown"
        lines.append(_agreement_line(repeated, (films, "auc"), "recipes trained twice", against, other, noise))
    return [*lines, "", _may_choose(ranked), ""]


def _may_choose(ranked: Sequence[Outcome]) -> str:
    """The answer, from the AUC of all recipes on stressed films and on the check."""
    stressed, check = ([outcome.value(films, "auc") for outcome in ranked] for films in ("stressed", "check"))
    found = agreement(stressed, check)
    if found is not None and found.kendall > 0 and found.kendall_p < 0.05:
        return f"Over these {len(ranked)} recipes the two rankings agree by more than chance."
    return (
        f"Over these {len(ranked)} recipes agreement is not shown: the recipes differ too little, or are too few, for "
        "checks of this size. A small lead on stressed films must not decide between recipes."
    )


def _agreement_line(
    trials: Sequence[Outcome],
    ranked_by: tuple[SetName, Measure],
    group: str,
    against: str,
    other: Sequence[float],
    noise: Noise,
) -> str:
    films, measure = ranked_by
    found = agreement([outcome.value(films, measure) for outcome in trials], other, noise[ranked_by])
    start = f"| {_NAMES[measure]}, {films}: {group} | {against} | {len(trials)}"
    if found is None:
        return f"{start} | too few trials (fewer than {LEAST_TRIALS}) | | |"
    kendall = f"{found.kendall:.2f} ({found.kendall_p:.3f})"
    return f"{start} | {found.spearman:.2f} | {kendall} | {found.alike} of {found.pairs} |"
