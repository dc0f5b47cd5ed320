"""Phase 1 on cached features: the frozen base runs once for each film, and the new last layer learns on its output.

A frozen base gives a film the same features in every epoch, so an epoch costs one product of a matrix and a vector for
each film instead of the whole net.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import NDArray

from edge_app.engine.keras_gradcam import LOGIT_LAYER
from trainer.nets.lung_head import is_lung_layer
from trainer.nets.model import FEATURES_LAYER
from trainer.progress import progress_line

_BATCH = 64


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Features of films from the frozen base.

    Attributes:
        vectors: `(films, channels)` float32, pooled over the last feature map.
        labels: `(films, 1)` float32, 0 or 1.
    """

    vectors: NDArray[np.float32]
    labels: NDArray[np.float32]

    def dataset(self) -> tf.data.Dataset:
        """One element for each film: its vector and its label."""
        return tf.data.Dataset.from_tensor_slices((self.vectors, self.labels))


def compute_features(
    model: keras.Model, films: tf.data.Dataset, count: int, *, augment: Any | None = None, passes: int = 1, title: str
) -> Features:
    """Computes the features of films, with a progress line.

    Args:
        model: Model from `trainer.nets.model.build_model` with a frozen base.
        films: Single films from `trainer.data.pipeline.read_tree`.
        count: Number of films.
        augment: Keras layer on `(batch, height, width, 1)` float32 0..255, for all passes but the first; or None.
        passes: Number of passes over the films: plain, then with new draws of the augmentation. Without augmentation a
            second pass would give the same, so there is only one.
        title: Title of the progress line.

    Returns:
        The features: all films in the order of `films`, pass after pass.
    """
    base = keras.Model(model.inputs, model.get_layer(FEATURES_LAYER).output)
    if augment is None:
        passes = 1
    line = progress_line(title)
    vectors: list[NDArray[np.float32]] = []
    labels: list[NDArray[np.float32]] = []
    done = 0
    for number in range(passes):
        for pixels, label in films.batch(_BATCH).prefetch(tf.data.AUTOTUNE):
            batch = tf.cast(pixels, tf.float32)
            if number and augment is not None:
                batch = augment(batch, training=True)
            vectors.append(base.predict_on_batch(batch))
            labels.append(np.asarray(label, dtype=np.float32).reshape(-1, 1))
            done += len(vectors[-1])
            line(done, count * passes)
    return Features(np.concatenate(vectors), np.concatenate(labels))


def head_of(model: keras.Model) -> keras.Model:
    """Copies the layers after the pooled features, with their weights: `(batch, channels)` float32 to `(batch, 1)`
    probabilities.
    """
    names = [layer.name for layer in model.layers]
    behind = [layer for layer in model.layers[names.index(FEATURES_LAYER) + 1 :] if not is_lung_layer(layer)]
    features = keras.Input(model.get_layer(FEATURES_LAYER).output.shape[1:], name=FEATURES_LAYER)
    output = features
    copies: list[tuple[layers.Layer, layers.Layer]] = []
    for layer in behind:
        copy = type(layer).from_config(layer.get_config())
        output = copy(output)
        copies.append((layer, copy))
    for layer, copy in copies:
        copy.set_weights(layer.get_weights())
    return keras.Model(features, output, name=f"{model.name}_head")


def put_head(model: keras.Model, head: keras.Model) -> None:
    """Copies the weights of a trained head into the whole net, in place."""
    model.get_layer(LOGIT_LAYER).set_weights(head.get_layer(LOGIT_LAYER).get_weights())
