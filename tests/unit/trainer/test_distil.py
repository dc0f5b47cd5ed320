"""A net that is taught by others: what becomes of the labels."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer.config import load_config
from trainer.errors import ConfigError
from trainer.research.table import read_table
from trainer.training.distil import soft_labels, taught_films

SIDE = 8
LABELS = np.array([[0.0], [1.0], [1.0]], dtype=np.float32)


def teacher(path: Path, probability: float, side: int = SIDE) -> Path:
    """A net that says the same of every film."""
    film = keras.Input((side, side, 1))
    logit = float(np.log(probability / (1 - probability)))
    answer = keras.layers.Dense(
        1, "sigmoid", kernel_initializer="zeros", bias_initializer=keras.initializers.Constant(logit)
    )(keras.layers.GlobalAveragePooling2D()(film))
    keras.Model(film, answer).save(path)
    return path


def films() -> tf.data.Dataset:
    return tf.data.Dataset.from_tensor_slices((np.zeros((3, SIDE, SIDE, 1), np.uint8), LABELS))


def test_a_label_is_partly_the_mean_of_what_the_teachers_say(tmp_path: Path) -> None:
    teachers = [teacher(tmp_path / "one.keras", 0.9), teacher(tmp_path / "two.keras", 0.5)]
    batches = soft_labels(taught_films(films(), teachers, SIDE).batch(3), 0.25, {0: 2.0, 1: 0.5})
    _, labels, weights = next(iter(batches))
    np.testing.assert_allclose(labels[:, 0], 0.75 * LABELS[:, 0] + 0.25 * 0.7, atol=1e-6)
    np.testing.assert_array_equal(weights[:, 0], [2.0, 0.5, 0.5])


def test_a_teacher_that_is_missing_or_of_another_size_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="gone"):
        taught_films(films(), [tmp_path / "gone.keras"], SIDE)
    with pytest.raises(ConfigError, match="16 x 16"):
        taught_films(films(), [teacher(tmp_path / "large.keras", 0.5, side=16)], SIDE)


def test_mixup_and_teachers_exclude_each_other() -> None:
    with pytest.raises(ConfigError, match="choose one"):
        load_config(overrides=["fine_tune.mixup=0.2", 'fine_tune.teachers=["a.keras"]'])


def test_a_trial_has_another_key_with_other_teachers(tmp_path: Path) -> None:
    path = tmp_path / "table.toml"
    path.write_text(
        '[[trial]]\nname = "a"\n[[trial]]\nname = "b"\nseed = 3\n'
        '[[trial]]\nname = "c"\nteachers = ["a"]\n[[trial]]\nname = "d"\nteachers = ["a", "b"]\n'
    )
    trials = read_table(path).trials
    assert len({trial.key for trial in trials}) == 4
    assert trials[3].teachers == trials[:2]
    path.write_text('[[trial]]\nname = "a"\nteachers = ["b"]\n[[trial]]\nname = "b"\n')
    with pytest.raises(ConfigError, match="'b' of trial 'a'"):
        read_table(path)
