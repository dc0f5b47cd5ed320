"""The table of pre-trained nets that can be fine-tuned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
from keras import applications, layers

from trainer.config import BackboneName, ModelConfig
from trainer.errors import ConfigError
from trainer.nets.efficientnet_lite import efficientnet_lite0


@dataclass(frozen=True, slots=True)
class Backbone:
    """A net without its top, of `keras.applications` or built like one.

    Attributes:
        build: Constructor of the net.
        input_px: Height and width of the films that it was trained on.
        rescale: Layer from pixels 0..255 to the range that it was trained on; inside the graph, so that no caller can
            forget it. None where the net rescales by itself.
        note: Reason to choose it.
    """

    build: Callable[..., keras.Model]
    input_px: int
    rescale: Callable[[], layers.Layer] | None
    note: str


def _unit_range() -> layers.Layer:
    return layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")


def _lite_range() -> layers.Layer:
    return layers.Rescaling(1 / 128, offset=-127 / 128, name="rescale")


def _imagenet_mean() -> layers.Layer:
    # "caffe" preprocessing: BGR minus the ImageNet mean. Films are grey, so the order of the channels has no effect.
    return layers.Rescaling(1.0, offset=[-103.939, -116.779, -123.68], name="rescale")


BACKBONES: dict[BackboneName, Backbone] = {
    "mobilenetv2": Backbone(applications.MobileNetV2, 224, _unit_range, "the default: smallest and fastest in int8"),
    "efficientnetlite0": Backbone(
        efficientnet_lite0, 224, _lite_range, "made for int8; a little larger and slower; its weights come with pip"
    ),
    "mobilenet": Backbone(applications.MobileNet, 224, _unit_range, "older, a little larger, quantizes well"),
    "mobilenetv3large": Backbone(
        applications.MobileNetV3Large, 224, None, "hard-swish and squeeze-excite: better float, worse int8"
    ),
    "efficientnetv2b0": Backbone(applications.EfficientNetV2B0, 224, None, "the most accurate that a Pi runs in time"),
    "resnet50": Backbone(applications.ResNet50, 224, _imagenet_mean, "a reference; ten times the size"),
    "inceptionv3": Backbone(applications.InceptionV3, 299, _unit_range, "the net of the data set's paper; large"),
}


def input_side(config: ModelConfig) -> int:
    """Height and width of the input, pixels: the configured value, or that of the backbone."""
    return config.input_px or BACKBONES[config.backbone].input_px


def build_base(name: BackboneName, weights: str, pixels: Any) -> keras.Model:
    """Builds a net on top of grey pixels, as one flat graph.

    Args:
        name: A row of `BACKBONES`.
        weights: `imagenet`, `none`, or the path of a weights file in the layout of `keras.applications`, without top.
        pixels: `(batch, height, width, 1)` Keras tensor, 0..255.

    Returns:
        A model from `pixels` to the last feature map.

    Raises:
        ConfigError: The weights are not available or do not fit; the hint says how to pass a file.
    """
    row = BACKBONES[name]
    colour = layers.Concatenate(name="grey_to_rgb")([pixels, pixels, pixels])
    inputs = row.rescale()(colour) if row.rescale else colour
    try:
        base = row.build(include_top=False, weights="imagenet" if weights == "imagenet" else None, input_tensor=inputs)
    except Exception as error:
        if weights != "imagenet" or isinstance(error, ConfigError):
            raise
        raise ConfigError(
            f"The ImageNet weights of {name} could not be downloaded.",
            hint="Without internet, pass a weights file without top: --weights PATH (make train WEIGHTS=PATH), "
            "or start from random weights: --weights none.",
            detail=repr(error),
        ) from error
    if weights not in ("imagenet", "none"):
        _load_weights(base, Path(weights), name)
    return base


def _load_weights(base: keras.Model, path: Path, name: str) -> None:
    if not path.is_file():
        raise ConfigError(f"The weights file {path} does not exist.", hint="Use imagenet, none, or the path of a file.")
    try:
        base.load_weights(path)
    except (ValueError, KeyError, OSError) as error:
        raise ConfigError(
            f"The weights in {path} do not fit {name} without top.",
            hint="Pass a file saved from the same net of keras.applications with include_top=False.",
            detail=repr(error),
        ) from error
