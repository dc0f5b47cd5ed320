"""Distillation: a training film's label is partly what other nets say of it (Hinton et al. 2015, arXiv 1503.02531).

Without a temperature: the teachers' probabilities are taken as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.errors import ConfigError


def taught_films(films: tf.data.Dataset, teachers: Sequence[Path], side_px: int) -> tf.data.Dataset:
    """Has the teachers look at every film once, as it is, and writes beside its label what they say on average.

    Args:
        films: Single films as from `trainer.data.pipeline.read_tree`.
        teachers: `.keras` files of nets of the same input size.
        side_px: Height and width of the films.

    Returns:
        The films; `(2,)` float32 in place of the label: the label, and the teachers' mean probability of pneumonia.

    Raises:
        ConfigError: A teacher is missing, or wants films of another size.
    """
    said = np.mean([_probabilities(films, path, side_px) for path in teachers], axis=0, dtype=np.float32)
    both = tf.data.Dataset.zip(films, tf.data.Dataset.from_tensor_slices(said))
    return both.map(lambda film, word: (film[0], tf.concat([film[1], word], 0)))


def soft_labels(batches: tf.data.Dataset, share: float, class_weights: dict[int, float] | None) -> tf.data.Dataset:
    """Makes one label of the two.

    Args:
        batches: Films with labels as from `taught_films`.
        share: How much the teachers count, 0..1.
        class_weights: Weight of a film of each label; None for 1. The film's own label decides, not the teachers'.

    Returns:
        `(batch, height, width, 1)` float32 films, `(batch, 1)` labels 0..1 and `(batch, 1)` weights.
    """
    normal, pneumonia = (class_weights[0], class_weights[1]) if class_weights else (1.0, 1.0)

    def soften(films: Any, both: Any) -> tuple[Any, Any, Any]:
        label, said = both[:, :1], both[:, 1:]
        return films, (1 - share) * label + share * said, normal + (pneumonia - normal) * label

    return batches.map(soften).prefetch(tf.data.AUTOTUNE)


def _probabilities(films: tf.data.Dataset, path: Path, side_px: int) -> NDArray[np.float32]:
    if not path.is_file():
        raise ConfigError(f"There is no teacher {path}.", hint="fine_tune.teachers names .keras files of other runs.")
    model = keras.models.load_model(path, compile=False)
    wanted = tuple(model.input_shape[1:3])
    if wanted != (side_px, side_px):
        raise ConfigError(
            f"The teacher {path} looks at films of {wanted[0]} x {wanted[1]}, this run at {side_px} x {side_px}.",
            hint="Train it with the same model.input_px.",
        )
    said: NDArray[np.float32] = model.predict(films.map(lambda film, _: tf.cast(film, tf.float32)).batch(64), verbose=0)
    return said
