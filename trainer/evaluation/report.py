"""`metrics.json` and its readable twin: one evaluation for the Keras, the float and the quantized file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from edge_app.bundle import ModelFile, Variant
from edge_app.bundle.decision import calibrate
from edge_app.bundle.manifest import Estimate, Parity
from trainer.calibration.operating_point import Calibration
from trainer.data.catalog import UNKNOWN_KIND
from trainer.data.film_set import FilmSet
from trainer.statistics.metrics import (
    CALIBRATION_BINS,
    Confusion,
    as_plain,
    auc_of,
    binned_error,
    equal_mass_bins,
    mcnemar_p,
    share_of,
    with_intervals,
)

RECALL_GOAL = 0.9
VARIANTS: tuple[Variant, ...] = ("quant", "float")
BINNING = f"calibration error over {CALIBRATION_BINS} bins of equal width; equal mass: as many of equally many films"


def calibrated_probabilities(raw: NDArray[np.float64], model: ModelFile) -> NDArray[np.float64]:
    """Applies a file's calibration to its raw probabilities, as the app does."""
    return np.array([calibrate(float(p), model.temperature, model.bias) for p in raw])


def calibration_part(chosen: Calibration) -> dict[str, Any]:
    """What `metrics.json` says of a file's calibration: the choice, and what to expect of it on held-out patients."""
    return {
        "temperature": chosen.temperature,
        "bias": chosen.bias,
        "prevalence": round(chosen.prevalence, 4),
        "binning": BINNING,
        "held_out": {side: as_plain(figures) for side, figures in chosen.held_out.items()},
    }


def evaluate_file(
    films: FilmSet, raw: NDArray[np.float64], model: ModelFile
) -> tuple[dict[str, Any], dict[str, Estimate]]:
    """Evaluates one file at its default operating point.

    Args:
        films: What was scored.
        raw: `(films,)`, uncalibrated probabilities.
        model: Calibration and operating points.

    Returns:
        The part of `metrics.json`, and the estimates that go into the manifest.
    """
    probabilities = calibrated_probabilities(raw, model)
    point = model.operating_point()
    estimates = with_intervals(films.labels, probabilities, films.patients, point.threshold)
    for kind in np.unique(films.kinds[films.labels == 1]):
        if kind != UNKNOWN_KIND:
            mine = (films.kinds == kind) & (films.labels == 1)
            estimates[_key("recall", kind)] = _share(films, probabilities >= point.threshold, mine)
    if films.sources is not None:
        for source in np.unique(films.sources):
            mine = films.sources == source
            if len(np.unique(films.labels[mine])) == 2:
                estimates[_key("roc_auc", source)] = auc_of(films.labels[mine], raw[mine], films.patients[mine])
    estimates["calibration_error_equal_mass"] = binned_error(
        films.labels, probabilities, films.patients, equal_mass_bins(probabilities)
    )
    points = {}
    for each in model.operating_points:
        confusion = Confusion.at(films.labels, probabilities, each.threshold)
        points[each.name] = {"threshold": each.threshold, **asdict(confusion)}
        points[each.name] |= _rates(confusion)
        called = probabilities >= each.threshold
        points[each.name]["intervals"] = as_plain(
            {
                "sensitivity": _share(films, called, films.labels == 1),
                "specificity": _share(films, ~called, films.labels == 0),
            }
        )
    inside = (probabilities >= model.uncertain.low) & (probabilities <= model.uncertain.high)
    right = (probabilities >= point.threshold) == (films.labels == 1)
    everywhere = np.ones(len(right), dtype=bool)
    return {
        "films": len(films.labels),
        "negative": int((films.labels == 0).sum()),
        "positive": int((films.labels == 1).sum()),
        "patients": len(set(films.patients.tolist())),
        "operating_point": point.name,
        "threshold": point.threshold,
        "temperature": model.temperature,
        "bias": model.bias,
        "metrics": as_plain(estimates),
        "recall_above_goal": bool(estimates["recall"].value > RECALL_GOAL),
        "operating_points": points,
        "uncertain": {
            "low": model.uncertain.low,
            "high": model.uncertain.high,
            **as_plain(
                {
                    "share_of_films": _share(films, inside, everywhere),
                    "accuracy_outside": _share(films, right, ~inside),
                    "accuracy_inside": _share(films, right, inside),
                }
            ),
        },
    }, estimates


def _key(metric: str, group: str) -> str:
    return f"{metric}_{re.sub('[^a-z0-9]+', '_', str(group).lower()).strip('_')}"


def _share(films: FilmSet, hit: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> Estimate:
    return share_of(hit[chosen], films.labels[chosen], films.patients[chosen])


def _rates(c: Confusion) -> dict[str, float]:
    return {
        "recall": round(c.true_positives / max(c.true_positives + c.false_negatives, 1), 4),
        "specificity": round(c.true_negatives / max(c.true_negatives + c.false_positives, 1), 4),
    }


def parity(
    films: FilmSet,
    measured_on: str,
    raw: Mapping[Variant, NDArray[np.float64]],
    evidence: Mapping[Variant, NDArray[np.float32]],
    models: Mapping[Variant, ModelFile],
) -> tuple[Parity, dict[str, Any]]:
    """Compares the quantized with the float file, film by film, each at its own operating point.

    Args:
        films: What was scored.
        measured_on: Which films, in words.
        raw: Uncalibrated probabilities by variant (`float`, `quant`).
        evidence: Evidence grids by variant.
        models: Calibration and thresholds by variant.

    Returns:
        The manifest's entry, and the same with McNemar's test for `metrics.json`.
    """
    calls, right = {}, {}
    for name in VARIANTS:
        probabilities = calibrated_probabilities(raw[name], models[name])
        calls[name] = probabilities >= models[name].operating_point().threshold
        right[name] = calls[name] == (films.labels == 1)
    correlations = [
        float(np.corrcoef(a.ravel(), b.ravel())[0, 1])
        for a, b in zip(evidence["float"], evidence["quant"], strict=True)
        if a.std() > 0 and b.std() > 0
    ]
    result = Parity(
        measured_on=measured_on,
        films=len(films.labels),
        auc_drop=float(roc_auc_score(films.labels, raw["float"]) - roc_auc_score(films.labels, raw["quant"])),
        changed_decisions=float((calls["float"] != calls["quant"]).mean()),
        max_probability_difference=float(np.abs(raw["float"] - raw["quant"]).max()),
        evidence_correlation_median=float(np.median(correlations)) if correlations else 0.0,
    )
    plain = {
        "measured_on": measured_on,
        "films": result.films,
        "auc_drop": round(result.auc_drop, 5),
        "changed_decisions": round(result.changed_decisions, 4),
        "changed_films": int((calls["float"] != calls["quant"]).sum()),
        "max_probability_difference": round(result.max_probability_difference, 4),
        "evidence_correlation_median": round(result.evidence_correlation_median, 4),
        "mcnemar_p": round(mcnemar_p(right["float"], right["quant"]), 4),
    }
    return result, plain


def readable(metrics: Mapping[str, Any]) -> str:
    """Renders `metrics.json` as Markdown: recall first, because a missed positive film is the costly error."""
    lines = ["# Evaluation", ""]
    for side in ("test", "validation"):
        if side not in metrics:
            continue
        files = metrics[side]
        first = next(iter(files.values()))
        lines += [
            f"## {side.capitalize()} films: {first['films']} of {first['patients']} patients "
            f"({first['negative']} negative, {first['positive']} positive)",
            "",
            "At each file's default operating point, with 95 % intervals from a bootstrap over patients.",
            "",
            "| | " + " | ".join(files) + " |",
            "|---|" + "---|" * len(files),
        ]
        names = list(first["metrics"])
        order = ["recall", "specificity", *[n for n in names if n not in ("recall", "specificity")]]
        for name in order:
            cells = [_cell(file["metrics"].get(name)) for file in files.values()]
            lines.append(f"| {name.replace('_', ' ')} | " + " | ".join(cells) + " |")
        lines.append("")
        for name, file in files.items():
            c = file["operating_points"][file["operating_point"]]
            verdict = "above" if file["recall_above_goal"] else "NOT above"
            lines.append(
                f"- **{name}**: {c['true_positives']} of {file['positive']} positive films found, "
                f"{c['false_negatives']} missed; {c['true_negatives']} of {file['negative']} negative films called "
                f"negative, "
                f"{c['false_positives']} false alarms. Recall is {verdict} {RECALL_GOAL:.0%}."
            )
        lines += ["", *_points_and_band(first, next(iter(files))), ""]
    return "\n".join(lines)


def _points_and_band(file: Mapping[str, Any], name: str) -> list[str]:
    if not all("intervals" in found for found in file["operating_points"].values()):
        return []  # a bundle of an earlier trainer
    lines = [f"| {name}, operating point | sensitivity | specificity |", "|---|---|---|"]
    for point, found in file["operating_points"].items():
        intervals = found["intervals"]
        lines.append(f"| {point} | {_cell(intervals['sensitivity'])} | {_cell(intervals['specificity'])} |")
    band = file["uncertain"]
    lines += [
        "",
        f"Uncertain band of {name}: {_cell(band['share_of_films'])} of the films lie in it; of the others "
        f"{_cell(band['accuracy_outside'])} are called right, of those in it {_cell(band['accuracy_inside'])}.",
    ]
    return lines


def calibration_section(parts: Mapping[str, Mapping[str, Any]]) -> str:
    """Renders what `calibration_part` gave for each file as a Markdown table."""
    names = list(next(iter(next(iter(parts.values()))["held_out"].values())))
    lines = [
        "On films of patients that neither calibration nor thresholds were fitted on (cross-fitted over patients; "
        f"{BINNING}), at the balanced point:",
        "",
        "| file, films | " + " | ".join(name.replace("_", " ") for name in names) + " |",
        "|---" * (len(names) + 1) + "|",
    ]
    for variant, part in parts.items():
        for side, figures in part["held_out"].items():
            lines.append(f"| {variant}, {side} | " + " | ".join(_cell(figures[name]) for name in names) + " |")
    return "\n".join(lines)


def _cell(estimate: Mapping[str, float] | None) -> str:
    if estimate is None:
        return "-"
    return f"{estimate['value']:.3f} ({estimate['low']:.3f}-{estimate['high']:.3f})"


def comparison_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Renders the comparison of precisions as a Markdown table."""
    runtimes = list(rows[0]["ms"]) if rows else []
    head = ["file", "bytes", *[f"ms, {r}" for r in runtimes], "AUC", "recall", "specificity", "changed decisions"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        times = ["does not load" if row["ms"].get(r) is None else f"{row['ms'][r]:.1f}" for r in runtimes]
        cells = [row["file"], f"{row['bytes']:,}", *times]
        cells += [f"{row['auc']:.4f}", f"{row['recall']:.3f}", f"{row['specificity']:.3f}"]
        cells.append(f"{row['changed_decisions']:.1%}")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
