"""What is looked at beyond the metrics: the errors, the heat maps, another hospital."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from edge_app.analysis.gate import Gate, Verdict
from edge_app.bundle import ModelFile
from edge_app.imaging.radiograph import Radiograph
from trainer.data.film_set import FilmSet
from trainer.data.second_site import SiteFilms
from trainer.evaluation.error_analysis import errors_looked_at
from trainer.evaluation.external_site import outside_look
from trainer.evaluation.predictions import Scores, score_tflite
from trainer.evaluation.report import calibrated_probabilities
from trainer.heat_map_quality.heat_maps import heat_map_quality
from trainer.heat_map_quality.lungs import DrawnLungs
from trainer.progress import progress_line


def look_further(
    test: FilmSet,
    scores: Scores,
    model_bytes: bytes,
    model: ModelFile,
    gate: Gate,
    keras_model: keras.Model,
    *,
    site: SiteFilms | None,
    statement: str,
    gate_was_taught: bool,
    outlined: Sequence[tuple[DrawnLungs, NDArray[np.uint8]]] = (),
) -> dict[str, Any]:
    """Looks at errors and heat maps on the test films, and at the films of another hospital if there are any.

    Args:
        test: The test films.
        scores: What the quantized file says of them.
        model_bytes: The quantized file.
        model: Its entry in the manifest.
        gate: Of the bundle.
        keras_model: Of the bundle.
        site: Films of another hospital.
        statement: What the labels of those films are worth, Markdown.
        gate_was_taught: Whether the gate learnt from half of their patients.
        outlined: Films with lungs outlined by hand, from `trainer.heat_map_quality.heat_maps.outlined_films`.

    Returns:
        The parts `errors`, `heat_maps` and (with a site) `outside` of `metrics.json`.
    """
    found: dict[str, Any] = {
        "errors": errors_looked_at(
            test,
            calibrated_probabilities(scores.probability, model),
            model,
            verdicts(gate, test.films, scores.features),
        ),
        "heat_maps": heat_map_quality(
            test,
            keras_model,
            model_bytes,
            model,
            away=site,
            outlined=outlined,
            progress=progress_line("looking at heat maps"),
        ),
    }
    if site is not None:
        away = score_tflite(site.prepared, model_bytes, model)
        found["outside"] = outside_look(
            site,
            away,
            model,
            verdicts(gate, site.prepared, away.features),
            gate_was_taught=gate_was_taught,
            statement=statement,
        )
    return found


def verdicts(gate: Gate, films: NDArray[np.uint8], features: NDArray[np.float32]) -> list[Verdict]:
    """What the gate says of prepared films, by their pixels alone: no header is asked.

    Args:
        gate: The gate.
        films: `(films, height, width)` uint8.
        features: `(films, channels)` float32 of the quantized file.
    """
    return [
        gate.examine(Radiograph(film, "0" * 64, "prepared film"), film, vector)
        for film, vector in zip(films, features, strict=True)
    ]
