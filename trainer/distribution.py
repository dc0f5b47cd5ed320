"""Which `tf.distribute` strategy a run trains under."""

from __future__ import annotations

import contextlib
import json
import os
from contextlib import AbstractContextManager
from typing import Any

import tensorflow as tf

from trainer.config import Strategy
from trainer.errors import ConfigError


def build_strategy(name: Strategy) -> tf.distribute.Strategy | None:
    """Builds a strategy; must come before anything else touches TensorFlow's devices.

    Args:
        name: `none`; `mirrored`, all GPUs of this machine, or its CPU where there is none; `multiworker`, the workers
            that the environment variable TF_CONFIG names.

    Returns:
        The strategy; None for `none`.

    Raises:
        ConfigError: `multiworker` without a usable TF_CONFIG.
    """
    if name == "none":
        return None
    if name == "mirrored":
        return tf.distribute.MirroredStrategy()
    try:
        cluster = json.loads(os.environ["TF_CONFIG"])
        workers = cluster["cluster"]["worker"]
        index = cluster["task"]["index"]
    except (KeyError, ValueError, TypeError) as error:
        raise ConfigError(
            "multiworker training needs the environment variable TF_CONFIG with the workers and this one's index.",
            hint="See docs/training.md, under Several machines.",
            detail=repr(error),
        ) from error
    if not 0 <= index < len(workers):
        raise ConfigError(f"TF_CONFIG names {len(workers)} workers, and this one as number {index}.")
    return tf.distribute.MultiWorkerMirroredStrategy()


def scope(strategy: tf.distribute.Strategy | None) -> AbstractContextManager[Any]:
    """The scope in which a model must be built and compiled."""
    return strategy.scope() if strategy is not None else contextlib.nullcontext()


def is_chief(strategy: tf.distribute.Strategy | None) -> bool:
    """Whether this process writes the run's files: always, but for workers other than the first."""
    if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        return True
    return int(json.loads(os.environ["TF_CONFIG"])["task"]["index"]) == 0
