"""Compares ways to quantize a trained net with its float file, on validation films."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_app.bundle import open_bundle
from trainer.data.catalog import scan
from trainer.data.prepare import PreparedFilms
from trainer.data.split import configured_split
from trainer.data.stress import stress
from trainer.evaluation.parity import evidence_agreement
from trainer.evaluation.predictions import Scores, score_tflite
from trainer.export.convert_checkpoint import convert_trained
from trainer.export.describe import draft
from trainer.progress import progress_line, say
from trainer.research.differences import SPECIFICITY, limit_at_specificity
from trainer.research.films import STRESS_SEED, evenly
from trainer.statistics.metrics import auc
from trainer.task import Task


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to quantize.

    Attributes:
        equalise: `export.equalise` of the configuration.
        float_share: `export.float_share`.
    """

    equalise: float
    float_share: float


CHOICES = (
    Choice(0.0, 0.0),
    Choice(0.75, 0.0),
    Choice(0.0, 0.46),
    Choice(0.75, 0.46),
    Choice(0.75, 0.77),
    Choice(1.0, 0.46),
)
"""Plain quantization, each measure alone, both, and more of either."""


@dataclass(frozen=True, slots=True)
class Parity:
    """The difference of a quantized file from the float file on the same films.

    Attributes:
        megabytes: Size of the quantized file, 10^6 bytes.
        auc_drop: AUC of the float file minus that of the quantized one.
        changed: Share of films whose call differs, each file at its own threshold of `SPECIFICITY`.
        worst: Largest difference of the probability of a film.
        evidence: Median over films of the correlation of the two evidence grids.
    """

    megabytes: float
    auc_drop: float
    changed: float
    worst: float
    evidence: float


def measure(quantized: Scores, reference: Scores, labels: NDArray[np.int64], size: int) -> Parity:
    """Compares two files that scored the same films.

    Args:
        quantized: Scores of the quantized file.
        reference: Scores of the float file.
        labels: `(films,)` int64, 0 or 1.
        size: Size of the quantized file, bytes.
    """
    calls = [scores.probability > limit_at_specificity(labels, scores.probability) for scores in (quantized, reference)]
    return Parity(
        megabytes=size / 1e6,
        auc_drop=auc(labels, reference.probability) - auc(labels, quantized.probability),
        changed=float((calls[0] != calls[1]).mean()),
        worst=float(np.abs(quantized.probability - reference.probability).max()),
        evidence=evidence_agreement(quantized.evidence, reference.evidence),
    )


def compare_precisions(
    bundle: Path,
    data: Path,
    runs: Path,
    task: Task,
    *,
    films: int,
    calibration_films: int,
    choices: Sequence[Choice] = CHOICES,
) -> str:
    """Quantizes the Keras model of a bundle in several ways and measures each on validation films.

    Args:
        bundle: The bundle.
        data: The data set's folder.
        runs: Folder with the cache of prepared films.
        task: Task of the bundle; its recipe must be that of the bundle.
        films: Validation films to score, and as many stressed copies; 0 for all.
        calibration_films: Training films that ranges are measured on.
        choices: Ways to quantize.

    Returns:
        A report, as Markdown.
    """
    manifest = open_bundle(bundle).manifest
    config = task.recipe
    catalog = scan(data, task, progress_line("reading films"))
    split = configured_split(catalog, config.data, config.seed)
    store = PreparedFilms(runs / "prepared", catalog.root, manifest.preprocessing)
    chosen, training = evenly(split.validation, films), evenly(split.training, calibration_films)
    store.make((*chosen, *training))
    plain, calibration = store.load(chosen), store.load(training)
    scored = np.concatenate([plain, stress(plain, STRESS_SEED)])
    labels = np.tile([film.label for film in chosen], 2)

    rows: list[tuple[Choice, Parity]] = []
    for choice in choices:
        say(f"equalise {choice.equalise:g}, float share {choice.float_share:g}")
        files = convert_trained(
            bundle / manifest.keras.path, calibration, equalise=choice.equalise, float_share=choice.float_share
        )
        quantized, reference = (
            score_tflite(scored, files[name], draft(f"{name}.tflite", files[name])) for name in ("quant", "float")
        )
        rows.append((choice, measure(quantized, reference, labels, len(files["quant"]))))
    return _report(rows, manifest.training.run, len(chosen), len(training))


def _report(rows: Sequence[tuple[Choice, Parity]], run: str, films: int, calibration_films: int) -> str:
    lines = [
        "# Quantizing after training",
        "",
        "Written by `python -m trainer precisions`; do not edit by hand.",
        "",
        f"The Keras model of run `{run}`, quantized in several ways with ranges from {calibration_films} training "
        f"films, against its float file on {films} validation films and as many stressed copies, in LiteRT. A call is "
        f"made at each file's own threshold of {SPECIFICITY:.0%} specificity. The first row is the plain way.",
        "",
        "| equalise | share of convolutions in float | MB | AUC lost | changed calls | worst probability difference | "
        "evidence grids, median correlation |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {choice.equalise:g} | {choice.float_share:.0%} | {parity.megabytes:.2f} | {parity.auc_drop:+.4f} | "
            f"{parity.changed:.1%} | {parity.worst:.3f} | {parity.evidence:.3f} |"
            for choice, parity in rows
        ),
    ]
    return "\n".join(lines) + "\n"
