"""Plots: training curves, ROC, precision-recall, reliability, trials, the worst errors with their heat maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve, roc_auc_score, roc_curve

from edge_app.display.heatmap import colourise, enlarge, overlay, unit_map
from trainer.statistics.metrics import reliability

# Okabe and Ito's palette, which people with any colour vision can tell apart.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00")
_GALLERY_COLUMNS = 4


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, dpi=110, bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)


def training_curves(log: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draws loss, accuracy and recall over the epochs of both phases; a line marks the beginning of phase 2.

    Args:
        log: Rows of `log.csv`.
        path: PNG file to write.
    """
    figure, axes = plt.subplots(1, 3, figsize=(13, 3.6))
    boundary = sum(row["phase"] == "head" for row in log)
    epochs = np.arange(1, len(log) + 1)
    for axis, name in zip(axes, ("loss", "accuracy", "recall"), strict=True):
        axis.plot(epochs, [row[name] for row in log], "o-", color=COLOURS[0], label="training")
        axis.plot(epochs, [row[f"val_{name}"] for row in log], "s-", color=COLOURS[1], label="validation")
        if 0 < boundary < len(log):
            axis.axvline(boundary + 0.5, color="grey", linestyle=":", label="fine-tuning begins")
        axis.set(title=name.capitalize(), xlabel="epoch")
        axis.grid(alpha=0.3)
    axes[0].legend()
    _save(figure, path)


def roc_and_pr(
    labels: NDArray[np.int64], scores: Mapping[str, NDArray[np.float64]], threshold: float, path: Path
) -> None:
    """Draws ROC and precision-recall curves of several files on the same films.

    Args:
        labels: `(films,)`.
        scores: `(films,)` calibrated probabilities by name of the file; the operating point is marked on the last.
        threshold: Threshold of the operating point.
        path: PNG file to write.
    """
    figure, (roc, pr) = plt.subplots(1, 2, figsize=(10, 4.4))
    for (name, probabilities), colour in zip(scores.items(), COLOURS, strict=False):
        false_rate, true_rate, _ = roc_curve(labels, probabilities)
        precision, recall, _ = precision_recall_curve(labels, probabilities)
        area = roc_auc_score(labels, probabilities)
        roc.plot(false_rate, true_rate, color=colour, label=f"{name}, AUC {area:.4f}")
        pr.plot(recall, precision, color=colour, label=name)
    called = probabilities >= threshold
    recall_here = called[labels == 1].mean()
    roc.plot(called[labels == 0].mean(), recall_here, "k*", markersize=12, label="operating point")
    pr.plot(recall_here, labels[called].mean() if called.any() else 0, "k*", markersize=12)
    roc.set(xlabel="1 - specificity", ylabel="recall (sensitivity)", title="ROC")
    pr.set(xlabel="recall (sensitivity)", ylabel="precision", title="Precision and recall")
    for axis in (roc, pr):
        axis.grid(alpha=0.3)
    roc.legend(loc="lower right")
    _save(figure, path)


def reliability_diagram(labels: NDArray[np.int64], probabilities: NDArray[np.float64], path: Path) -> None:
    """Share of films with a given probability that are positive, and the number of films."""
    figure, (axis, counts) = plt.subplots(2, 1, figsize=(4.8, 5.4), sharex=True, gridspec_kw={"height_ratios": [3, 1]})
    rows = reliability(labels, probabilities)
    axis.plot([0, 1], [0, 1], color="grey", linestyle=":")
    axis.plot([row[1] for row in rows], [row[2] for row in rows], "o-", color=COLOURS[0])
    axis.set(ylabel="share that is positive", title="Reliability")
    counts.bar([row[0] + 0.05 for row in rows], [row[3] for row in rows], width=0.09, color=COLOURS[0])
    counts.set(xlabel="calibrated probability", ylabel="films")
    axis.grid(alpha=0.3)
    _save(figure, path)


def trial_comparison(results: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draws the recall of each trial at one specificity, on plain and stressed validation films, with its interval.

    Args:
        results: Summary of each trial, see `trainer.research.compare`.
        path: PNG file to write.
    """
    rows = sorted(results, key=lambda row: row["stressed"]["recall_at_specificity"]["value"])
    figure, axis = plt.subplots(figsize=(8, 0.5 * len(rows) + 1.5))
    for offset, (side, colour) in enumerate(zip(("stressed", "plain"), COLOURS, strict=False)):
        found = [row[side]["recall_at_specificity"] for row in rows]
        values = np.array([estimate["value"] for estimate in found])
        errors = np.abs([[e["low"] for e in found], [e["high"] for e in found]] - values)
        places = np.arange(len(rows)) + 0.18 * (2 * offset - 1)
        axis.errorbar(values, places, xerr=errors, fmt="o", color=colour, capsize=3, label=f"{side} films")
    axis.set_yticks(np.arange(len(rows)), [row["name"] for row in rows], fontsize=8)
    axis.set(xlabel="recall at a specificity of 90 %")
    axis.grid(alpha=0.3)
    axis.legend(loc="lower right")
    _save(figure, path)


def error_gallery(
    films: NDArray[np.uint8],
    labels: NDArray[np.int64],
    probabilities: NDArray[np.float64],
    evidence: NDArray[np.float32],
    names: Sequence[str],
    *,
    threshold: float,
    scale: float,
    path: Path,
    most: int = 12,
) -> None:
    """Draws the films that were called wrong by the widest margin, without and with the heat map.

    Args:
        films: `(films, height, width)` uint8.
        labels: `(films,)`.
        probabilities: `(films,)`, calibrated.
        evidence: `(films, grid rows, grid columns)` float32.
        names: Names of the films.
        threshold: Threshold of the operating point.
        scale: Evidence that is painted at full strength.
        path: PNG file to write.
        most: Number of films of each kind of error.
    """
    called = probabilities >= threshold
    margin = np.abs(probabilities - threshold)
    missed = [i for i in np.argsort(-margin) if labels[i] == 1 and not called[i]][:most]
    alarms = [i for i in np.argsort(-margin) if labels[i] == 0 and called[i]][:most]
    chosen = [*missed, *alarms]
    rows = max(1, -(-len(chosen) // _GALLERY_COLUMNS))
    figure, axes = plt.subplots(rows, _GALLERY_COLUMNS, figsize=(4.2 * _GALLERY_COLUMNS, 2.5 * rows), squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, i in zip(axes.flat, chosen, strict=False):
        painted = overlay(films[i], colourise(enlarge(unit_map(evidence[i], scale), *films[i].shape)))
        bare = np.repeat(films[i][..., None], 3, axis=2)
        axis.imshow(np.hstack([bare, painted]))
        kind = "missed" if labels[i] == 1 else "false alarm"
        axis.set_title(f"{kind}, p = {probabilities[i]:.2f}\n{names[i]}", fontsize=8)
    _save(figure, path)
