"""Who trains a model: this process alone, all GPUs of this machine, or several workers in step."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from trainer.config import TrainingConfig
from trainer.training.frozen_features import Features


class Team:
    """The processes that train one model. This is a team of one; `multi_worker.Workers` is a team of several.

    Attributes:
        index: Which of them this process is; 0 is the chief, who alone writes log and checkpoints.
        size: How many there are.
    """

    index: int = 0
    size: int = 1

    def __init__(self, strategy: tf.distribute.Strategy | None = None) -> None:
        """Makes a team.

        Args:
            strategy: What the model's variables are made under; None for plain ones.
        """
        self._strategy = strategy

    @property
    def is_chief(self) -> bool:
        """True for the one process that writes log and checkpoints."""
        return self.index == 0

    def scope(self) -> AbstractContextManager[Any]:
        """The scope in which a model must be built and compiled."""
        return self._strategy.scope() if self._strategy is not None else contextlib.nullcontext()

    def at_work(self) -> AbstractContextManager[None]:
        """What the training stands in: turns the loss of another worker into a sentence."""
        return contextlib.nullcontext()

    def agree(self, what: str, digest: str) -> None:
        """Checks that all workers train the same model on the same films.

        Args:
            what: In words.
            digest: SHA-256 in hexadecimal digits.

        Raises:
            TrainingError: A worker has another digest than the chief.
        """

    def folder(self, run: Path) -> Path:
        """Where this process keeps its files of a run.

        Args:
            run: The run's folder.
        """
        return run

    def share(self, paths: Sequence[Path]) -> None:
        """Brings the chief's files, as they are now, to all workers; one that the chief lacks is removed from them.

        Args:
            paths: As this worker calls them; as many, in the same order, on every worker.
        """

    def shard(self, films: tf.data.Dataset) -> tf.data.Dataset:
        """Every `size`-th film, from `index` on."""
        return films

    def collect(self, features: Features, looks: int) -> Features:
        """Puts the features that the workers computed of their shards together.

        Args:
            features: From `trainer.training.frozen_features.look` on `shard(films)`.
            looks: How often each film was looked at.

        Returns:
            The features of all films, in their order, look after look.
        """
        return features

    def fit(
        self,
        model: keras.Model,
        batches: tf.data.Dataset,
        *,
        epochs: int,
        validation: tf.data.Dataset,
        class_weights: dict[int, float] | None,
        callbacks: list[keras.callbacks.Callback],
    ) -> None:
        """Trains a compiled model.

        Args:
            model: Made in `scope`.
            batches: This worker's part of each batch.
            epochs: At most.
            validation: Batches of all validation films.
            class_weights: Weight of a film of each label; None for 1.
            callbacks: As for `keras.Model.fit`.
        """
        model.fit(
            batches,
            epochs=epochs,
            validation_data=validation,
            class_weight=class_weights,
            shuffle=False,  # the batches are shuffled already
            callbacks=callbacks,
            verbose=verbosity(),
        )


def build_team(config: TrainingConfig) -> Team:
    """Builds the team that `training.strategy` names; must come before anything else touches TensorFlow's devices.

    Args:
        config: With its strategy: `none` is this process alone, `mirrored` all GPUs of this machine (or its CPU where
            there is none), `multi_worker` the processes that TF_CONFIG names.

    Returns:
        The team; with several workers, once all of them are there.

    Raises:
        ConfigError: TF_CONFIG names no team, or the batch cannot be shared out evenly.
        TrainingError: The workers did not find each other.
    """
    name = config.strategy
    if name == "multi_worker":
        from trainer.training.multi_worker import Workers

        return Workers.from_environment(config.batch_size)
    return Team(tf.distribute.MirroredStrategy() if name == "mirrored" else None)


def verbosity() -> int:
    """Of Keras: a bar on a terminal, a line for each epoch in a log."""
    return 1 if sys.stderr.isatty() else 2
