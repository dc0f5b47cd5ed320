"""Trains a small net as `training.strategy` says and writes what came of it. A process of its own: one for each worker.

python -m tests.support.train_small_net none|multi_worker OUT.npz
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from trainer.config import Strategy, TrainingConfig, choices
from trainer.data.pipeline import array_batches, training_batches
from trainer.training.distribution import build_team
from trainer.training.frozen_features import Features
from trainer.training.train import metrics

BATCH = 12
FILMS = 300


def main(strategy: str, out: Path) -> None:
    assert strategy in choices(Strategy)
    team = build_team(TrainingConfig(batch_size=BATCH, strategy=strategy))
    keras.utils.set_random_seed(1)
    random = np.random.default_rng(0)
    films = random.integers(0, 256, (FILMS, 16, 16), dtype=np.uint8)
    labels = (films[:, :, :8].mean((1, 2)) > films[:, :, 8:].mean((1, 2))).astype(np.int64)
    with team.at_work(), team.scope():
        model = _net()
        model.compile(
            keras.optimizers.Adam(1e-2, weight_decay=1e-3, use_ema=True, ema_momentum=0.9),
            keras.losses.BinaryCrossentropy(label_smoothing=0.1),
            metrics=metrics(),
        )
    single_films = tf.data.Dataset.from_tensor_slices((films[..., None], labels[:, None].astype(np.float32)))
    with team.at_work():
        team.fit(
            model,
            training_batches(
                single_films,
                count=len(films),
                batch_size=BATCH,
                seed=1,
                augment=None,
                worker=team.index,
                workers=team.size,
            ),
            # One epoch: `fit` shuffles the second one in an order of its own.
            epochs=1,
            # Seven batches: not as many for one worker as for the other, and the last is not full.
            validation=array_batches(films[:100], labels[:100], batch_size=16),
            class_weights={0: 0.7, 1: 1.3},
            callbacks=[keras.callbacks.SwapEMAWeights(swap_on_epoch=True)],
        )
        numbers = team.shard(tf.data.Dataset.range(7)).map(lambda number: tf.cast([number, 10 * number], tf.float32))
        mine = np.array(list(numbers.as_numpy_iterator()))
        # As after two passes, the second of which gives a hundred more.
        twice = Features(np.concatenate([mine, mine + 100]), np.concatenate([mine, mine])[:, :1])
        collected = team.collect(twice, passes=2)
        shared = out.with_suffix(".shared")
        if team.is_chief:
            shared.write_bytes(b"of the chief")
        empty = out.with_suffix(".empty")
        if team.is_chief:
            empty.touch()
        absent = out.with_suffix(".absent")
        if not team.is_chief:
            absent.write_bytes(b"the chief has none")
        team.share([shared, empty, absent])
    np.savez(
        out,
        *model.get_weights(),
        history=np.array([model.history.history[name] for name in sorted(model.history.history)]),
        vectors=collected.vectors,
        labels=collected.labels,
        sigterm_ends_it=not _catches(signal.SIGTERM),
        shared=shared.read_bytes() == b"of the chief" and empty.read_bytes() == b"" and not absent.exists(),
    )


def _catches(number: int) -> bool:
    """Whether this process, in Python or below it, has a handler for a signal (Linux)."""
    caught = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


def _net() -> keras.Model:
    pixels = keras.Input((16, 16, 1))
    x = layers.Rescaling(1 / 127.5, offset=-1.0)(pixels)
    x = layers.Conv2D(8, 3, strides=2, activation="relu")(x)
    frozen = layers.BatchNormalization()
    frozen.trainable = False
    x = layers.Flatten()(frozen(x))
    return keras.Model(pixels, layers.Dense(1, activation="sigmoid")(x))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
