"""The tf.data pipeline: read, cache, shuffle, batch, augment, prefetch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.data.prepare import LABEL_FOLDERS


def read_tree(folder: Path, height: int, width: int) -> tf.data.Dataset:
    """Reads one side of the tree of prepared films.

    Args:
        folder: Folder with the folders `LABEL_FOLDERS`.
        height: Height of the prepared films, pixels.
        width: Width of the prepared films, pixels.

    Returns:
        Single films in path order: `(height, width, 1)` uint8 and a `(1,)` float32 label; cached in memory, where
        uint8 takes a quarter of the reader's float32.
    """
    films = tf.keras.utils.image_dataset_from_directory(
        folder,
        label_mode="binary",
        class_names=list(LABEL_FOLDERS),
        color_mode="grayscale",
        batch_size=None,
        image_size=(height, width),
        shuffle=False,
        verbose=False,
    )
    return films.map(lambda film, label: (tf.cast(film, tf.uint8), label), num_parallel_calls=tf.data.AUTOTUNE).cache()


def with_masks(films: tf.data.Dataset, masks: NDArray[np.uint8]) -> tf.data.Dataset:
    """Puts each film's mask behind it as a second channel.

    Args:
        films: As from `read_tree`.
        masks: `(films, height, width)` uint8, 0 or 255, in the same order.

    Returns:
        Single films: `(height, width, 2)` uint8 and the label.
    """
    drawn = tf.data.Dataset.from_tensor_slices(masks)
    return tf.data.Dataset.zip((films, drawn)).map(
        lambda film, mask: (tf.concat([film[0], mask[..., None]], axis=-1), film[1])
    )


def training_batches(
    films: tf.data.Dataset,
    *,
    count: int,
    batch_size: int,
    seed: int,
    augment: Any | None,
    epochs_done: int = 0,
    worker: int = 0,
    workers: int = 1,
) -> tf.data.Dataset:
    """Shuffles, batches and augments single films.

    The augmentation runs one batch at a time, in order: in parallel its random draws would come in another order in
    each run. Prefetching still overlaps it with the training step.

    Args:
        films: Films from `read_tree`.
        count: Number of films.
        batch_size: Number of films in a batch; an incomplete last batch is left out.
        seed: Seed of the random generator.
        augment: Keras layer on `(batch, height, width, 1)` float32 0..255, or None.
        epochs_done: Number of epochs done, for the shuffle of a resumed run.
        worker: Index of this worker, which gets and augments its own part of each batch.
        workers: Number of workers; it divides `batch_size`.

    Returns:
        Batches of `(batch, height, width, 1)` float32 0..255 and `(batch, 1)` float32 labels.
    """
    batches = films.shuffle(count, seed=seed + epochs_done, reshuffle_each_iteration=True)
    batches = batches.batch(batch_size, drop_remainder=count >= batch_size)
    if workers > 1:
        part = batch_size // workers
        mine = slice(worker * part, (worker + 1) * part)
        batches = batches.map(lambda film, label: (film[mine], label[mine]))
    batches = batches.map(lambda film, label: (tf.cast(film, tf.float32), label))
    if augment is not None:
        batches = batches.map(lambda film, label: (augment(film, training=True), label))
    return batches.prefetch(tf.data.AUTOTUNE)


def array_batches(
    films: NDArray[np.uint8], labels: Sequence[int] | NDArray[np.int64], batch_size: int
) -> tf.data.Dataset:
    """Batches films in memory, in order, for validation.

    Args:
        films: `(films, height, width)` uint8.
        labels: 0 or 1.
        batch_size: Number of films in a batch.

    Returns:
        Batches as from `training_batches`.
    """
    targets = np.asarray(labels, dtype=np.float32)[:, None]
    batches = tf.data.Dataset.from_tensor_slices((films[..., None], targets)).batch(batch_size)
    return batches.map(lambda film, label: (tf.cast(film, tf.float32), label)).cache().prefetch(tf.data.AUTOTUNE)
