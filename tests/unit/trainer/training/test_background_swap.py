"""Film and mask move together; what is swapped is the background and nothing else."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from trainer.training.background_swap import BackgroundSwap, RandomGeometry, soft_mask

SIDE = 64


def _lungs(count: int) -> np.ndarray:
    masks = np.zeros((count, SIDE, SIDE, 1), np.float32)
    masks[:, 20:44, 12:28] = masks[:, 20:44, 36:52] = 1
    return masks


def test_a_film_and_its_mask_are_moved_alike() -> None:
    lungs = _lungs(16)
    pairs = tf.constant(np.concatenate([lungs * 200, lungs * 255], axis=-1))

    film, mask = np.split(RandomGeometry(3)(pairs).numpy(), 2, axis=-1)

    np.testing.assert_allclose(film / 200, mask / 255, atol=1e-4)
    assert np.abs(mask / 255 - lungs).mean(axis=(1, 2, 3)).min() > 0.01


def test_one_seed_moves_films_in_one_way() -> None:
    pairs = tf.constant(np.random.default_rng(0).uniform(0, 255, (4, SIDE, SIDE, 2)).astype(np.float32))
    np.testing.assert_array_equal(RandomGeometry(5)(pairs), RandomGeometry(5)(pairs))


def test_lungs_stay_and_their_background_goes() -> None:
    films = np.full((12, SIDE, SIDE, 1), 50, np.float32) + 10 * np.arange(12, dtype=np.float32)[:, None, None, None]
    films = films + 60 * _lungs(12)

    swapped, changed, emptied = BackgroundSwap(1, share=1.0)(tf.constant(films), tf.constant(_lungs(12)))

    assert changed.numpy().all()
    assert not emptied.numpy().any()
    inside = _lungs(12)[..., 0] > 0
    inside[:, 20:22] = inside[:, 42:44] = False  # the edge is blended
    np.testing.assert_allclose(swapped.numpy()[..., 0][:, 30, 20], films[:, 30, 20, 0], atol=1)
    assert (np.abs(swapped.numpy()[:, 2, 2, 0] - films[:, 2, 2, 0]) > 1).mean() > 0.9


def test_painted_lungs_leave_the_rest_alone() -> None:
    films = np.full((8, SIDE, SIDE, 1), 50, np.float32) + 100 * _lungs(8)

    painted, changed, emptied = BackgroundSwap(1, share=0.0, empty=1.0)(tf.constant(films), tf.constant(_lungs(8)))

    assert emptied.numpy().all()
    assert not changed.numpy().any()
    assert np.abs(painted.numpy()[:, 30, 20, 0] - films.mean()).max() < 1
    np.testing.assert_allclose(painted.numpy()[:, 2, 2], films[:, 2, 2], atol=1e-3)


def test_a_film_without_a_mask_is_left_as_it_is() -> None:
    films = tf.constant(np.random.default_rng(0).uniform(0, 255, (4, SIDE, SIDE, 1)).astype(np.float32))
    out, changed, emptied = BackgroundSwap(1, share=0.5, empty=0.5)(films, tf.zeros_like(films))
    np.testing.assert_array_equal(out, films)
    assert not (changed | emptied).numpy().any()


def test_the_margin_keeps_more_than_the_lungs() -> None:
    soft = soft_mask(tf.constant(_lungs(1))).numpy()[0, ..., 0]
    assert soft[30, 20] == 1
    assert soft[2, 2] == 0
    assert soft.sum() > _lungs(1).sum()
