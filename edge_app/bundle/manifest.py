"""The manifest of a model bundle: a typed value, read strictly.

An unknown field is an error: a manifest that says more than this version understands may mean something else by the
rest.
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
    """A threshold on the calibrated probability, and what to expect at it.

    Attributes:
        name: `balanced`, `high-sensitivity` or `high-specificity`.
        threshold: A film with a calibrated probability >= threshold is called positive.
        rule: How it was chosen, in words.
        sensitivity: Expected share of pneumonia films called positive, on the films named in `measured_on`.
        specificity: Expected share of normal films called negative.
        measured_on: Which films the two expectations come from.
    """

    name: Literal["balanced", "high-sensitivity", "high-specificity"]
    threshold: Unit
    rule: str
    sensitivity: Estimate
    specificity: Estimate
    measured_on: str


class UncertainBand(_Frozen, frozen=True):
    """Calibrated probabilities between `low` and `high` (both included) are shown as uncertain.

    Attributes:
        low: Where the band begins.
        high: Where it ends.
        rule: How it was chosen, in words.
        share_inside: Expected share of films in the band; None where it was not measured.
        accuracy_outside: Expected share of right calls among the films outside it; None where it was not measured.
        measured_on: Which films the two expectations come from.
    """

    low: Unit
    high: Unit
    rule: str
    share_inside: Estimate | None = None
    accuracy_outside: Estimate | None = None
    measured_on: str = ""


class Tensor(_Frozen, frozen=True):
    """A tensor of a `.tflite` signature. `scale` and `zero_point` are 0 where it is not quantized."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    scale: float = 0.0
    zero_point: int = 0


class BundleFile(_Frozen, frozen=True):
    """A file of the bundle and the bytes it must have."""

    path: str
    sha256: Sha256
    bytes: Annotated[int, Meta(gt=0)]


class LungLimits(_Frozen, frozen=True):
    """What the lungs of a film must look like for its answer to be trusted; from validation films.

    Attributes:
        least_evidence: Share of the evidence in the lungs; a film called positive below it is flagged.
        least_area: Share of the film that the lungs cover; below it lungs are missing.
        greatest_border: Share of the film's border that lies in the lungs; above it they are cut off.
        measured_on: Which films these are, in words.
    """

    least_evidence: Unit
    least_area: Unit
    greatest_border: Unit
    measured_on: str


class ModelFile(_Frozen, frozen=True):
    """A `.tflite` file and how to read its outputs. Nothing here carries over from one file to another.

    Attributes:
        file: Name, hash and size.
        inputs: By signature name.
        outputs: `probability` (1, 1), `evidence` (1, rows, columns) and `features` (1, channels), all float32.
        temperature: Divides the logit before the sigmoid (Guo et al. 2017, arXiv 1706.04599).
        bias: Added to the divided logit (Platt 1999), in units of the calibrated logit.
        prevalence: Share of pneumonia among the films the probabilities were calibrated on. Where another share p
            holds, add ln(p / (1 - p)) - ln(prevalence / (1 - prevalence)) to the calibrated logit.
        operating_points: The first is the default.
        uncertain: The band around the default threshold.
        evidence_scale: Evidence, in units of the logit, that is painted at full strength.
        lungs: Limits for a model with a lung head, whose further output is `lungs` (1, rows, columns) 0..1; None for a
            model without one.
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
            BundleError: There is none of that name.
        """
        if name is None:
            return self.operating_points[0]
        for point in self.operating_points:
            if point.name == name:
                return point
        known = ", ".join(point.name for point in self.operating_points)
        raise BundleError("bundle.operating_point", point=repr(name), known=known)


class Identity(_Frozen, frozen=True):
    """Who made which model when (IHE AI Results, 6.5.3.1: a changed model gets a new UID)."""

    name: str
    version: str
    uid: str
    creator: str
    created: str


class IntendedUse(_Frozen, frozen=True):
    """What the model is for, whom it knows, and what it must not be used for."""

    statement: str
    population: str
    limits: tuple[str, ...]


class Licence(_Frozen, frozen=True):
    """Terms of the films that the model was trained on, and so of the model.

    Attributes:
        name: Name of the licence.
        citation: How the films are to be cited.
        commercial_use: Whether the films, and so the model, may be used commercially.
        url: Text of the licence; empty where there is none online.
    """

    name: str
    citation: str
    commercial_use: bool
    url: str = ""


class Labels(_Frozen, frozen=True):
    """Names of the two answers."""

    negative: str = "NORMAL"
    positive: str = "PNEUMONIA"


class Training(_Frozen, frozen=True):
    """What the model was made of, enough to make it again."""

    run: str
    dataset: str
    split_sha256: Sha256
    config_sha256: Sha256
    backbone: str
    initial_weights: str
    films: dict[str, int]
    versions: dict[str, str]


class Recalibration(_Frozen, frozen=True):
    """What a bundle was recalibrated on, at the site that uses it.

    Attributes:
        films: Films used, all scored by the gate.
        patients: Their patients.
        pneumonia: Pneumonia films among them.
        films_sha256: Hash over the hashes of the films, sorted.
        base_uid: UID of the model it was made from.
        made: When, ISO 8601.
    """

    films: int
    patients: int
    pneumonia: int
    films_sha256: Sha256
    base_uid: str
    made: str


class Parity(_Frozen, frozen=True):
    """How the quantized file differs from the float one on the same films."""

    measured_on: str
    films: int
    auc_drop: float
    changed_decisions: Unit
    max_probability_difference: Unit
    evidence_correlation_median: float


class Population(_Frozen, frozen=True):
    """Whose films the model knows. What a file's header says is held against it; the features are too.

    Attributes:
        noun: Whom it was validated for, as in "not validated for adults".
        outside_noun: Whom it was not validated for.
        least_age_years: Youngest.
        greatest_age_years: Oldest; a film that states more is outside.
        views: DICOM View Positions that are inside; empty for any.
        modalities: DICOM Modalities that are inside; empty for any.
    """

    noun: str
    outside_noun: str
    least_age_years: float
    greatest_age_years: float
    views: tuple[str, ...]
    modalities: tuple[str, ...]


class Bounds(_Frozen, frozen=True):
    """Where a figure of a film lies in training films, with a margin; outside it lowers trust."""

    low: float
    high: float


class DistanceScale(_Frozen, frozen=True):
    """Distances of films of the population that are not among the known ones: the median, and what 99 % stay below."""

    median: float
    upper: float

    def scaled(self, distance: float) -> float:
        """A distance as a score: 0 for the median film, 1 for the farthest per cent."""
        return (distance - self.median) / (self.upper - self.median)


class GateParameters(_Frozen, frozen=True):
    """Which films may be scored: limits of the checks whose arrays lie in `gate.npz`.

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
        false_flags: Share of them that it calls outside the population.
        measured_on: Which films the two come from.
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
        """All limits in one line; the known answers hold it, so that the self-test notices a changed one."""
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
    """All that a bundle says of itself; `manifest.json`."""

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
            BundleError: The bundle does not hold it.
        """
        try:
            return self.variants[name]
        except KeyError:
            raise BundleError("bundle.variant", variant=name, known=", ".join(self.variants)) from None

    def files(self) -> tuple[BundleFile, ...]:
        """Every file the manifest vouches for."""
        gate = (self.gate.arrays,) if self.gate else ()
        return (self.keras, self.known_answers, *(model.file for model in self.variants.values()), *gate)


class _Header(msgspec.Struct):
    """Just enough to tell a manifest of another schema from a damaged one."""

    schema_version: int


def parse_manifest(data: bytes) -> Manifest:
    """Reads a manifest.

    Args:
        data: The bytes of `manifest.json`.

    Returns:
        The manifest.

    Raises:
        BundleError: It is no JSON, of another schema, or has a missing, unknown or impossible field.
    """
    try:
        version = msgspec.json.decode(data, type=_Header).schema_version
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BundleError("bundle.manifest_damaged", detail=str(error)) from error
    if version != SCHEMA_VERSION:
        raise BundleError("bundle.schema", found=version, known=SCHEMA_VERSION)
    try:
        return msgspec.json.decode(data, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BundleError("bundle.manifest_damaged", detail=str(error)) from error


def dump_manifest(manifest: Manifest) -> bytes:
    """Writes a manifest as indented JSON, ending in a line feed."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"
