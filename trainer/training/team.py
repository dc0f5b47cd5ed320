"""The processes that train one model in step; here a team of one."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from trainer.training.frozen_features import Features


class Team:
    """The processes that train one model. This is a team of one; `trainer.training.multi_worker.Workers` has several.

    Attributes:
        index: Index of this process; 0 is the chief, which alone writes log and checkpoints.
        size: Number of processes.
    """

    index: int = 0
    size: int = 1

    def __init__(self, strategy: tf.distribute.Strategy | None = None) -> None:
        """Makes a team.

        Args:
            strategy: Distribution strategy of the model's variables; None for plain variables.
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
        """Context of the training: turns the loss of another worker into an error with a sentence."""
        return contextlib.nullcontext()

    def agree(self, what: str, digest: str) -> None:
        """Checks that all workers have the same value.

        Args:
            what: Name of the value, for the message.
            digest: SHA-256 of the value in hexadecimal digits.

        Raises:
            TrainingError: A worker has a digest other than the chief's.
        """

    def folder(self, run: Path) -> Path:
        """The folder in which this process keeps its files of a run.

        Args:
            run: The run's folder.
        """
        return run

    def share(self, paths: Sequence[Path]) -> None:
        """Copies the chief's files to all workers; a file that the chief lacks is removed from them.

        Args:
            paths: Paths on this worker; every worker gives the same files in the same order.
        """

    def shard(self, films: tf.data.Dataset) -> tf.data.Dataset:
        """Every `size`-th film, beginning with film `index`."""
        return films

    def collect(self, features: Features, passes: int) -> Features:
        """Joins the features that the workers computed from their shards.

        Args:
            features: Features of `shard(films)`, from `compute_features`.
            passes: Number of passes over the films.

        Returns:
            The features of all films in their order, pass after pass.
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
            model: Model built in `scope`.
            batches: This worker's part of each batch.
            epochs: Maximum number of epochs.
            validation: Batches of all validation films.
            class_weights: Weight of a film by label; None for 1.
            callbacks: Callbacks of `keras.Model.fit`.
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


def verbosity() -> int:
    """Verbosity of Keras: a progress bar on a terminal, one line for each epoch in a log."""
    return 1 if sys.stderr.isatty() else 2
