"""The known answers of a bundle: synthetic films and the outputs that every machine must give for them."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

from edge_app.bundle import ModelFile, Variant
from edge_app.bundle.manifest import GateParameters, Labels
from edge_app.engine.selftest import answer_lines
from edge_app.imaging.preprocess import PreprocessSpec, preprocess
from edge_app.imaging.radiograph import Radiograph
from trainer.evaluation.predictions import score_tflite
from trainer.export.phantom import phantoms

PER_CLASS = 6
FILM_SIZE = (310, 350)


def known_answers(
    films: NDArray[np.uint8],
    labels: NDArray[np.int64],
    spec: PreprocessSpec,
    names: Labels,
    models: dict[Variant, tuple[bytes, ModelFile]],
    seed: int,
) -> bytes:
    """Builds `known_answers.npz`.

    Args:
        films: `(films, height, width)` uint8 training films for the phantoms.
        labels: `(films,)`, 0 or 1.
        spec: How films are prepared.
        names: Names of the labels, for the answers.
        models: The shipped files.
        seed: Seed of the random generator.

    Returns:
        The bytes of an `.npz` with `films`, `prepared`, and `probability_*`, `evidence_*`, `answers_*` and, from a net
        with a lung head, `lungs_*` of each variant.
    """
    synthetic = phantoms(films, labels, per_class=PER_CLASS, size=FILM_SIZE, seed=seed)
    prepared = np.stack([preprocess(Radiograph(film.copy(), "0" * 64, "phantom"), spec).pixels for film in synthetic])
    arrays: dict[str, NDArray] = {"films": synthetic, "prepared": prepared}
    for variant, (data, model) in models.items():
        scores = score_tflite(prepared, data, model)
        arrays[f"probability_{variant}"] = scores.probability.astype(np.float32)
        arrays[f"evidence_{variant}"] = scores.evidence
        if scores.lungs is not None:
            arrays[f"lungs_{variant}"] = scores.lungs
        arrays[f"answers_{variant}"] = np.array(answer_lines(arrays[f"probability_{variant}"], model, names))
    return _npz(arrays)


def with_gate(known: bytes, gate: GateParameters) -> bytes:
    """Adds the limits of a gate to known answers; films and answers of the model stay as they are.

    Args:
        known: Bytes of `known_answers.npz`.
        gate: The gate of the bundle.
    """
    with np.load(io.BytesIO(known), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return _npz({**arrays, "gate": np.array(gate.limits())})


def _npz(arrays: dict[str, NDArray]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()
