"""The last steps in their order: convert, calibrate on validation, report on test, write and prove the bundle."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from edge_app.analysis.gate import Gate
from trainer.data.second_site import SiteFilms, read_second_site
from trainer.evaluation.predictions import score_keras, score_tflite
from trainer.evaluation.report import VARIANTS, calibration_section, comparison_table, readable
from trainer.evaluation.test_split_log import log_test_evaluation
from trainer.export import bundle as bundle_files
from trainer.export.convert import Precision
from trainer.export.convert_checkpoint import convert_trained
from trainer.export.known_answers import known_answers
from trainer.gating.fit_gate import GATE_FILE, FittedParts
from trainer.gating.site_gate import fit_gate_for
from trainer.heat_map_quality.heat_maps import outlined_films
from trainer.packaging.calibrated_files import CalibratedFiles, calibrate
from trainer.packaging.card_sections import further_sections
from trainer.packaging.extra_analyses import look_further
from trainer.packaging.figures import about_the_run, compare_precisions, draw, evaluate
from trainer.packaging.job import FinishedTraining
from trainer.packaging.manifest import describe_bundle
from trainer.packaging.model_card import write_model_card
from trainer.progress import say


def finish(job: FinishedTraining) -> Path:
    """Makes the bundle of a finished training.

    Args:
        job: What was trained, and on what.

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
    counted = log_test_evaluation(job.files.folder.parent, run=job.files.folder.name, uid=uid, purpose="trainer train")
    scores = {v: score_tflite(job.test.films, shipped.data[v], shipped.models[v]) for v in VARIANTS}
    keras_scores = score_keras(job.test.films, model)
    metrics, estimates, stated_parity = evaluate(job, shipped, scores, keras_scores)
    metrics["comparison"] = compare_precisions(job, converted, shipped.models, scores)
    metrics |= look_further(
        job.test,
        scores["quant"],
        shipped.data["quant"],
        shipped.models["quant"],
        Gate(gate.gate()),
        model,
        site=site,
        statement=job.task.external_site.statement if job.task.external_site else "",
        gate_was_taught=site is not None,
        outlined=outlined_films(job.catalog.root, job.second_site, job.spec),
    )
    metrics |= {"test_evaluations": counted, **about_the_run(job, gate.parameters)}

    names = job.task.bundle
    contents = {
        names.keras: _without_optimizer(model, job.files.folder / names.keras),
        bundle_files.KNOWN_ANSWERS_NAME: known_answers(
            job.training.films,
            job.training.labels,
            job.spec,
            job.task.labels,
            {v: (shipped.data[v], shipped.models[v]) for v in VARIANTS},
            job.config.seed,
        ),
        GATE_FILE: gate.arrays,
        **{names.tflite(v): shipped.data[v] for v in VARIANTS},
    }
    manifest = describe_bundle(job, shipped, uid, contents, gate.parameters, stated_parity, estimates)
    built = job.files.folder / "bundle"
    bundle_files.write_bundle(built, manifest, contents)
    bundle_files.write_json(built / "metrics.json", metrics)
    draw(job, built, metrics, shipped.models, scores, keras_scores)
    write_model_card(built)
    report = "\n\n".join(
        [
            readable(metrics).strip(),
            "## Calibration",
            calibration_section(metrics["calibration"]),
            "## Precisions, on the test films",
            comparison_table(metrics["comparison"]),
            further_sections(metrics, name_films=True) + "\n",
        ]
    )
    (job.files.folder / "report.md").write_text(report, encoding="utf-8")
    say(report)
    say(bundle_files.selftest(built).rstrip())
    return built


def _convert(job: FinishedTraining) -> dict[Precision, bytes]:
    export = job.config.export
    count = min(export.calibration_films, len(job.training.films))
    chosen = np.random.default_rng(job.config.seed).choice(len(job.training.films), count, replace=False)
    calibration = job.training.films[np.sort(chosen)]
    return convert_trained(job.best, calibration, equalise=export.equalise, float_share=export.float_share)


def _fit_gate(job: FinishedTraining, shipped: CalibratedFiles, other: SiteFilms | None) -> FittedParts:
    return fit_gate_for(
        shipped.data["quant"],
        shipped.models["quant"],
        job.training.films,
        job.plain_validation.films,
        population=job.task.population,
        other_site=other,
        calibration_features=shipped.features,
        seed=job.config.seed,
    )


def _without_optimizer(model: keras.Model, target: Path) -> bytes:
    """The bytes of a model without the optimizer's state, which is three times its size and of no use to a device."""
    model.save(target)
    return target.read_bytes()
