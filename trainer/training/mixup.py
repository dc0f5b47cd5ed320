"""Mixup: a training film is the sum of two (Zhang et al. 2018, arXiv 1710.09412)."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


def mixed_pairs(
    batches: tf.data.Dataset, alpha: float, class_weights: dict[int, float] | None, seed: int
) -> tf.data.Dataset:
    """Mixes each film of a batch with another of the same batch.

    The loss of a mixed film is the mix of the weighted losses of its two films. Cross-entropy is linear in the label,
    so one label and one weight say the same.

    Args:
        batches: As from `trainer.data.pipeline.training_batches`.
        alpha: The share of the first film is drawn from Beta(alpha, alpha), for each film anew; > 0.
        class_weights: Weight of a film of each label; None for 1.
        seed: Of the draws.

    Returns:
        `(batch, height, width, 1)` float32 films, `(batch, 1)` labels 0..1 and `(batch, 1)` weights.
    """
    normal, pneumonia = (class_weights[0], class_weights[1]) if class_weights else (1.0, 1.0)
    draws = keras.random.SeedGenerator(seed)

    def mix(films: Any, labels: Any) -> tuple[Any, Any, Any]:
        share = keras.random.beta((keras.ops.shape(films)[0], 1), alpha, alpha, seed=draws)
        weights = normal + (pneumonia - normal) * labels
        other_labels, other_weights = (keras.ops.roll(value, 1, axis=0) for value in (labels, weights))
        wide = share[:, :, None, None]
        mixed = wide * films + (1 - wide) * keras.ops.roll(films, 1, axis=0)
        first, second = share * weights, (1 - share) * other_weights
        return mixed, (first * labels + second * other_labels) / (first + second), first + second

    return batches.map(mix).prefetch(tf.data.AUTOTUNE)
