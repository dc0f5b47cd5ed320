"""Evaluates the files of a bundle on the test films: for `trainer train` and `trainer evaluate` alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from edge_app.analysis.gate import Gate, Verdict
from edge_app.bundle import ModelFile, Variant
from edge_app.bundle.manifest import Parity
from edge_app.imaging.radiograph import Radiograph
from trainer.data.film_set import FilmSet
from trainer.data.lung_masks import LungMasks
from trainer.data.second_site import SiteFilms
from trainer.evaluation.error_analysis import analyse_errors
from trainer.evaluation.external_site import evaluate_external_site
from trainer.evaluation.figures import BundleFigures, SiteFigures
from trainer.evaluation.file_figures import evaluate_file
from trainer.evaluation.parity import measure_parity
from trainer.evaluation.predictions import VARIANTS, Scores, calibrated_probabilities, score_keras, score_tflite
from trainer.evaluation.test_split_log import log_test_evaluation
from trainer.heat_map_quality.heat_maps import heat_map_quality
from trainer.progress import progress_line

MEASURED_ON = "official test split"


@dataclass(frozen=True, slots=True, eq=False)
class BundleFiles:
    """The files of a bundle, built or about to be.

    Attributes:
        data: `.tflite` bytes by variant.
        models: Entries in the manifest by variant.
        keras_model: The Keras model.
        gate: The gate.
        run: Name of the run that made them.
        uid: UID of the model.
    """

    data: Mapping[Variant, bytes]
    models: Mapping[Variant, ModelFile]
    keras_model: keras.Model
    gate: Gate
    run: str
    uid: str


@dataclass(frozen=True, slots=True, eq=False)
class ExternalSiteFilms:
    """Films of another hospital.

    Attributes:
        films: The films.
        statement: What their labels are worth, Markdown.
        gate_was_taught: Whether the gate learnt from these films.
    """

    films: SiteFilms
    statement: str
    gate_was_taught: bool


@dataclass(frozen=True, slots=True, eq=False)
class BundleEvaluation:
    """The result of an evaluation.

    Attributes:
        figures: Figures for `metrics.json`; no validation films.
        parity: Entry of the manifest.
        scores: Scores of the test films by variant.
        keras_scores: `(films,)` float64, uncalibrated probabilities of the Keras model.
    """

    figures: BundleFigures
    parity: Parity
    scores: Mapping[Variant, Scores]
    keras_scores: NDArray[np.float64]


def evaluate_files(
    files: BundleFiles,
    test: FilmSet,
    runs: Path,
    *,
    purpose: str,
    site: ExternalSiteFilms | None,
    masks: LungMasks | None = None,
) -> BundleEvaluation:
    """Evaluates the files of a bundle on the test films, after a line in the log of test evaluations.

    Args:
        files: The files.
        test: The test films.
        runs: Folder of all runs, with the log.
        purpose: Command that scores the films.
        site: Films of another hospital.
        masks: Lungs drawn on films of the data set.
    """
    counted = log_test_evaluation(runs, run=files.run, uid=files.uid, purpose=purpose)
    scores = {variant: score_tflite(test.films, files.data[variant], files.models[variant]) for variant in VARIANTS}
    keras_scores = score_keras(test.films, files.keras_model)
    parity, parity_figures = measure_parity(test.labels, MEASURED_ON, scores, files.models)
    quant, data = files.models["quant"], files.data["quant"]
    figures = BundleFigures(
        test={
            **{
                variant: evaluate_file(test, scores[variant].probability, files.models[variant]) for variant in VARIANTS
            },
            "keras": evaluate_file(test, keras_scores, files.models["float"]),
        },
        parity=parity_figures,
        errors=analyse_errors(
            test,
            calibrated_probabilities(scores["quant"].probability, quant),
            quant,
            _verdicts(files.gate, test.films, scores["quant"].features),
        ),
        heat_maps=heat_map_quality(
            test,
            files.keras_model,
            data,
            quant,
            away=site.films if site else None,
            masks=masks,
            progress=progress_line("measuring heat maps"),
        ),
        test_evaluations=counted,
        external_site=_evaluate_site(files, site) if site else None,
    )
    return BundleEvaluation(figures, parity, scores, keras_scores)


def _evaluate_site(files: BundleFiles, site: ExternalSiteFilms) -> SiteFigures:
    scores = score_tflite(site.films.prepared, files.data["quant"], files.models["quant"])
    return evaluate_external_site(
        site.films,
        scores,
        files.models["quant"],
        _verdicts(files.gate, site.films.prepared, scores.features),
        gate_was_taught=site.gate_was_taught,
        statement=site.statement,
    )


def _verdicts(gate: Gate, films: NDArray[np.uint8], features: NDArray[np.float32]) -> list[Verdict]:
    """The gate's verdict on prepared films, from their pixels alone: there is no header."""
    return [
        gate.examine(Radiograph(film, "0" * 64, "prepared film"), film, vector)
        for film, vector in zip(films, features, strict=True)
    ]
