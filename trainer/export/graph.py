"""The exported graph: the trained net with `probability`, `evidence` and `features` as outputs of one invoke."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers

from edge_app.engine.keras_gradcam import FEATURE_MAP_LAYER, LOGIT_LAYER
from trainer.nets.lung_head import LUNGS_LAYER

EVIDENCE_CONV = "evidence_conv"
LOGIT_CONV = "logit_conv"
SIGMOID = "sigmoid"
PROBABILITY = "probability"


def export_graph(model: keras.Model) -> keras.Model:
    """Rebuilds the head so that one invoke gives all outputs that the device shows.

    For logit = sum_k w_k mean(A_k) + b the gradient d logit / d A_k is w_k / cells in every cell, so Grad-CAM is
    ReLU(sum_k (w_k / cells) A_k): a 1 x 1 convolution with the weights of the last layer. The logit is a 1 x 1
    convolution over the pooled map for another reason: converters since TensorFlow 2.17 write a version of
    FULLY_CONNECTED that tflite-runtime 2.14 does not support.

    Args:
        model: Trained model from `trainer.nets.model.build_model`.

    Returns:
        A model on `(1, height, width, 1)` pixels 0..255 with a dict of outputs: `probability` (1, 1), `evidence`
        (1, rows, columns) >= 0 in units of the logit, `features` (1, channels), and `lungs` (1, rows, columns) 0..1
        where the net has a lung head.
    """
    feature_map = model.get_layer(FEATURE_MAP_LAYER).output
    weights, bias = model.get_layer(LOGIT_LAYER).get_weights()
    rows, columns, channels = feature_map.shape[1:]

    evidence_conv = layers.Conv2D(1, 1, use_bias=False, activation="relu", name=EVIDENCE_CONV)
    evidence = layers.Reshape((rows, columns), name="evidence")(evidence_conv(feature_map))
    pooled = layers.GlobalAveragePooling2D(keepdims=True, name="pool")(feature_map)
    logit_conv = layers.Conv2D(1, 1, name=LOGIT_CONV)
    probability = layers.Activation("sigmoid", name=SIGMOID)(logit_conv(pooled))
    kernel = weights.reshape(1, 1, channels, 1)
    evidence_conv.set_weights([kernel / np.float32(rows * columns)])
    logit_conv.set_weights([kernel, bias])
    lungs = {LUNGS_LAYER: model.output[LUNGS_LAYER]} if isinstance(model.output, dict) else {}
    return keras.Model(
        model.inputs[0],
        {
            **lungs,
            PROBABILITY: layers.Reshape((1,), name=PROBABILITY)(probability),
            "evidence": evidence,
            "features": layers.Reshape((channels,), name="features_flat")(pooled),
        },
        name="pneumoscope_export",
    )
