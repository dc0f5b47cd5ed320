"""Writes MODEL_CARD.md from a bundle's manifest and metrics; no number in it is typed by hand."""

from __future__ import annotations

import math
from pathlib import Path

from edge_app.bundle.bundle import MANIFEST_NAME
from edge_app.bundle.manifest import Manifest, ModelFile, UncertainBand, parse_manifest
from trainer.evaluation.figures import Metrics, read_metrics
from trainer.evaluation.report import calibration_section, comparison_table, evaluation_section
from trainer.packaging.card_sections import extra_sections

CARD_NAME = "MODEL_CARD.md"


def write_model_card(bundle: Path) -> Path:
    """Writes the card into a bundle's folder.

    Args:
        bundle: Folder with `manifest.json` and `metrics.json`.

    Returns:
        The card.
    """
    manifest = parse_manifest((bundle / MANIFEST_NAME).read_bytes())
    card = bundle / CARD_NAME
    card.write_text(render(manifest, read_metrics(bundle)), encoding="utf-8")
    return card


def render(manifest: Manifest, metrics: Metrics) -> str:
    """Renders the card as Markdown.

    Args:
        manifest: Manifest of the bundle.
        metrics: Metrics of the bundle.
    """
    identity, use = manifest.identity, manifest.intended_use
    parity = metrics.parity
    duplicates = metrics.near_duplicates
    parts = [
        f"# {identity.name} {identity.version}",
        f"**{use.statement}**",
        "Written by `python -m trainer model-card` from `manifest.json` and `metrics.json`: every number is theirs.",
        f"Negative is {manifest.labels.negative}, positive is {manifest.labels.positive}.",
        "## For whom",
        use.population,
        _recalibrated(manifest, metrics),
        "## Limits",
        "\n".join(f"- {limit}" for limit in use.limits),
        "## How to read the answer",
        _operating_points(manifest.variant("quant")),
        calibration_section(metrics.calibration),
        "## Evaluation",
        evaluation_section(metrics, "###"),
        extra_sections(metrics, name_films=False),
        "![ROC and precision-recall curves](roc_pr.png)",
        "![Reliability](reliability.png)",
        "## Quantized against float",
        f"On the {parity.measured_on} ({parity.films} films), each at its own operating point: the AUC drops "
        f"by {parity.auc_drop:.4f}, {parity.changed_films} decisions ({parity.changed_decisions:.1%}) change "
        f"(McNemar p = {parity.mcnemar_p:.2f}), the largest difference of a raw probability is "
        f"{parity.max_probability_difference:.2f}, and the evidence grids correlate at a median of "
        f"{parity.evidence_correlation_median:.3f}.",
        comparison_table(metrics.comparison),
        "Milliseconds are medians of one invoke on one thread of the machine that trained; `changed decisions` is "
        "against the float file.",
        "## Training",
        _training(manifest, metrics),
        "![Training curves](curves.png)",
        "## Near-copies",
        f"Films of different patients whose 64-bit perceptual hashes differ by at most {duplicates.bits} bits: "
        f"{duplicates.pairs_across_patients} pairs, {duplicates.pairs_with_a_test_film} with a test film, "
        f"so {duplicates.films_left_out_of_training} films were left out of training and validation for that.",
        "## Which films it scores at all",
        _gate(manifest, metrics),
        "## Identity",
        f"UID {identity.uid}, made {identity.created} by {identity.creator}.\n\n"
        + "\n".join(f"- `{r.path}`, {r.bytes:,} bytes, SHA-256 `{r.sha256}`" for r in manifest.files()),
    ]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def _recalibrated(manifest: Manifest, metrics: Metrics) -> str:
    about = manifest.recalibration
    if about is None:
        return ""
    return (
        f"## Recalibrated for a site\n\nProbabilities, operating points and uncertain band were fitted again at "
        f"{about.made}, from the model with UID {about.base_uid}; weights and gate are the same. The section "
        f"on test films and the comparison of files below are from before.\n\n{metrics.recalibration}"
    )


def _gate(manifest: Manifest, metrics: Metrics) -> str:
    gate = manifest.gate
    if gate is None:
        return "This bundle has no gate: it scores every film it is given."
    refused, flagged = gate.false_refusals, gate.false_flags
    taught = "" if metrics.gate.taught_with_another_site else " It has seen no film of another site."
    return (
        f"A gate looks at features and layout first. On {gate.measured_on} it refuses "
        f"{refused.value:.1%} ({refused.low:.1%}-{refused.high:.1%}) and flags as outside the population "
        f"{flagged.value:.1%} ({flagged.low:.1%}-{flagged.high:.1%}) wrongly.{taught}"
    )


def _operating_points(model: ModelFile) -> str:
    lines = [
        f"The calibrated probability is sigmoid(logit / {model.temperature:.3f} {model.bias:+.3f}). It holds where "
        f"{model.prevalence:.0%} of the films are positive, as in those it was fitted on; where a share p does, add "
        f"ln(p / (1 - p)) {-_log_odds(model.prevalence):+.3f} to its logit, or run `trainer recalibrate` on films "
        "of the site. A film at or above the threshold is called positive. Expected rates were measured on "
        f"{model.operating_points[0].measured_on}:",
        "",
        "| operating point | threshold | expected sensitivity | expected specificity | rule |",
        "|---|---|---|---|---|",
    ]
    for point in model.operating_points:
        se, sp = point.sensitivity, point.specificity
        lines.append(
            f"| {point.name} | {point.threshold:.3f} | {se.value:.3f} ({se.low:.3f}-{se.high:.3f}) "
            f"| {sp.value:.3f} ({sp.low:.3f}-{sp.high:.3f}) | {point.rule} |"
        )
    lines += [
        "",
        f"Between {model.uncertain.low:.3f} and {model.uncertain.high:.3f} the answer is shown as uncertain "
        f"({model.uncertain.rule}).{_cost(model.uncertain)}",
    ]
    return "\n".join(lines)


def _log_odds(share: float) -> float:
    return math.log(share / (1 - share))


def _cost(band: UncertainBand) -> str:
    inside, outside = band.share_inside, band.accuracy_outside
    if inside is None or outside is None:
        return ""
    return (
        f" To expect: {inside.value:.1%} ({inside.low:.1%}-{inside.high:.1%}) of the films lie there, and "
        f"{outside.value:.1%} ({outside.low:.1%}-{outside.high:.1%}) of the others are called right."
    )


def _training(manifest: Manifest, metrics: Metrics) -> str:
    training = manifest.training
    epochs = metrics.epochs
    phases = {name: sum(row["phase"] == name for row in epochs) for name in dict.fromkeys(r["phase"] for r in epochs)}
    return "\n".join(
        [
            f"- run `{training.run}`: {', '.join(f'{count} epochs of phase {name}' for name, count in phases.items())}",
            f"- data: {training.dataset}",
            f"- films: {', '.join(f'{count} {side}' for side, count in training.films.items())}, split by patient "
            f"(split SHA-256 `{training.split_sha256}`)",
            f"- backbone {training.backbone}, initial weights {training.initial_weights}",
            f"- configuration SHA-256 `{training.config_sha256}` (in full in `metrics.json`)",
            f"- {', '.join(f'{name} {version}' for name, version in training.versions.items())}",
        ]
    )
