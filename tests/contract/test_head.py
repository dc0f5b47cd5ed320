"""Phase 1 on cached features is the same learning as on films with the base frozen, only cheaper."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from trainer.training.augment import build_augmentation
from trainer.training.frozen_features import compute_features, head_of, put_head


def _singles(films: np.ndarray, labels: np.ndarray) -> tf.data.Dataset:
    targets = labels.astype(np.float32)[:, None]
    return tf.data.Dataset.from_tensor_slices((films[..., None], targets))


def test_the_head_on_features_answers_as_the_whole_net_on_films(
    small_model: keras.Model, small_films: tuple[np.ndarray, np.ndarray]
) -> None:
    films, labels = small_films
    seen = compute_features(small_model, _singles(films, labels), len(films), title="test")
    assert seen.vectors.shape == (len(films), 32)
    assert (seen.labels[:, 0] == labels).all()
    whole = small_model.predict(films[..., None].astype(np.float32), verbose=0)
    assert np.ptp(whole) > 1e-2
    np.testing.assert_allclose(head_of(small_model).predict(seen.vectors, verbose=0), whole, atol=1e-5)


def test_a_trained_head_is_put_into_the_net(small_model: keras.Model, small_films, copy_of) -> None:
    films, labels = small_films
    model = copy_of(small_model)
    seen = compute_features(model, _singles(films, labels), len(films), title="test")
    head = head_of(model)
    head.compile(keras.optimizers.Adam(0.1), "binary_crossentropy")
    head.fit(seen.vectors, 1 - seen.labels, epochs=5, verbose=0)
    before = model.predict(films[..., None].astype(np.float32), verbose=0)
    put_head(model, head)
    after = model.predict(films[..., None].astype(np.float32), verbose=0)
    assert np.abs(after - before).max() > 0.1
    np.testing.assert_allclose(after, head.predict(seen.vectors, verbose=0), atol=1e-5)


def test_further_passes_see_each_film_augmented(small_model: keras.Model, small_films) -> None:
    films, labels = small_films
    once = compute_features(small_model, _singles(films, labels), len(films), title="test")
    augment = build_augmentation("strong", 1)
    thrice = compute_features(small_model, _singles(films, labels), len(films), augment=augment, passes=3, title="test")
    first, second, third = np.split(thrice.vectors, 3)
    np.testing.assert_allclose(first, once.vectors, atol=1e-6)
    assert np.abs(second - first).max() > 1e-3
    assert np.abs(third - second).max() > 1e-3
    assert (thrice.labels == np.tile(once.labels, (3, 1))).all()


def test_without_augmentation_there_is_one_pass(small_model: keras.Model, small_films) -> None:
    films, labels = small_films
    assert len(
        compute_features(small_model, _singles(films, labels), len(films), passes=3, title="test").labels
    ) == len(films)
