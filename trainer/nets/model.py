"""The classifier: one flat graph from grey pixels to a probability, and its trainable layers."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from edge_app.engine.keras_gradcam import FEATURE_MAP_LAYER, LOGIT_LAYER
from trainer.config import ModelConfig
from trainer.errors import ConfigError
from trainer.nets.backbones import build_base, input_side
from trainer.nets.lung_head import LUNGS_LAYER, add_lung_head, is_lung_layer

PROBABILITY_LAYER = "probability"
FEATURES_LAYER = "features"
"""The pooled feature map: the output of a frozen base for a film."""
LAST_BASE_LAYER = FEATURE_MAP_LAYER


def build_model(config: ModelConfig, *, positive_share: float, seed: int, lung_head: bool = False) -> keras.Model:
    """Builds the classifier.

    pixels -> rescaling -> base -> last feature map A -> global average pooling -> dropout -> Dense(1, sigmoid). With
    this head Grad-CAM is ReLU(sum_k w_k A_k) / cells, which the exported graph can emit by itself. The graph is flat:
    a nested base model breaks Grad-CAM (keras-team/keras#20116 and many others).

    Args:
        config: Backbone, weights, dropout.
        positive_share: Share of positive films that the loss sees, 0..1 exclusive; the bias starts there.
        seed: Seed of the new layers and of dropout.
        lung_head: Add the lung head.

    Returns:
        A model from `(batch, height, width, 1)` float32 pixels 0..255 to `(batch, 1)` probabilities; with a lung head,
        to a dictionary of `probability` and `lungs`, `(batch, height / 4, width / 4)`.
    """
    side = input_side(config)
    pixels = keras.Input((side, side, 1), name="pixels")
    base = build_base(config.backbone, config.weights, pixels)
    feature_map = layers.Activation("linear", name=FEATURE_MAP_LAYER)(base.output)
    pooled = layers.GlobalAveragePooling2D(name=FEATURES_LAYER)(feature_map)
    dropped = layers.Dropout(config.dropout, seed=seed, name="dropout")(pooled)
    bias = float(keras.ops.log(positive_share / (1 - positive_share)))
    logit = layers.Dense(
        1,
        name=LOGIT_LAYER,
        kernel_initializer=keras.initializers.GlorotUniform(seed=seed),
        bias_initializer=keras.initializers.Constant(bias),
    )(dropped)
    probability = layers.Activation("sigmoid", name=PROBABILITY_LAYER, dtype="float32")(logit)
    name = f"classifier_{config.backbone}"
    if not lung_head:
        return keras.Model(pixels, probability, name=name)
    return keras.Model(pixels, {PROBABILITY_LAYER: probability, LUNGS_LAYER: add_lung_head(base, seed)}, name=name)


def probability_of(outputs: Any) -> Any:
    """The `(batch, 1)` probabilities among what a model from `build_model` gives."""
    return outputs[PROBABILITY_LAYER] if isinstance(outputs, dict) else outputs


def base_layers(model: keras.Model) -> list[layers.Layer]:
    """The layers of the base, input first."""
    names = [layer.name for layer in model.layers]
    return [layer for layer in model.layers[: names.index(LAST_BASE_LAYER)] if not is_lung_layer(layer)]


def freeze_base(model: keras.Model) -> None:
    """Freezes the whole base, for phase 1."""
    for layer in base_layers(model):
        layer.trainable = False


def unfreeze_top(model: keras.Model, top_fraction: float) -> int:
    """Makes the top of the base trainable, for phase 2, but not its batch normalisation.

    A frozen BatchNormalization runs in inference mode (Keras, "Transfer learning & fine-tuning"): updating its moving
    statistics would destroy what the base has learnt.

    Args:
        model: Model from `build_model`.
        top_fraction: Share of the base's layers with weights, counted from the output, 0..1.

    Returns:
        The number of trainable layers of the base.

    Raises:
        ConfigError: There would be none.
    """
    freeze_base(model)
    weighted = [
        layer for layer in base_layers(model) if layer.weights and not isinstance(layer, layers.BatchNormalization)
    ]
    count = round(len(weighted) * top_fraction)
    if count == 0:
        raise ConfigError(
            "fine_tune.top_fraction leaves no layer to fine-tune.", hint="Raise it, or set fine_tune.enabled=false."
        )
    for layer in weighted[-count:]:
        layer.trainable = True
    return count
