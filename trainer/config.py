"""The recipe of a training: typed, read from a task's TOML file, each value overridable on the command line."""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from collections.abc import Iterable
from typing import Annotated, Any, Literal, get_args, get_type_hints

import msgspec
from msgspec import Meta

from trainer.errors import ConfigError

Fraction = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=1)]
Rate = Annotated[float, Meta(gt=0)]
BackboneName = Literal[
    "mobilenetv2", "efficientnetlite0", "mobilenet", "mobilenetv3large", "efficientnetv2b0", "resnet50", "inceptionv3"
]
AugmentPreset = Literal["none", "basic", "strong"]
Monitor = Literal["val_recall", "val_loss", "val_auc"]
Strategy = Literal["none", "mirrored", "multi_worker"]


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of the sections."""


class DataConfig(Section, frozen=True):
    """Choice of the films.

    Attributes:
        validation_fraction: Share of the films outside the test split, by patient, that becomes validation.
        fold: Number of the fold of that size that becomes validation.
        near_duplicate_bits: Maximum distance, in bits of 64, of the perceptual hashes of near-copies.
        training_films: Maximum number of training films, whole patients drawn by the seed; 0 for all. For quick trials.
        stress_copies: Number of copies of each validation film with another acquisition (exposure, crop, blur ...):
            plain validation films saturate and cannot tell a good epoch from a better one.
    """

    validation_fraction: Annotated[float, Meta(gt=0, le=0.5)] = 0.15
    fold: Annotated[int, Meta(ge=0)] = 0
    near_duplicate_bits: Annotated[int, Meta(ge=0, le=16)] = 2
    training_films: Annotated[int, Meta(ge=0)] = 0
    stress_copies: Annotated[int, Meta(ge=0, le=4)] = 2


class ModelConfig(Section, frozen=True):
    """The net.

    Attributes:
        backbone: A row of `trainer.nets.backbones.BACKBONES`.
        weights: `imagenet` (downloaded, or from an installed package), `none` (random), or a `.weights.h5` file.
        dropout: Dropout rate before the last layer.
        input_px: Height and width of the input; 0 for the size that the backbone was trained at.
    """

    backbone: BackboneName = "mobilenetv2"
    weights: str = "imagenet"
    dropout: Annotated[float, Meta(ge=0, lt=1)] = 0.3
    input_px: Annotated[int, Meta(ge=0, le=1024)] = 0


class HeadConfig(Section, frozen=True):
    """Phase 1: the new last layer alone learns, on features that the frozen base computes once.

    Attributes:
        epochs: Maximum number of epochs; early stopping may end the phase sooner. They take seconds.
        learning_rate: Learning rate of Adam.
        passes: Number of passes of the base over the training films: plain, then with new draws of the augmentation.
    """

    epochs: Count = 20
    learning_rate: Rate = 1e-3
    passes: Count = 1


class FineTuneConfig(Section, frozen=True):
    """Phase 2: the top of the base learns too, at a low rate, with batch normalisation in inference mode.

    Attributes:
        enabled: False leaves phase 2 out.
        epochs: Maximum number of epochs; early stopping may end the phase sooner.
        learning_rate: Peak of the schedule, which rises in a warm-up and falls along a cosine to a hundredth.
        top_fraction: Share of the base's layers, counted from the output, that learn.
        weight_decay: Decoupled, as in AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101); 0 is plain Adam.
        ema_momentum: Momentum of the average of the weights over steps, for validation and saving; 0 switches it off.
    """

    enabled: bool = True
    epochs: Count = 8
    learning_rate: Rate = 1e-4
    top_fraction: Fraction = 1.0
    weight_decay: Annotated[float, Meta(ge=0)] = 0.0
    ema_momentum: Annotated[float, Meta(ge=0, lt=1)] = 0.0


class TrainingConfig(Section, frozen=True):
    """Settings of both phases.

    Attributes:
        batch_size: Number of films in a step, over all replicas.
        augment: Preset of `trainer.training.augment`.
        label_smoothing: Targets become smoothing / 2 and 1 - smoothing / 2.
        class_weights: Weight each label by the inverse of its share.
        monitor: Measure by which the kept epoch is chosen; docs/training.md explains `val_recall`.
        min_specificity: An epoch below this validation specificity is kept only if none reaches it.
        patience: Number of epochs without a lower validation loss after which a phase ends.
        strategy: `mirrored` trains on all GPUs of this machine, `multi_worker` on the machines that TF_CONFIG names.
        deterministic: Two runs with one seed agree to the last bit; slower on a GPU.
    """

    batch_size: Count = 32
    augment: AugmentPreset = "basic"
    label_smoothing: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    class_weights: bool = True
    monitor: Monitor = "val_recall"
    min_specificity: Fraction = 0.9
    patience: Count = 4
    strategy: Strategy = "none"
    deterministic: bool = False


class LungsConfig(Section, frozen=True):
    """What a training does with masks of the lungs; nothing where it is given none.

    Attributes:
        head: Add a lung head to the net: where the lungs are, in the same invoke.
        swap: Share of the films whose background becomes another's, so that it tells nothing of the class.
        empty: Share of the films whose lungs are painted over; neither answer is right for them.
        outside_weight: How much the share of the evidence that lies outside the lungs counts beside the loss.
        head_weight: How much the lung head's error counts beside the loss.
    """

    head: bool = False
    swap: Fraction = 0.0
    empty: Fraction = 0.0
    outside_weight: Annotated[float, Meta(ge=0)] = 0.0
    head_weight: Annotated[float, Meta(ge=0)] = 0.5

    @property
    def teaches(self) -> bool:
        """Whether masks are used at all."""
        return self.head or self.swap + self.empty > 0 or self.outside_weight > 0


class ExportConfig(Section, frozen=True):
    """Conversion.

    Attributes:
        calibration_films: Number of training films that the ranges of activations are measured on.
        equalise: Strength, 0..1, of the equalisation of channels before quantization; see `trainer.export.equalise`.
        float_share: Share of the convolutions, counted from the input, that the quantized file keeps in float.
        tuning_steps: Steps of 16 training films by which the quantized net is tuned to answer as the float net does; 0
            measures ranges only.
        tuning_rate: Learning rate of that; weights count as shares of the largest of their channel.
    """

    calibration_films: Count = 400
    equalise: Fraction = 0.5
    float_share: Fraction = 0.0
    tuning_steps: Annotated[int, Meta(ge=0)] = 0
    tuning_rate: Rate = 2e-4


class OperatingPointConfig(Section, frozen=True):
    """Targets of the operating points on the validation films, plain and stressed.

    Attributes:
        balanced_least_sensitivity: Sensitivity that the default point must reach on the stressed films; it lies at even
            odds, or lower where that does not suffice.
        high_sensitivity: Sensitivity that the high-sensitivity point must reach.
        high_specificity: Specificity that the high-specificity point must reach.
    """

    balanced_least_sensitivity: Fraction = 0.96
    high_sensitivity: Fraction = 0.99
    high_specificity: Fraction = 0.985


class Config(Section, frozen=True):
    """The recipe: how a model is trained, exported and calibrated, whatever its task."""

    seed: int = 1
    data: DataConfig = DataConfig()
    model: ModelConfig = ModelConfig()
    training: TrainingConfig = TrainingConfig()
    head: HeadConfig = HeadConfig()
    fine_tune: FineTuneConfig = FineTuneConfig()
    lungs: LungsConfig = LungsConfig()
    export: ExportConfig = ExportConfig()
    operating_point: OperatingPointConfig = OperatingPointConfig()

    def __post_init__(self) -> None:
        if self.lungs.teaches and self.training.strategy == "multi_worker":
            raise ValueError(
                "lungs are taught by one process: set lungs.head=false and swap, empty and outside_weight of lungs to 0"
            )

    @property
    def sha256(self) -> str:
        """Hash of every value that differs from its default.

        The same recipe has the same hash, however it is written, and a key that a later version adds does not change
        the hash of earlier runs.
        """
        return hashlib.sha256(msgspec.json.encode(_chosen(self), order="sorted")).hexdigest()


def _chosen(section: msgspec.Struct) -> dict[str, Any]:
    """The values that differ from the defaults, section by section."""
    chosen: dict[str, Any] = {}
    for field in msgspec.structs.fields(section):
        value = getattr(section, field.name)
        if value == field.default:
            continue
        chosen[field.name] = _chosen(value) if isinstance(value, msgspec.Struct) else value
    return chosen


def build_config(values: dict[str, Any], overrides: Iterable[str] = (), *, source: str = "the configuration") -> Config:
    """Makes a recipe of values that were read from TOML.

    Args:
        values: Keys by section.
        overrides: `section.key=value` or `key=value`, the value written as in TOML; a bare word is a string.
        source: Where the values come from, for error messages.

    Returns:
        The recipe.

    Raises:
        ConfigError: A key is unknown (the nearest known one is named), or a value is impossible.
    """
    for override in overrides:
        _apply(values, override)
    refuse_unknown(values, Config, "", source)
    try:
        return msgspec.convert(values, Config)
    except msgspec.ValidationError as error:
        raise ConfigError(f"An impossible value in {source}: {error}.") from error


def _apply(values: dict[str, Any], override: str) -> None:
    name, separator, text = override.partition("=")
    if not separator:
        raise ConfigError(f"{override!r} is no override.", hint="Write section.key=value, such as fine_tune.epochs=3.")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text
    *sections, key = name.strip().split(".")
    here = values
    for section in sections:
        here = here.setdefault(section, {})
        if not isinstance(here, dict):
            raise ConfigError(f"{section!r} in {override!r} is a value, not a section.")
    here[key] = value


def refuse_unknown(values: dict[str, Any], struct: type[msgspec.Struct], prefix: str, source: str) -> None:
    """Raises a `ConfigError` for a key that a struct or a struct in it does not have, and names the nearest one."""
    known = get_type_hints(struct)
    for key, value in values.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.5) or _elsewhere(key)
            hint = (
                f"Did you mean {prefix if near[0] in known else ''}{near[0]}?"
                if near
                else f"Known: {', '.join(known)}."
            )
            raise ConfigError(f"Unknown key {prefix}{key} in {source}.", hint=hint)
        kind = known[key]
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, dict):
            refuse_unknown(value, kind, f"{prefix}{key}.", source)


def _elsewhere(key: str) -> list[str]:
    """The full name of a key that stands in another section."""
    sections = {name: kind for name, kind in get_type_hints(Config).items() if isinstance(kind, type)}
    names = [
        f"{section}.{name}"
        for section, kind in sections.items()
        if issubclass(kind, msgspec.Struct)
        for name in get_type_hints(kind)
    ]
    by_key = {name.partition(".")[2]: name for name in names}
    return [by_key[match] for match in difflib.get_close_matches(key, by_key, n=1, cutoff=0.6)]


def choices(alias: Any) -> tuple[str, ...]:
    """The values of one of the `Literal` types above."""
    return get_args(alias)
