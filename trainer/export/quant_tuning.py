"""Fine-tunes the int8 net until it answers as the float net does.

The float net is the teacher, so no label is asked: logit, evidence, feature map and lungs of both are held together on
augmented training films. Rounding then costs what the weights cannot make up for, and no more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.export.fake_quant import FakeQuant, RoundedConv, fake_quantized, set_limits
from trainer.training.augment import build_augmentation

BATCH = 16
LIMIT_FILMS = 64
"""Films that limits are measured on before they are learnt."""


@dataclass(frozen=True, slots=True, eq=False)
class Tuning:
    """How an int8 net is tuned.

    Attributes:
        films: `(films, height, width)` uint8 training films.
        steps: Of `BATCH` films each.
        rate: Peak learning rate.
        seed: Of order and augmentation.
        kept: File of weights that holds a finished tuning of the same net, or will.
        progress: Called with steps done and steps in all.
    """

    films: NDArray[np.uint8]
    steps: int
    rate: float
    seed: int
    kept: Path | None = None
    progress: Callable[[int, int], None] | None = None


def tuned_int8(graph: keras.Model, tuning: Tuning, float_share: float = 0.0) -> keras.Model:
    """Makes the int8 net of an exported graph.

    Args:
        graph: From `export_graph`, equalised, with `fold_input` behind it; it is left as it is.
        tuning: Films, steps, learning rate.
        float_share: Share of the convolutions, from the input on, that stay in float.

    Returns:
        From `trainer.export.fake_quant.fake_quantized`, with limits set and weights tuned.
    """
    net = fake_quantized(graph, float_share)
    if tuning.kept is not None and tuning.kept.is_file():
        net.load_weights(tuning.kept)
        return net
    films = tuning.films
    set_limits(net, films[:: max(1, len(films) // LIMIT_FILMS)][:LIMIT_FILMS])
    learnt = [
        variable
        for layer in net.layers
        if isinstance(layer, FakeQuant | RoundedConv)
        for variable in layer.trainable_variables
    ]
    rate = keras.optimizers.schedules.CosineDecay(tuning.rate, tuning.steps, alpha=0.01)
    optimizer = keras.optimizers.Adam(rate, clipnorm=1.0)
    optimizer.build(learnt)

    def step(batch: Any) -> Any:
        taught = graph(batch, training=False)
        with tf.GradientTape() as tape:
            loss = difference(net(batch, training=True), taught)
        optimizer.apply_gradients(zip(tape.gradient(loss, learnt), learnt, strict=True))
        return loss

    traced = tf.function(step, reduce_retracing=True)
    for number, batch in enumerate(_batches(films, tuning.steps, tuning.seed), start=1):
        traced(batch)
        if tuning.progress:
            tuning.progress(number, tuning.steps)
    if tuning.kept is not None:
        net.save_weights(tuning.kept)
    return net


def difference(said: dict[str, Any], taught: dict[str, Any]) -> Any:
    """How far the answers of one net are from another's.

    The logit counts by its square only as long as it is near: far away both nets are sure, and one such film would
    outweigh all others.

    Args:
        said: Outputs of the int8 net.
        taught: Outputs of the float net, by the same names.

    Returns:
        Mean over the batch; every output counts by the square of its difference, the pooled features and the evidence
        relative to what they hold.
    """
    logits = [_logit(outputs["probability"]) for outputs in (said, taught)]
    loss = tf.reduce_mean(tf.sqrt(1 + tf.square(logits[0] - logits[1])) - 1)
    for name in ("features", "evidence"):
        axes = tuple(range(1, len(said[name].shape)))
        off = tf.reduce_sum(tf.square(said[name] - taught[name]), axes)
        held = tf.reduce_sum(tf.square(taught[name]), axes)
        loss += tf.reduce_mean(off / (held + tf.reduce_mean(held) + 1e-6))
    if "lungs" in said:
        loss += tf.reduce_mean(tf.square(said["lungs"] - taught["lungs"]))
    return loss


def _logit(probability: Any) -> Any:
    kept = tf.clip_by_value(probability, 1e-4, 1 - 1e-4)
    return tf.math.log(kept / (1 - kept))


def _batches(films: NDArray[np.uint8], steps: int, seed: int) -> tf.data.Dataset:
    """Films in random order, augmented; every other batch is left as it is, for that is what a device sees."""
    augment = build_augmentation("strong", seed)
    order = np.random.default_rng(seed)

    def draw() -> Any:
        for number in range(steps):
            chosen = np.sort(order.choice(len(films), min(BATCH, len(films)), replace=False))
            batch = tf.constant(films[chosen, ..., None].astype(np.float32))
            yield batch if augment is None or number % 2 == 0 else augment(batch, training=True)

    shape = tf.TensorSpec((None, *films.shape[1:], 1), tf.float32)
    return tf.data.Dataset.from_generator(draw, output_signature=shape).prefetch(2)
