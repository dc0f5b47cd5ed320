"""The training loop of several workers in sync.

`keras.Model.fit` of Keras 3 cannot run under `MultiWorkerMirroredStrategy` (docs/adr/0005). This loop does what `fit`
does, with the model's own training and validation steps, metrics and callbacks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

Step = Callable[[Any], dict[str, Any]]
Logs = dict[str, float]


def fit_in_step(
    strategy: tf.distribute.Strategy,
    model: keras.Model,
    batches: tf.data.Dataset,
    *,
    epochs: int,
    validation: tf.data.Dataset,
    callbacks: keras.callbacks.CallbackList,
) -> None:
    """Trains a compiled model. Every worker calls it with its own films, and all end with the same weights.

    The optimizer sums gradients over the workers, and the logs are values over the films of all workers. So callbacks
    that act on logs (early stopping, NaN) act alike on every worker.

    Args:
        strategy: A `MultiWorkerMirroredStrategy` with one replica for each worker.
        model: Model that was built and compiled in the strategy's scope.
        batches: This worker's part of each batch: films, labels, weights. The number of steps is equal on all workers.
        epochs: Maximum number of epochs.
        validation: This worker's part of the validation films: films, labels. May be longer on one worker.
        callbacks: Callbacks of this worker.
    """
    with strategy.scope():
        model.optimizer.build(model.trainable_variables)
    train = _in_step(strategy, model.train_step)
    validate = _alone(strategy, model.test_step)
    model.stop_training = False
    callbacks.on_train_begin()
    logs: Logs = {}
    # The epoch that BackupAndRestore has restored.
    for epoch in range(getattr(model, "_initial_epoch", None) or 0, epochs):
        model.reset_metrics()
        callbacks.on_epoch_begin(epoch)
        for number, batch in enumerate(batches):
            callbacks.on_train_batch_begin(number)
            callbacks.on_train_batch_end(number, train(batch))
        logs = _results(model)
        callbacks.on_test_begin()
        model.reset_metrics()
        for batch in validation:
            validate(batch)
        found = _results(model)
        callbacks.on_test_end(found)
        logs |= {f"val_{name}": value for name, value in found.items()}
        callbacks.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    model.optimizer.finalize_variable_values(model.trainable_weights)
    callbacks.on_train_end(logs)


def _in_step(strategy: tf.distribute.Strategy, step: Step) -> Callable[[Any], Logs]:
    """A step of all workers in sync, from a batch to the mean of the logs over the workers."""
    names: list[str] = []

    def stacked(batch: Any) -> Any:
        logs = step(batch)
        names[:] = logs
        return tf.stack([tf.cast(value, tf.float32) for value in logs.values()])

    def run(batch: Any) -> Any:
        # One tensor for all logs: each reduction over the workers costs a round trip.
        return strategy.reduce(tf.distribute.ReduceOp.MEAN, strategy.run(stacked, args=(batch,)), axis=None)

    traced = tf.function(run, reduce_retracing=True)
    return lambda batch: dict(zip(names, traced(batch).numpy().tolist(), strict=True))


def _alone(strategy: tf.distribute.Strategy, step: Step) -> Callable[[Any], None]:
    """A step without synchronisation: it only updates the metrics."""

    def run(batch: Any) -> None:
        strategy.run(step, args=(batch,))

    return tf.function(run, reduce_retracing=True)


def _results(model: keras.Model) -> Logs:
    """The metrics over the films of all workers: outside a step, reading their counts sums them over the workers."""
    return {name: float(value) for name, value in model.get_metrics_result().items()}
