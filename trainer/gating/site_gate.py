"""Fits the gate of a bundle from prepared films, those of another hospital among them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_app.bundle import ModelFile
from edge_app.bundle.manifest import Population
from trainer.data.second_site import SiteFilms
from trainer.evaluation.predictions import score_tflite
from trainer.gating.fit_gate import CHILDREN, FittedParts, Floats, fit_gate


def fit_gate_for(
    model_bytes: bytes,
    model: ModelFile,
    known: NDArray[np.uint8],
    calibration: NDArray[np.uint8],
    *,
    population: Population = CHILDREN,
    other_site: SiteFilms | None = None,
    known_features: Floats | None = None,
    calibration_features: Floats | None = None,
    measured_on: str = "validation films of patients the model was not trained on",
    seed: int = 0,
) -> FittedParts:
    """Fits the gate of a bundle from prepared films: computes the features that are missing, then calls `fit_gate`.

    Args:
        model_bytes: The `.tflite` file whose features are used, the quantized one.
        model: Its entry in the manifest.
        known: `(films, height, width)` uint8 training films.
        calibration: The same of validation films, which are not among the known ones.
        population: Whose films the model knows.
        other_site: Films from outside the population; half of their patients are used.
        known_features: `(films, channels)` float32 of `known`, if they were computed already.
        calibration_features: The same of `calibration`.
        measured_on: Which films the stated false rates come from.
        seed: Of the choice of known films.

    Returns:
        Arrays and parameters for the bundle.
    """
    if known_features is None:
        known_features = score_tflite(known, model_bytes, model).features
    if calibration_features is None:
        calibration_features = score_tflite(calibration, model_bytes, model).features
    other_features = other_prepared = None
    if other_site is not None:
        other_prepared = other_site.prepared[other_site.taught()]
        other_features = score_tflite(other_prepared, model_bytes, model).features
    return fit_gate(
        np.concatenate([known_features, calibration_features]),
        np.concatenate([known, calibration]),
        held_out=np.repeat([False, True], [len(known), len(calibration)]),
        other_features=other_features,
        other_prepared=other_prepared,
        population=population,
        measured_on=measured_on,
        seed=seed,
    )
