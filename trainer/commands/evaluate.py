"""Evaluates a finished bundle on the official test split: the Keras, the float and the quantized file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras

from edge_app.analysis.gate import Gate
from edge_app.bundle import open_bundle
from trainer.data.catalog import scan
from trainer.data.film_set import FilmSet
from trainer.data.prepare import PreparedFilms
from trainer.data.second_site import read_second_site
from trainer.evaluation.predictions import score_keras, score_tflite
from trainer.evaluation.report import VARIANTS, evaluate_file, parity, readable
from trainer.evaluation.test_split_log import log_test_evaluation
from trainer.export.bundle import write_json
from trainer.heat_map_quality.heat_maps import outlined_films
from trainer.packaging.card_sections import further_sections
from trainer.packaging.extra_analyses import look_further
from trainer.task import Task


def evaluate_bundle(bundle_folder: Path, data: Path, runs: Path, out: Path, task: Task) -> str:
    """Scores the official test split with every file of a bundle, and looks at another hospital if it lies beside it.

    Args:
        bundle_folder: The bundle.
        data: The data set's folder.
        runs: Holds the cache of prepared films, and the log of test evaluations.
        out: Folder for `metrics.json` and `report.md`.
        task: Task of the bundle.

    Returns:
        What was written to `report.md`.
    """
    bundle = open_bundle(bundle_folder)
    catalog = scan(data, task)
    rows = catalog.of("test")
    store = PreparedFilms(runs / "prepared", catalog.root, bundle.manifest.preprocessing)
    store.make(rows)
    test = FilmSet.of(store.load(rows), rows)
    site_folder = task.external_folder(data)
    site = read_second_site(site_folder, bundle.manifest.preprocessing, task.labels) if site_folder else None
    models = {variant: bundle.manifest.variant(variant) for variant in VARIANTS}
    counted = log_test_evaluation(
        runs, run=bundle.manifest.training.run, uid=bundle.manifest.identity.uid, purpose="trainer evaluate"
    )
    scores = {v: score_tflite(test.films, bundle.model_bytes(v), models[v]) for v in VARIANTS}
    metrics: dict[str, Any] = {
        "model": f"{bundle.manifest.identity.name} {bundle.manifest.identity.version}",
        "manifest_sha256": bundle.manifest_sha256,
        "test_evaluations": counted,
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
    gate = bundle.manifest.gate
    metrics |= look_further(
        test,
        scores["quant"],
        bundle.model_bytes("quant"),
        models["quant"],
        Gate.from_bundle(bundle),
        keras_model,
        site=site,
        statement=task.external_site.statement if task.external_site else "",
        gate_was_taught=gate is not None and gate.population_above is not None,
        outlined=outlined_films(data, site_folder, bundle.manifest.preprocessing),
    )
    out.mkdir(parents=True, exist_ok=True)
    write_json(out / "metrics.json", metrics)
    report = readable(metrics).strip() + "\n\n" + further_sections(metrics, name_films=True) + "\n"
    (out / "report.md").write_text(report, encoding="utf-8")
    return report
