"""Chooses the processes that train a model: this one, all GPUs of this machine, or several workers."""

from __future__ import annotations

import tensorflow as tf

from trainer.config import TrainingConfig
from trainer.training.multi_worker import Workers
from trainer.training.team import Team


def build_team(config: TrainingConfig) -> Team:
    """Builds the team that `training.strategy` names; call it before anything else uses TensorFlow's devices.

    Args:
        config: With its strategy: `none` is this process alone, `mirrored` all GPUs of this machine (or its CPU where
            there is none), `multi_worker` the processes that TF_CONFIG names.

    Returns:
        The team; with several workers, once all of them have joined.

    Raises:
        ConfigError: TF_CONFIG names no team, or the batch cannot be divided evenly.
        TrainingError: The workers did not find each other.
    """
    if config.strategy == "multi_worker":
        return Workers.from_environment(config.batch_size)
    return Team(tf.distribute.MirroredStrategy() if config.strategy == "mirrored" else None)
