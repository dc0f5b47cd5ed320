"""Steps 5 to 7 of the workflow: convert, calibrate on validation, report on test, write and prove the bundle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keras
import msgspec
import numpy as np
from numpy.typing import NDArray

from edge_app.bundle import Manifest, ModelFile, Variant
from edge_app.bundle.manifest import Estimate, Gate, Identity, IntendedUse, Labels, Parity, Training
from edge_app.imaging.preprocess import PreprocessSpec
from edge_app.inference.gates import Gate as AppGate
from trainer.callbacks import read_log
from trainer.config import Config
from trainer.data.catalog import Catalog, catalog_sha256
from trainer.data.split import SIDES, Split
from trainer.evaluation import plots
from trainer.evaluation.calibration import JudgedFilms, Platt
from trainer.evaluation.further import look_further
from trainer.evaluation.heat_maps import outlined_films
from trainer.evaluation.ledger import log_test_evaluation
from trainer.evaluation.operating_point import Calibration, calibrate_file
from trainer.evaluation.predictions import Scores, score_keras, score_tflite
from trainer.evaluation.report import (
    FilmSet,
    calibrated_probabilities,
    calibration_part,
    calibration_section,
    comparison_table,
    evaluate_file,
    parity,
    readable,
)
from trainer.evaluation.sections import further_sections
from trainer.export import bundle as bundle_files
from trainer.export.convert import Precision, convert
from trainer.export.describe import calibrated, draft, record
from trainer.export.equalise import equalise_channels
from trainer.export.fold_input import fold_input
from trainer.export.graph import export_graph
from trainer.export.known_answers import known_answers
from trainer.export.timing import time_files
from trainer.gate import GATE_FILE, FittedParts
from trainer.model_card import write_model_card
from trainer.progress import progress_line, say
from trainer.provenance import versions, weights_identity
from trainer.second_site import SiteFilms, fit_gate_for, read_second_site
from trainer.train import RunFiles, ValidationSet

EVIDENCE_PERCENTILE = 50
"""Of the strongest cells of validation films that are called positive: painted at full strength. At the median half of
these films reach the end of the colour map somewhere; at the 95th percentile many never left its lower half."""

EQUALISING_FILMS = 64

SHIPPED: dict[Variant, str] = {"quant": bundle_files.QUANT_NAME, "float": bundle_files.FLOAT_NAME}

INTENDED_USE = IntendedUse(
    statement=(
        "Research software, not a medical device. It estimates whether a frontal chest X-ray of a young child shows "
        "pneumonia, as a second look beside a qualified reader, who decides."
    ),
    population="Children of 1 to 5 years, AP chest films of one hospital (Guangzhou, China).",
    limits=(
        "Not validated for adults, older children or newborns; on adults of another hospital such a model is no better "
        "than a coin.",
        "Not for lateral films, CT, ultrasound, or photographs of films without a check by a person.",
        "It knows two answers, normal and pneumonia: every other disease is given one of them.",
        "The heat map shows where the model looked. It is not the outline of a lesion.",
        "A threshold does not carry over to another hospital or another version of the model.",
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class FinishedTraining:
    """All that the last steps need.

    Attributes:
        config: Of the run.
        files: The run's folder.
        best: The best model of the last phase.
        catalog: Of the data set.
        split: Which film was used for what.
        spec: How films are prepared.
        training: Training films.
        validation: Films everything is chosen on, with their stressed copies.
        test: Films that are only reported on.
        second_site: Folder with films of another site, for the gate and to look at; None without.
    """

    config: Config
    files: RunFiles
    best: Path
    catalog: Catalog
    split: Split
    spec: PreprocessSpec
    training: FilmSet
    validation: ValidationSet
    test: FilmSet
    second_site: Path | None

    @property
    def plain_validation(self) -> FilmSet:
        """The validation films without their stressed copies."""
        plain = self.validation.films[~self.validation.stressed]
        return FilmSet.of(plain, self.split.validation)


@dataclass(frozen=True, slots=True, eq=False)
class CalibratedFiles:
    """The shipped files with everything that was chosen for them.

    Attributes:
        data: Bytes by variant.
        models: Manifest entries by variant.
        chosen: Calibration by variant, with what to expect of it on held-out patients.
        features: `(films, channels)` of the plain validation films, from the quantized file.
        validation: Raw probabilities of the plain validation films by variant.
    """

    data: dict[Variant, bytes]
    models: dict[Variant, ModelFile]
    chosen: dict[Variant, Calibration]
    features: NDArray[np.float32]
    validation: dict[Variant, NDArray[np.float64]]


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
    shipped = _calibrate(job, converted)
    say("fitting the gate")
    site = read_second_site(job.second_site, job.spec) if job.second_site else None
    gate = _fit_gate(job, shipped, site)
    say("evaluating")
    uid = bundle_files.model_uid(shipped.models)
    counted = log_test_evaluation(job.files.folder.parent, run=job.files.folder.name, uid=uid, purpose="trainer train")
    scores = {v: score_tflite(job.test.films, shipped.data[v], shipped.models[v]) for v in SHIPPED}
    keras_scores = score_keras(job.test.films, model)
    metrics, estimates, stated_parity = _evaluate(job, shipped, scores, keras_scores)
    metrics["comparison"] = _compare_precisions(job, converted, shipped.models, scores)
    metrics |= look_further(
        job.test,
        scores["quant"],
        shipped.data["quant"],
        shipped.models["quant"],
        AppGate(gate.gate()),
        model,
        site=site,
        gate_was_taught=site is not None,
        outlined=outlined_films(job.catalog.root, job.second_site, job.spec),
    )
    metrics |= {"test_evaluations": counted, **_about_the_run(job, gate.parameters)}

    contents = {
        bundle_files.KERAS_NAME: _without_optimizer(model, job.files.folder / bundle_files.KERAS_NAME),
        bundle_files.KNOWN_ANSWERS_NAME: known_answers(
            job.training.films,
            job.training.labels,
            job.spec,
            {v: (shipped.data[v], shipped.models[v]) for v in SHIPPED},
            job.config.seed,
        ),
        GATE_FILE: gate.arrays,
        **{name: shipped.data[variant] for variant, name in SHIPPED.items()},
    }
    manifest = _manifest(job, shipped, uid, contents, gate.parameters, stated_parity, estimates)
    built = job.files.folder / "bundle"
    bundle_files.write_bundle(built, manifest, contents)
    bundle_files.write_json(built / "metrics.json", metrics)
    _draw(job, built, metrics, shipped.models, scores, keras_scores)
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
    # A model of its own: equalising moves factors between layers, and the Keras file keeps the weights as trained.
    graph = export_graph(keras.models.load_model(job.best, compile=False))
    say(f"equalised {equalise_channels(graph, calibration[:EQUALISING_FILMS], export.equalise)} groups of feature maps")
    return convert(fold_input(graph), calibration, export.float_share)


def _calibrate(job: FinishedTraining, converted: Mapping[Precision, bytes]) -> CalibratedFiles:
    """Chooses calibration, thresholds, band and evidence scale for each file, on its own outputs."""
    data: dict[Variant, bytes] = {variant: converted[variant] for variant in SHIPPED}
    models: dict[Variant, ModelFile] = {}
    raw: dict[Variant, NDArray[np.float64]] = {}
    features: dict[Variant, NDArray[np.float32]] = {}
    choices: dict[Variant, Calibration] = {}
    validation = job.validation
    plain = ~validation.stressed
    for variant, name in SHIPPED.items():
        drafted = draft(name, data[variant])
        line = progress_line(f"scoring validation films, {variant}")
        scores = score_tflite(validation.films, data[variant], drafted, progress=line)
        judged = JudgedFilms(scores.logits, validation.labels, validation.patients, validation.stressed)
        chosen = choices[variant] = calibrate_file(judged, job.config.operating_point)
        called = Platt(chosen.temperature, chosen.bias).probabilities(scores.logits) >= chosen.points[0].threshold
        models[variant] = calibrated(drafted, chosen, evidence_scale(scores.evidence[called]))
        raw[variant] = scores.probability[plain]
        features[variant] = scores.features[plain]
    return CalibratedFiles(data, models, choices, features["quant"], raw)


def evidence_scale(evidence: NDArray[np.float32]) -> float:
    """The evidence that is painted at full strength.

    Args:
        evidence: `(films, grid rows, grid columns)` of validation films that are called positive.

    Returns:
        A high percentile of the films' strongest cells, > 0; 1 for a net that shows no evidence anywhere.
    """
    strongest = evidence.max(axis=(1, 2)) if len(evidence) else np.zeros(1, np.float32)
    return float(np.percentile(strongest, EVIDENCE_PERCENTILE)) or 1.0


def _fit_gate(job: FinishedTraining, shipped: CalibratedFiles, other: SiteFilms | None) -> FittedParts:
    return fit_gate_for(
        shipped.data["quant"],
        shipped.models["quant"],
        job.training.films,
        job.plain_validation.films,
        other_site=other,
        calibration_features=shipped.features,
        seed=job.config.seed,
    )


def _evaluate(
    job: FinishedTraining,
    shipped: CalibratedFiles,
    scores: Mapping[Variant, Scores],
    keras_scores: NDArray[np.float64],
) -> tuple[dict[str, Any], dict[Variant, dict[str, Estimate]], Parity]:
    metrics: dict[str, Any] = {
        "test": {},
        "validation": {},
        "calibration": {variant: calibration_part(chosen) for variant, chosen in shipped.chosen.items()},
    }
    estimates: dict[Variant, dict[str, Estimate]] = {}
    for variant, model in shipped.models.items():
        metrics["test"][variant], estimates[variant] = evaluate_file(job.test, scores[variant].probability, model)
        metrics["validation"][variant], _ = evaluate_file(job.plain_validation, shipped.validation[variant], model)
    metrics["test"]["keras"], _ = evaluate_file(job.test, keras_scores, shipped.models["float"])
    stated, metrics["parity"] = parity(
        job.test,
        "official test split",
        {v: scores[v].probability for v in SHIPPED},
        {v: scores[v].evidence for v in SHIPPED},
        shipped.models,
    )
    return metrics, estimates, stated


def _about_the_run(job: FinishedTraining, gate: Gate) -> dict[str, Any]:
    duplicates = job.split.duplicates
    return {
        "gate": {
            "measured_on": gate.measured_on,
            "false_refusals": msgspec.to_builtins(gate.false_refusals),
            "false_flags": msgspec.to_builtins(gate.false_flags),
            "taught_with_another_site": job.second_site is not None,
        },
        "near_duplicates": {
            "bits": job.config.data.near_duplicate_bits,
            "pairs_across_patients": len(duplicates),
            "pairs_with_a_test_film": sum(pair.crosses_test for pair in duplicates),
            "films_left_out_of_training": len(job.split.excluded),
        },
        "epochs": read_log(job.files.log),
        "run": job.files.folder.name,
        "config": msgspec.to_builtins(job.config),
    }


def _manifest(
    job: FinishedTraining,
    shipped: CalibratedFiles,
    uid: str,
    contents: Mapping[str, bytes],
    gate: Gate,
    stated_parity: Parity,
    estimates: dict[Variant, dict[str, Estimate]],
) -> Manifest:
    config = job.config
    return Manifest(
        schema_version=1,
        identity=Identity(
            name=config.export.name,
            version=config.export.version,
            uid=uid,
            creator=config.export.creator,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        ),
        intended_use=INTENDED_USE,
        labels=Labels(),
        preprocessing=job.spec,
        keras=record(bundle_files.KERAS_NAME, contents[bundle_files.KERAS_NAME]),
        variants=shipped.models,
        known_answers=record(bundle_files.KNOWN_ANSWERS_NAME, contents[bundle_files.KNOWN_ANSWERS_NAME]),
        training=Training(
            run=job.files.folder.name,
            dataset=f"Chest X-Ray Images (Pneumonia), {len(job.catalog.films)} films, "
            f"sha256 {catalog_sha256(job.catalog)}",
            split_sha256=job.split.sha256,
            config_sha256=config.sha256,
            backbone=config.model.backbone,
            initial_weights=weights_identity(config.model.weights),
            films={side: len(job.split.side(side)) for side in SIDES},
            versions=versions(),
        ),
        parity=stated_parity,
        metrics=estimates,
        gate=gate,
    )


def _without_optimizer(model: keras.Model, target: Path) -> bytes:
    """The bytes of a model without the optimizer's state, which is three times its size and of no use to a device."""
    model.save(target)
    return target.read_bytes()


def _compare_precisions(
    job: FinishedTraining,
    converted: Mapping[Precision, bytes],
    models: Mapping[Variant, ModelFile],
    scores: Mapping[Variant, Scores],
) -> list[dict[str, Any]]:
    """Float, int8, dynamic-range, float16: size, time, accuracy, at the float file's calibration but for int8's own."""
    test = job.test
    folder = job.files.folder / "precisions"
    folder.mkdir(exist_ok=True)
    paths = []
    for name, data in converted.items():
        paths.append(folder / f"{name}.tflite")
        paths[-1].write_bytes(data)
    times = time_files(paths)
    rows = []
    reference = None
    for name, data in converted.items():
        own: Variant = "quant" if name == "quant" else "float"
        shipped = scores[name] if name in ("quant", "float") else None
        raw = (shipped or score_tflite(test.films, data, draft(f"{name}.tflite", data))).probability
        evaluated, _ = evaluate_file(test, raw, models[own])
        calls = calibrated_probabilities(raw, models[own]) >= models[own].operating_point().threshold
        reference = calls if reference is None else reference
        rows.append(
            {
                "file": name,
                "bytes": len(data),
                "ms": times[f"{name}.tflite"],
                "auc": evaluated["metrics"]["roc_auc"]["value"],
                "recall": evaluated["metrics"]["recall"]["value"],
                "specificity": evaluated["metrics"]["specificity"]["value"],
                "changed_decisions": round(float((calls != reference).mean()), 4),
            }
        )
    return rows


def _draw(
    job: FinishedTraining,
    built: Path,
    metrics: Mapping[str, Any],
    models: Mapping[Variant, ModelFile],
    scores: Mapping[Variant, Scores],
    keras_scores: NDArray[np.float64],
) -> None:
    test = job.test
    quant = models["quant"]
    probabilities = calibrated_probabilities(scores["quant"].probability, quant)
    threshold = quant.operating_point().threshold
    plots.training_curves(metrics["epochs"], built / "curves.png")
    plots.roc_and_pr(
        test.labels,
        {"keras": keras_scores, "float": scores["float"].probability, "quant": probabilities},
        threshold,
        built / "roc_pr.png",
    )
    plots.reliability_diagram(test.labels, probabilities, built / "reliability.png")
    # Holds films of the data set, so it stays in the run's folder and out of the bundle.
    plots.error_gallery(
        test.films,
        test.labels,
        probabilities,
        scores["quant"].evidence,
        test.names,
        threshold=threshold,
        scale=quant.evidence_scale,
        path=job.files.folder / "worst_errors.png",
    )
