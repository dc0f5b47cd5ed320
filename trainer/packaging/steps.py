"""From a finished training to a bundle: convert, calibrate on validation, evaluate on test, write, self-test."""

from __future__ import annotations

import hashlib
from pathlib import Path

import keras
import msgspec
import numpy as np

from trainer.data.second_site import SiteFilms, read_second_site
from trainer.evaluation.figures import METRICS_NAME, Metrics, write_figures
from trainer.evaluation.predictions import VARIANTS
from trainer.evaluation.report import calibration_section, comparison_table, evaluation_section
from trainer.export import bundle as bundle_files
from trainer.export.convert import Precision
from trainer.export.convert_checkpoint import convert_trained
from trainer.export.known_answers import known_answers, with_gate
from trainer.export.quant_tuning import Tuning
from trainer.gating.fit_gate import GATE_FILE, FittedGate, features_by, fit_gate
from trainer.packaging.bundle_evaluation import BundleFiles, ExternalSiteFilms, evaluate_files
from trainer.packaging.calibrated_files import CalibratedFiles, calibrate
from trainer.packaging.card_sections import extra_sections
from trainer.packaging.figures import draw_plots, training_metrics
from trainer.packaging.job import FinishedTraining
from trainer.packaging.manifest import describe_bundle
from trainer.packaging.model_card import write_model_card
from trainer.progress import progress_line, say


def finish(job: FinishedTraining) -> Path:
    """Makes the bundle of a finished training.

    Args:
        job: The finished training and its films.

    Returns:
        The bundle's folder, inside the run's folder; it has passed its self-test on every runtime of this machine.

    Raises:
        TrainingError: The conversion or the self-test failed.
    """
    model = keras.models.load_model(job.best, compile=False)
    say("converting")
    converted = _convert(job)
    shipped = calibrate(job, converted)
    say("fitting the gate")
    site = read_second_site(job.second_site, job.spec, job.task.labels) if job.second_site else None
    gate = _fit_gate(job, shipped, site)
    say("evaluating")
    uid = bundle_files.model_uid(shipped.models)
    found = evaluate_files(
        BundleFiles(shipped.data, shipped.models, model, gate.gate(), job.files.folder.name, uid),
        job.test,
        job.files.folder.parent,
        purpose="trainer train",
        site=_external(job, site),
        masks=job.masks,
    )
    metrics = training_metrics(job, shipped, found, converted, gate.parameters)
    contents = _contents(job, shipped, model, gate)
    manifest = describe_bundle(
        job,
        shipped,
        uid,
        contents,
        gate.parameters,
        found.parity,
        {variant: metrics.test[variant].metrics for variant in VARIANTS},
    )
    built = job.files.folder / "bundle"
    bundle_files.write_bundle(built, manifest, contents)
    write_figures(built / METRICS_NAME, metrics)
    draw_plots(job, built, metrics, shipped.models["quant"], found)
    write_model_card(built)
    report = _report(metrics)
    (job.files.folder / "report.md").write_text(report, encoding="utf-8")
    say(report)
    say(bundle_files.selftest(built).rstrip())
    return built


def _external(job: FinishedTraining, site: SiteFilms | None) -> ExternalSiteFilms | None:
    about = job.task.external_site
    return ExternalSiteFilms(site, about.statement, gate_was_taught=True) if site is not None and about else None


def _convert(job: FinishedTraining) -> dict[Precision, bytes]:
    export = job.config.export
    count = min(export.calibration_films, len(job.training.films))
    chosen = np.random.default_rng(job.config.seed).choice(len(job.training.films), count, replace=False)
    calibration = job.training.films[np.sort(chosen)]
    tuning = None
    if export.tuning_steps:
        digest = hashlib.sha256(job.best.read_bytes() + msgspec.json.encode(export)).hexdigest()[:12]
        tuning = Tuning(
            job.training.films,
            export.tuning_steps,
            export.tuning_rate,
            job.config.seed,
            kept=job.files.folder / f"int8-{digest}.weights.h5",
            progress=progress_line("tuning the quantized net"),
        )
    return convert_trained(
        job.best, calibration, equalise=export.equalise, float_share=export.float_share, tuning=tuning
    )


def _fit_gate(job: FinishedTraining, shipped: CalibratedFiles, site: SiteFilms | None) -> FittedGate:
    return fit_gate(
        job.training.films,
        job.plain_validation.films,
        features_by(shipped.data["quant"], shipped.models["quant"]),
        population=job.task.population,
        other=None if site is None else site.prepared,
        sources=job.task.gate_sources(external=site is not None),
        measured_on="validation films of patients the model was not trained on",
        seed=job.config.seed,
    )


def _contents(
    job: FinishedTraining, shipped: CalibratedFiles, model: keras.Model, gate: FittedGate
) -> dict[str, bytes]:
    """The files of the bundle by name. The Keras file is saved without the optimizer, three times the model's size."""
    names = job.task.bundle
    saved = job.files.folder / names.keras
    model.save(saved)
    answers = known_answers(
        job.training.films,
        job.training.labels,
        job.spec,
        job.task.labels,
        {variant: (shipped.data[variant], shipped.models[variant]) for variant in VARIANTS},
        job.config.seed,
    )
    return {
        names.keras: saved.read_bytes(),
        bundle_files.KNOWN_ANSWERS_NAME: with_gate(answers, gate.parameters),
        GATE_FILE: gate.data,
        **{names.tflite(variant): shipped.data[variant] for variant in VARIANTS},
    }


def _report(metrics: Metrics) -> str:
    parts = [
        "# Evaluation",
        evaluation_section(metrics),
        "## Calibration",
        calibration_section(metrics.calibration),
        "## Precisions, on the test films",
        comparison_table(metrics.comparison),
        extra_sections(metrics, name_films=True),
    ]
    return "\n\n".join(parts) + "\n"
