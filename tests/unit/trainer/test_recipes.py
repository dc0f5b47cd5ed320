"""What a recipe can switch on: mixup, focal loss, contrast normalisation, another side of the input."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer.config import ModelConfig, TrainingConfig
from trainer.nets.contrast import MEAN, SPREAD, normalise_contrast
from trainer.training.mixup import mixed_pairs
from trainer.training.train import build_loss

WEIGHTS = {0: 2.0, 1: 0.5}


@pytest.fixture
def batches() -> tf.data.Dataset:
    """Two batches of two white films with pneumonia and two black normal ones."""
    films = np.zeros((4, 2, 2, 1), np.float32)
    films[:2] = 255
    labels = np.array([[1], [1], [0], [0]], np.float32)
    return tf.data.Dataset.from_tensors((films, labels)).repeat(2)


def test_a_mixed_film_has_the_loss_of_its_two_films(batches: tf.data.Dataset) -> None:
    answer = 0.3
    for films, labels, weights in mixed_pairs(batches, 0.4, WEIGHTS, seed=1):
        share = films.numpy()[0, 0, 0, 0] / 255  # of the pneumonia film, mixed with the normal one before it
        assert 0 < share < 1
        label, weight = labels.numpy()[0, 0], weights.numpy()[0, 0]
        loss = -weight * (label * np.log(answer) + (1 - label) * np.log(1 - answer))
        expected = -share * WEIGHTS[1] * np.log(answer) - (1 - share) * WEIGHTS[0] * np.log(1 - answer)
        assert loss == pytest.approx(expected, rel=1e-4)


def test_films_of_one_label_keep_it_and_its_weight(batches: tf.data.Dataset) -> None:
    for _, labels, weights in mixed_pairs(batches, 0.4, WEIGHTS, seed=1):
        assert labels.numpy()[[1, 3], 0] == pytest.approx([1, 0])
        assert weights.numpy()[[1, 3], 0] == pytest.approx([0.5, 2.0])


def test_mixing_repeats_with_its_seed_and_differs_between_batches(batches: tf.data.Dataset) -> None:
    once, again = ([films.numpy() for films, *_ in mixed_pairs(batches, 0.4, None, seed=3)] for _ in range(2))
    np.testing.assert_array_equal(once, again)
    assert not np.array_equal(once[0], once[1])


def test_focal_loss_counts_a_film_less_that_is_answered_well() -> None:
    truth, well, badly = np.ones((1, 1)), np.full((1, 1), 0.9), np.full((1, 1), 0.4)
    plain, focal = (build_loss(TrainingConfig(loss=name)) for name in ("cross_entropy", "focal"))

    assert float(focal(truth, well) / plain(truth, well)) == pytest.approx(0.1**2, rel=1e-3)
    assert float(focal(truth, badly) / plain(truth, badly)) == pytest.approx(0.6**2, rel=1e-3)


@pytest.fixture
def normalise() -> keras.Model:
    pixels = keras.Input((16, 16, 1))
    return keras.Model(pixels, normalise_contrast(pixels))


def test_exposure_and_linear_contrast_cancel_out(normalise: keras.Model) -> None:
    film = np.random.default_rng(0).uniform(0, 255, (1, 16, 16, 1)).astype(np.float32)

    seen, dim = np.asarray(normalise(film)), np.asarray(normalise(0.5 * film + 30))

    assert seen.mean() == pytest.approx(MEAN, abs=0.1)
    assert seen.std() == pytest.approx(SPREAD, rel=0.01)
    np.testing.assert_allclose(dim, seen, atol=1)


def test_an_empty_film_is_not_stretched_into_noise(normalise: keras.Model) -> None:
    film = np.full((1, 16, 16, 1), 40, np.float32)
    film[0, 0, 0, 0] = 41
    assert np.asarray(normalise(film)).std() < 2


def test_the_side_of_the_input_is_the_backbones_unless_another_is_chosen() -> None:
    from trainer.nets.backbones import input_side

    assert input_side(ModelConfig(backbone="inceptionv3")) == 299
    assert input_side(ModelConfig(backbone="inceptionv3", input_px=160)) == 160
