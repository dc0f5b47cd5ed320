"""`metrics.json` as typed values: what was measured of a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from edge_app.bundle.manifest import Estimate, GateParameters
from trainer.errors import DataError
from trainer.files import write_json

METRICS_NAME = "metrics.json"
_DECIMALS = 6


class Figures(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of the parts of `metrics.json`."""


class PointFigures(Figures, frozen=True):
    """One operating point on a set of films: counts and rates."""

    threshold: float
    true_positives: int
    false_negatives: int
    true_negatives: int
    false_positives: int
    sensitivity: Estimate
    specificity: Estimate


class BandFigures(Figures, frozen=True):
    """The uncertain band on a set of films.

    Attributes:
        low: Lower end, calibrated probability.
        high: Upper end.
        share_of_films: Share of the films in the band.
        accuracy_outside: Share of right calls outside the band.
        accuracy_inside: Share of right calls in the band.
    """

    low: float
    high: float
    share_of_films: Estimate
    accuracy_outside: Estimate
    accuracy_inside: Estimate


class FileFigures(Figures, frozen=True):
    """One model file on a set of films, at its default operating point.

    Attributes:
        films: Number of films.
        negative: Number of films of the negative label.
        positive: Number of films of the positive label.
        patients: Number of patients.
        operating_point: Name of the default operating point.
        temperature: Temperature of the calibration.
        bias: Bias of the calibration.
        metrics: Estimates by name; `recall_KIND` and `roc_auc_SOURCE` for subgroups.
        recall_above_goal: Whether the recall is above the goal.
        operating_points: Figures by name of the point.
        uncertain: Figures of the uncertain band.
    """

    films: int
    negative: int
    positive: int
    patients: int
    operating_point: str
    temperature: float
    bias: float
    metrics: dict[str, Estimate]
    recall_above_goal: bool
    operating_points: dict[str, PointFigures]
    uncertain: BandFigures


class CalibrationFigures(Figures, frozen=True):
    """The calibration of a file, and its figures on held-out patients by kind of film (`plain`, `stressed`)."""

    temperature: float
    bias: float
    prevalence: float
    held_out: dict[str, dict[str, Estimate]]


class ParityFigures(Figures, frozen=True):
    """The quantized file against the float file, as in the manifest, with the exact McNemar test."""

    measured_on: str
    films: int
    auc_drop: float
    changed_decisions: float
    changed_films: int
    max_probability_difference: float
    evidence_correlation_median: float
    mcnemar_p: float


class PrecisionFigures(Figures, frozen=True):
    """One precision of the converted net: size, milliseconds by runtime (None: does not load) and accuracy."""

    file: str
    bytes: int
    ms: dict[str, float | None]
    auc: float
    recall: float
    specificity: float
    changed_decisions: float


class ErrorRow(Figures, frozen=True):
    """A film that was called wrong.

    Attributes:
        film: Path in the data set.
        kind: Subgroup of the label.
        probability: Calibrated probability.
        uncertain: Whether it lies in the uncertain band.
        gate: Codes of the gate's refusal and notices.
        unusual: Traits in which the film lies in the outer part of all films.
    """

    film: str
    kind: str
    probability: float
    uncertain: bool
    gate: list[str]
    unusual: list[str]


class ErrorGroup(Figures, frozen=True):
    """The errors of one kind: counts, and the films farthest from the threshold."""

    films: int
    kinds: dict[str, int]
    uncertain: int
    gate: int
    unusual: dict[str, int]
    worst: list[ErrorRow]


class ErrorFigures(Figures, frozen=True):
    """The errors at the default operating point; `figures_unusual_beyond` is the share that counts as outer part."""

    figures_unusual_beyond: float
    missed: ErrorGroup
    false_alarms: ErrorGroup


class SiteGroup(Figures, frozen=True):
    """A group of films of another hospital; None where a figure has too few films."""

    films: int
    patients: int
    negative: int
    positive: int
    roc_auc: Estimate | None
    sensitivity: Estimate | None
    specificity: Estimate | None
    refused: Estimate | None
    refused_or_flagged: Estimate | None


class SiteFigures(Figures, frozen=True):
    """The films of another hospital.

    Attributes:
        statement: What the labels of these films are worth, Markdown.
        operating_point: Name of the operating point.
        gate_counted_on: Films that refusals and flags were counted on.
        groups: Figures by name of the group.
    """

    statement: str
    operating_point: str
    gate_counted_on: str
    groups: dict[str, SiteGroup]


class SplitLogCount(Figures, frozen=True):
    """How often the test split was scored: in all, for this run, for how many models, and since which day."""

    count: int
    of_this_run: int
    models: int
    since: str


class GateFigures(Figures, frozen=True):
    """The gate's wrong refusals and flags on the films it was measured on."""

    measured_on: str
    false_refusals: Estimate
    false_flags: Estimate
    taught_with_another_site: bool


class NearDuplicateFigures(Figures, frozen=True):
    """Near-copies of films across patients."""

    bits: int
    pairs_across_patients: int
    pairs_with_a_test_film: int
    films_left_out_of_training: int


class BundleFigures(Figures, frozen=True, kw_only=True):
    """What is measured of a bundle on the test films, by `trainer train` and by `trainer evaluate`.

    Attributes:
        test: Figures on the test films by file (`quant`, `float`, `keras`).
        parity: The quantized file against the float file.
        errors: The errors of the quantized file.
        heat_maps: From `trainer.heat_map_quality.heat_maps`.
        test_evaluations: How often the test split was scored.
        external_site: Films of another hospital; None without.
        validation: Figures on the validation films by file.
    """

    test: dict[str, FileFigures]
    parity: ParityFigures
    errors: ErrorFigures
    heat_maps: dict[str, Any]
    test_evaluations: SplitLogCount
    external_site: SiteFigures | None = None
    validation: dict[str, FileFigures] = {}


class Metrics(BundleFigures, frozen=True, kw_only=True):
    """All of `metrics.json`.

    Attributes:
        calibration: Figures by file.
        comparison: The precisions of the converted net.
        gate: The gate's wrong refusals and flags.
        near_duplicates: Near-copies of films across patients.
        epochs: Rows of the training log.
        run: Name of the run.
        config: The recipe.
        recalibration: What a recalibration changed, Markdown; empty without one.
    """

    calibration: dict[str, CalibrationFigures]
    comparison: list[PrecisionFigures]
    gate: GateFigures
    near_duplicates: NearDuplicateFigures
    epochs: list[dict[str, Any]]
    run: str
    config: dict[str, Any]
    recalibration: str = ""


def gate_figures(gate: GateParameters) -> GateFigures:
    """The rates that a fitted gate states of itself."""
    return GateFigures(
        measured_on=gate.measured_on,
        false_refusals=gate.false_refusals,
        false_flags=gate.false_flags,
        taught_with_another_site=gate.outside_scale is not None,
    )


def read_metrics(bundle: Path) -> Metrics:
    """Reads the `metrics.json` of a bundle.

    Raises:
        DataError: There is none, or it has another form.
    """
    path = bundle / METRICS_NAME
    try:
        return msgspec.json.decode(path.read_bytes(), type=Metrics)
    except (OSError, msgspec.MsgspecError) as error:
        raise DataError(
            f"{path} cannot be read.", hint="Give a bundle that `trainer train` made.", detail=repr(error)
        ) from error


def write_figures(path: Path, figures: Figures) -> None:
    """Writes figures as JSON, numbers rounded to 6 decimals."""
    write_json(path, _rounded(msgspec.to_builtins(figures)))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DECIMALS)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list) else value
