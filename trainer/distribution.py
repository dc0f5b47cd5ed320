"""Which `tf.distribute` strategy a run trains under."""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager
from typing import Any

import tensorflow as tf

from trainer.config import Strategy


def build_strategy(name: Strategy) -> tf.distribute.Strategy | None:
    """Builds a strategy; must come before anything else touches TensorFlow's devices.

    Args:
        name: `none`; or `mirrored`, all GPUs of this machine, or its CPU where there is none.

    Returns:
        The strategy; None for `none`.
    """
    return None if name == "none" else tf.distribute.MirroredStrategy()


def scope(strategy: tf.distribute.Strategy | None) -> AbstractContextManager[Any]:
    """The scope in which a model must be built and compiled."""
    return strategy.scope() if strategy is not None else contextlib.nullcontext()
