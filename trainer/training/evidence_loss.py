"""A net that is taught where the lungs are: evidence outside of them costs, and its lung head learns the outline."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import layers

from edge_app.engine.keras_gradcam import FEATURE_MAP_LAYER, LOGIT_LAYER
from trainer.config import LungsConfig
from trainer.nets.lung_head import LUNGS_LAYER
from trainer.nets.model import PROBABILITY_LAYER
from trainer.training.background_swap import BackgroundSwap, RandomGeometry


def outside_share(feature_map: Any, weights: Any, outside: Any) -> Any:
    """How much of the evidence, for and against, lies outside the lungs.

    Args:
        feature_map: `(batch, rows, columns, channels)`: A.
        weights: `(channels, 1)`: w of the last layer.
        outside: `(batch, rows, columns)` 0..1: the share of each cell that lies outside.

    Returns:
        `(batch,)`: sum of (w.A)^2 outside by its sum over the film, 0..1. Squares, so that evidence for pneumonia and
        against it count alike.
    """
    strength = tf.square(tf.squeeze(tf.linalg.matmul(feature_map, weights[None, None]), axis=-1))
    total = tf.reduce_sum(strength, axis=(1, 2))
    return tf.reduce_sum(strength * outside, axis=(1, 2)) / (total + 1e-6)


def outline_loss(drawn: Any, said: Any) -> Any:
    """Cross-entropy of cells plus one minus the soft Dice coefficient.

    Args:
        drawn: `(batch, rows, columns)` 0..1.
        said: `(batch, rows, columns)` 0..1.

    Returns:
        `(batch,)`, >= 0.
    """
    said = tf.clip_by_value(said, 1e-5, 1 - 1e-5)
    cells = -(drawn * tf.math.log(said) + (1 - drawn) * tf.math.log(1 - said))
    shared = tf.reduce_sum(drawn * said, axis=(1, 2))
    held = tf.reduce_sum(drawn + said, axis=(1, 2))
    return tf.reduce_mean(cells, axis=(1, 2)) + 1 - 2 * shared / (held + 1e-6)


@keras.saving.register_keras_serializable(package="pneumoscope")
class LungTaught(keras.Model):
    """Trains a net on batches from `lung_batches`, and validates it on plain films and labels.

    The net itself is what is kept: it shares its layers with this model.
    """

    def __init__(self, net: keras.Model, config: LungsConfig) -> None:
        """Wraps a net.

        Args:
            net: From `trainer.nets.model.build_model`.
            config: How much evidence outside and the lung head's error count.
        """
        super().__init__(name=f"{net.name}_taught")
        self.net = net
        outputs = {"feature_map": net.get_layer(FEATURE_MAP_LAYER).output, **_named_outputs(net)}
        self._parts = keras.Model(net.inputs[0], outputs)
        self._weights_of_logit = net.get_layer(LOGIT_LAYER)
        self._config = config
        self._outside = keras.metrics.Mean(name="evidence_outside")
        self._outline = keras.metrics.Mean(name="outline_loss")
        self.built = True  # its layers are

    def call(self, films: Any, training: bool = False) -> dict[str, Any]:
        """Maps `(batch, height, width, 1)` pixels 0..255 to `probability`, `feature_map` and, with a head, `lungs`."""
        parts: dict[str, Any] = self._parts(films, training=training)
        return parts

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """Loss of the labels; in training also of evidence outside the lungs and of the lung head."""
        labels = y["label"] if isinstance(y, dict) else y
        loss = super().compute_loss(x, labels, y_pred[PROBABILITY_LAYER], sample_weight, training)
        if not isinstance(y, dict):
            return loss
        share = outside_share(y_pred["feature_map"], self._weights_of_logit.kernel, y["outside"])
        loss += self._config.outside_weight * _mean_where(share, y["drawn"], self._outside)
        if LUNGS_LAYER in y_pred:
            outline = outline_loss(y["lungs"], y_pred[LUNGS_LAYER])
            loss += self._config.head_weight * _mean_where(outline, y["untouched"], self._outline)
        return loss

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Metrics of the labels."""
        labels = y["label"] if isinstance(y, dict) else y
        found: dict[str, Any] = super().compute_metrics(x, labels, y_pred[PROBABILITY_LAYER], sample_weight)
        return found


def lung_batches(
    batches: tf.data.Dataset,
    net: keras.Model,
    config: LungsConfig,
    class_weights: dict[int, float] | None,
    looks: layers.Layer | None,
    seed: int,
) -> tf.data.Dataset:
    """Augments films together with their masks, and makes the targets of `LungTaught`.

    Args:
        batches: `(batch, height, width, 2)` float32 0..255, film and mask, and `(batch, 1)` labels.
        net: Whose grids the targets are made for.
        config: With the share of swapped backgrounds.
        class_weights: Weight of a film of each label; None for 1.
        looks: Augmentation of grey levels on `(batch, height, width, 1)`; None for none.
        seed: Of geometry and swap.

    Returns:
        Films, a dictionary of targets, `(batch, 1)` weights. The targets:
        `label` `(batch, 1)`, 0.5 for a film whose lungs are painted over;
        `outside` `(batch, rows, columns)` of the last feature map, share of a cell outside the lungs;
        `drawn` `(batch,)`, 1 for a film with a mask;
        `lungs` `(batch, rows, columns)` of the lung head, share of a cell inside;
        `untouched` `(batch,)`, 1 for a film with a mask that is whole: the head must not learn to find the seam.
    """
    geometry, swap = RandomGeometry(seed), BackgroundSwap(seed + 1, config.swap, config.empty)
    cells = net.get_layer(FEATURE_MAP_LAYER).output.shape[1:3]
    outputs = _named_outputs(net)
    fine = outputs[LUNGS_LAYER].shape[1:3] if LUNGS_LAYER in outputs else cells
    normal, pneumonia = (class_weights[0], class_weights[1]) if class_weights else (1.0, 1.0)

    def make(pairs: Any, labels: Any) -> tuple[Any, dict[str, Any], Any]:
        pairs = geometry(pairs)
        films, lungs = pairs[..., :1], pairs[..., 1:] / 255
        drawn = tf.cast(tf.reduce_max(lungs, axis=(1, 2, 3)) > 0.5, tf.float32)
        films, swapped, emptied = swap(films, lungs)
        changed = tf.cast(swapped | emptied, tf.float32)
        if looks is not None:
            films = looks(films, training=True)
        targets = {
            "label": tf.where(emptied[:, None], 0.5, labels),
            # The share of a cell as it is painted: bilinear between the centres of the cells.
            "outside": 1 - tf.image.resize(lungs, cells, method="bilinear", antialias=True)[..., 0],
            "drawn": drawn,
            "lungs": tf.image.resize(lungs, fine, method="area")[..., 0],
            "untouched": drawn * (1 - changed),
        }
        return films, targets, normal + (pneumonia - normal) * labels

    return batches.map(make).prefetch(tf.data.AUTOTUNE)


def _named_outputs(net: keras.Model) -> dict[str, Any]:
    """The net's outputs by name; a net without a lung head has one, which is no dictionary."""
    output = net.output
    return dict(output) if isinstance(output, dict) else {PROBABILITY_LAYER: output}


def _mean_where(values: Any, chosen: Any, metric: keras.metrics.Metric) -> Any:
    """Mean over the batch's chosen films, 0 where there are none."""
    metric.update_state(values, sample_weight=chosen)
    return tf.reduce_sum(values * chosen) / tf.maximum(tf.reduce_sum(chosen), 1.0)
