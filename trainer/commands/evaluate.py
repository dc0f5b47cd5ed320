"""Evaluates a finished bundle on the test split: the Keras, the float and the quantized file."""

from __future__ import annotations

from pathlib import Path

from edge_app.analysis.gate import Gate
from edge_app.bundle import open_bundle
from edge_app.engine.keras_gradcam import load_keras_model
from trainer.commands.films import films_of
from trainer.data.lung_masks import drawn_beside
from trainer.data.second_site import read_second_site
from trainer.evaluation.figures import METRICS_NAME, write_figures
from trainer.evaluation.predictions import VARIANTS
from trainer.evaluation.report import evaluation_section
from trainer.packaging.bundle_evaluation import BundleFiles, ExternalSiteFilms, evaluate_files
from trainer.packaging.card_sections import extra_sections
from trainer.task import Task


def evaluate_bundle(bundle_folder: Path, data: Path, runs: Path, out: Path, task: Task) -> str:
    """Scores the test split with every file of a bundle, and the films of the external site where they exist.

    Args:
        bundle_folder: The bundle.
        data: The data set's folder.
        runs: Folder with the cache of prepared films and the log of test evaluations.
        out: Folder for `metrics.json` and `report.md`.
        task: Task of the bundle.

    Returns:
        The report, as Markdown.
    """
    bundle = open_bundle(bundle_folder)
    manifest = bundle.manifest
    test = films_of("test", data, runs, manifest.preprocessing, task)
    folder = task.external_folder(data)
    site = None
    if folder is not None and task.external_site is not None:
        site = ExternalSiteFilms(
            read_second_site(folder, manifest.preprocessing, task.labels),
            task.external_site.statement,
            gate_was_taught=manifest.gate is not None and manifest.gate.outside_scale is not None,
        )
    found = evaluate_files(
        BundleFiles(
            {variant: bundle.model_bytes(variant) for variant in VARIANTS},
            {variant: manifest.variant(variant) for variant in VARIANTS},
            load_keras_model(bundle.keras_bytes()),
            Gate.from_bundle(bundle),
            manifest.training.run,
            manifest.identity.uid,
        ),
        test,
        runs,
        purpose="trainer evaluate",
        site=site,
        masks=drawn_beside(data),
    )
    out.mkdir(parents=True, exist_ok=True)
    write_figures(out / METRICS_NAME, found.figures)
    title = f"# Evaluation of {manifest.identity.name} {manifest.identity.version}"
    made_of = f"Manifest SHA-256 `{bundle.manifest_sha256}`."
    parts = [title, made_of, evaluation_section(found.figures), extra_sections(found.figures, name_films=True)]
    report = "\n\n".join(parts) + "\n"
    (out / "report.md").write_text(report, encoding="utf-8")
    return report
