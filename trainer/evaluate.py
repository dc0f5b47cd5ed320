"""Evaluates a finished bundle on the official test split: the Keras, the float and the quantized file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras

from edge_app.bundle import open_bundle
from trainer.data.catalog import scan
from trainer.data.prepare import PreparedFilms
from trainer.evaluation.predictions import score_keras, score_tflite
from trainer.evaluation.report import VARIANTS, FilmSet, evaluate_file, parity, readable
from trainer.export.bundle import write_json


def evaluate_bundle(bundle_folder: Path, data: Path, runs: Path, out: Path) -> dict[str, Any]:
    """Scores the official test split with every file of a bundle.

    Args:
        bundle_folder: The bundle.
        data: The data set's folder.
        runs: Holds the cache of prepared films.
        out: Folder for `metrics.json` and `report.md`.

    Returns:
        What was written to `metrics.json`.
    """
    bundle = open_bundle(bundle_folder)
    catalog = scan(data)
    rows = catalog.of("test")
    store = PreparedFilms(runs / "prepared", catalog.root, bundle.manifest.preprocessing)
    store.make(rows)
    test = FilmSet.of(store.load(rows), rows)
    models = {variant: bundle.manifest.variant(variant) for variant in VARIANTS}
    scores = {v: score_tflite(test.films, bundle.model_bytes(v), models[v]) for v in VARIANTS}
    metrics: dict[str, Any] = {
        "model": f"{bundle.manifest.identity.name} {bundle.manifest.identity.version}",
        "manifest_sha256": bundle.manifest_sha256,
        "test": {v: evaluate_file(test, scores[v].probability, models[v])[0] for v in VARIANTS},
    }
    keras_model = keras.models.load_model(bundle.keras_path(), compile=False, safe_mode=True)
    metrics["test"]["keras"], _ = evaluate_file(test, score_keras(test.films, keras_model), models["float"])
    _, metrics["parity"] = parity(
        test,
        "official test split",
        {v: scores[v].probability for v in VARIANTS},
        {v: scores[v].evidence for v in VARIANTS},
        models,
    )
    out.mkdir(parents=True, exist_ok=True)
    write_json(out / "metrics.json", metrics)
    (out / "report.md").write_text(readable(metrics), encoding="utf-8")
    return metrics
