"""The manifest of a model bundle, parsed strictly.

An unknown field is an error, because it may change the meaning of the known fields.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from edge_app.imaging.preprocess import PreprocessSpec
from edge_app.system.errors import BundleError

SCHEMA_VERSION = 1

Variant = Literal["quant", "float"]
Unit = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[float, Meta(gt=0)]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class _Frozen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of every part of the manifest."""


class Estimate(_Frozen, frozen=True):
    """A measured share with its 95 % confidence interval, all 0..1."""

    value: Unit
    low: Unit
    high: Unit


class OperatingPoint(_Frozen, frozen=True):
    """A threshold on the calibrated probability, with its expected sensitivity and specificity.

    Attributes:
        name: `balanced`, `high-sensitivity` or `high-specificity`.
        threshold: A film is positive if its calibrated probability is >= threshold.
        rule: Description of the rule that selected it.
        sensitivity: Expected share of pneumonia films called positive.
        specificity: Expected share of normal films called negative.
        measured_on: Films on which both were measured.
    """

    name: Literal["balanced", "high-sensitivity", "high-specificity"]
    threshold: Unit
    rule: str
    sensitivity: Estimate
    specificity: Estimate
    measured_on: str


class UncertainBand(_Frozen, frozen=True):
    """The band of calibrated probabilities that are shown as uncertain.

    Attributes:
        low: Lower limit, included.
        high: Upper limit, included.
        rule: Description of the rule that selected it.
        share_inside: Expected share of films inside the band; None if not measured.
        accuracy_outside: Expected accuracy outside the band; None if not measured.
        measured_on: Films on which both were measured.
    """

    low: Unit
    high: Unit
    rule: str
    share_inside: Estimate | None = None
    accuracy_outside: Estimate | None = None
    measured_on: str = ""


class Tensor(_Frozen, frozen=True):
    """A tensor of a `.tflite` signature. `scale` and `zero_point` are 0 if it is not quantized."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    scale: float = 0.0
    zero_point: int = 0


class BundleFile(_Frozen, frozen=True):
    """A file of the bundle with its hash and size."""

    path: str
    sha256: Sha256
    bytes: Annotated[int, Meta(gt=0)]


class LungLimits(_Frozen, frozen=True):
    """Limits of the lung checks, from validation films.

    Attributes:
        least_evidence: Minimum share of the evidence inside the lungs; positive films below it are flagged.
        least_area: Minimum share of the film's area; below it, lungs are missing.
        greatest_border: Maximum share of the film's border inside the lungs; above it, lungs are cut off.
        measured_on: Films on which the limits were measured.
    """

    least_evidence: Unit
    least_area: Unit
    greatest_border: Unit
    measured_on: str


class ModelFile(_Frozen, frozen=True):
    """A `.tflite` file and the parameters of its outputs, which are valid for this file only.

    Attributes:
        file: Name, hash and size.
        inputs: Input tensors of the signature.
        outputs: `probability` (1, 1), `evidence` (1, rows, columns) and `features` (1, channels), all float32.
        temperature: Divides the logit before the sigmoid (Guo et al. 2017, arXiv 1706.04599).
        bias: Added to the divided logit (Platt 1999), in units of the calibrated logit.
        prevalence: Share of pneumonia among the calibration films. For another prevalence p, add
            ln(p / (1 - p)) - ln(prevalence / (1 - prevalence)) to the calibrated logit.
        operating_points: The first is the default.
        uncertain: The band around the default threshold.
        evidence_scale: Evidence that is painted at full strength, in units of the logit.
        lungs: Limits for a model with a lung head, whose output `lungs` is (1, rows, columns), 0..1; None without one.
    """

    file: BundleFile
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    temperature: Positive
    operating_points: Annotated[tuple[OperatingPoint, ...], Meta(min_length=1)]
    uncertain: UncertainBand
    evidence_scale: Positive
    bias: float = 0.0
    prevalence: Unit = 0.5
    lungs: LungLimits | None = None

    def operating_point(self, name: str | None = None) -> OperatingPoint:
        """Returns the operating point `name`, or the default.

        Raises:
            BundleError: The name is unknown.
        """
        for point in self.operating_points:
            if name in (None, point.name):
                return point
        known = ", ".join(point.name for point in self.operating_points)
        raise BundleError("bundle.operating_point", point=repr(name), known=known)


class Identity(_Frozen, frozen=True):
    """Name, version and origin of the model (IHE AI Results, 6.5.3.1: a changed model gets a new UID)."""

    name: str
    version: str
    uid: str
    creator: str
    created: str


class IntendedUse(_Frozen, frozen=True):
    """Purpose and population of the model, and uses that are not allowed."""

    statement: str
    population: str
    limits: tuple[str, ...]


class Licence(_Frozen, frozen=True):
    """Licence of the training films, and therefore of the model.

    Attributes:
        name: Name of the licence.
        citation: Citation of the films.
        commercial_use: Whether the films, and so the model, may be used commercially.
        url: Address of the licence text; empty if there is none.
    """

    name: str
    citation: str
    commercial_use: bool
    url: str = ""


class Labels(_Frozen, frozen=True):
    """Names of the two classes."""

    negative: str = "NORMAL"
    positive: str = "PNEUMONIA"


class Training(_Frozen, frozen=True):
    """Inputs of the training, for reproduction."""

    run: str
    dataset: str
    split_sha256: Sha256
    config_sha256: Sha256
    backbone: str
    initial_weights: str
    films: dict[str, int]
    versions: dict[str, str]


class Recalibration(_Frozen, frozen=True):
    """The recalibration of a bundle on films of its site.

    Attributes:
        films: Number of films, all accepted by the gate.
        patients: Number of patients.
        pneumonia: Number of pneumonia films.
        films_sha256: Hash of the sorted hashes of the films.
        base_uid: UID of the original model.
        made: Time, ISO 8601.
    """

    films: int
    patients: int
    pneumonia: int
    films_sha256: Sha256
    base_uid: str
    made: str


class Parity(_Frozen, frozen=True):
    """Differences between the quantized and the float file on the same films."""

    measured_on: str
    films: int
    auc_drop: float
    changed_decisions: Unit
    max_probability_difference: Unit
    evidence_correlation_median: float


class Population(_Frozen, frozen=True):
    """The patients and views for which the model was validated.

    Attributes:
        noun: Noun for the population.
        outside_noun: Noun for other patients, as in "not validated for adults".
        least_age_years: Minimum age.
        greatest_age_years: Maximum age, in completed years.
        views: Allowed DICOM View Positions; empty for all.
        modalities: Allowed DICOM Modalities; empty for all.
    """

    noun: str
    outside_noun: str
    least_age_years: float
    greatest_age_years: float
    views: tuple[str, ...]
    modalities: tuple[str, ...]


class Bounds(_Frozen, frozen=True):
    """Normal range of an image statistic; values outside it cause a warning."""

    low: float
    high: float


class DistanceScale(_Frozen, frozen=True):
    """Median and 99th percentile of the distances of held-out films of the population."""

    median: float
    upper: float

    def scaled(self, distance: float) -> float:
        """Returns a scaled distance: 0 at the median, 1 at the 99th percentile."""
        return (distance - self.median) / (self.upper - self.median)


class GateParameters(_Frozen, frozen=True):
    """The limits of the gate; its arrays are in `gate.npz`. Distances are sums of both scaled distances.

    Attributes:
        arrays: The `.npz`.
        neighbours: Number of nearest known films whose mean distance counts.
        features: Scale of the distances of the graph's features.
        layout: Scale of the distances of the film's layout.
        refuse_above: A film whose distance from all known chest films is greater is refused; the sum of both scales.
        flag_above: A film whose strangeness is greater is flagged: its distance from films of the population, the sum
            of both scales, plus its logit of being another patient's over `outside_scale`.
        look_above: The same without the features, for what has to be decided before the model runs.
        film_above: A film whose logit of being an upright chest film is lower is refused.
        outside_scale: Standard deviation of that logit on films of the population; None where no chest films of other
            patients were taught.
        mirrored_above: A film whose logit of being mirrored is higher gets a notice.
        statistics: Bounds of the figures of `FilmStatistics`, by name.
        population: Whose films are inside.
        sources: Whose films taught the gate, with their terms of use.
        false_refusals: Share of held-out films of the population that the gate refuses.
        false_flags: Share of the same films that the gate flags as outside the population.
        measured_on: Films on which both were measured.
    """

    arrays: BundleFile
    neighbours: Annotated[int, Meta(ge=1)]
    features: DistanceScale
    layout: DistanceScale
    refuse_above: float
    flag_above: float
    look_above: float
    film_above: float
    outside_scale: Positive | None
    mirrored_above: float
    statistics: dict[str, Bounds]
    population: Population
    sources: tuple[str, ...]
    false_refusals: Estimate
    false_flags: Estimate
    measured_on: str

    def limits(self) -> str:
        """Returns all limits in one line. The known answers contain it, so that the self-test detects a change."""
        values = (
            *(number for scale in (self.features, self.layout) for number in (scale.median, scale.upper)),
            self.refuse_above,
            self.flag_above,
            self.look_above,
            self.film_above,
            self.outside_scale,
            self.mirrored_above,
        )
        bounds = (f"{name} {bound.low:.6g} {bound.high:.6g}" for name, bound in sorted(self.statistics.items()))
        shown = " ".join("none" if value is None else f"{value:.6g}" for value in values)
        ages = f"{self.population.least_age_years:g} {self.population.greatest_age_years:g}"
        return (
            f"gate {self.arrays.sha256} neighbours {self.neighbours} limits {shown} "
            f"bounds {' '.join(bounds)} ages {ages}"
        )


class Manifest(_Frozen, frozen=True):
    """The content of `manifest.json`."""

    schema_version: Literal[1]
    identity: Identity
    intended_use: IntendedUse
    labels: Labels
    preprocessing: PreprocessSpec
    keras: BundleFile
    variants: dict[Variant, ModelFile]
    known_answers: BundleFile
    training: Training
    parity: Parity
    metrics: dict[Variant, dict[str, Estimate]]
    gate: GateParameters | None = None
    recalibration: Recalibration | None = None
    licence: Licence | None = None

    def variant(self, name: Variant) -> ModelFile:
        """Returns the model file of a variant.

        Raises:
            BundleError: The bundle does not contain it.
        """
        try:
            return self.variants[name]
        except KeyError:
            raise BundleError("bundle.variant", variant=name, known=", ".join(self.variants)) from None

    def files(self) -> tuple[BundleFile, ...]:
        """Returns all files whose hashes are in the manifest."""
        gate = (self.gate.arrays,) if self.gate else ()
        return (self.keras, self.known_answers, *(model.file for model in self.variants.values()), *gate)


class _Header(msgspec.Struct):
    """Only the schema version, to tell another schema from a damaged manifest."""

    schema_version: int


def parse_manifest(data: bytes) -> Manifest:
    """Parses the bytes of `manifest.json`.

    Raises:
        BundleError: The data is no JSON, has another schema, or a missing, unknown or invalid field.
    """
    try:
        version = msgspec.json.decode(data, type=_Header).schema_version
        if version != SCHEMA_VERSION:
            raise BundleError("bundle.schema", found=version, known=SCHEMA_VERSION)
        return msgspec.json.decode(data, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BundleError("bundle.manifest_damaged", detail=str(error)) from error


def dump_manifest(manifest: Manifest) -> bytes:
    """Returns a manifest as indented JSON with a final line feed."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"
