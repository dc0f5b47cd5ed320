from __future__ import annotations

import numpy as np
import pytest

from trainer.data.stress import CHANGES, stress
from trainer.research.other_stress import OTHER_CHANGES
from trainer.training.augment import build_augmentation


@pytest.fixture
def films() -> np.ndarray:
    random = np.random.default_rng(0)
    ramp = np.linspace(0, 255, 64)[None, :] * np.ones((64, 1))
    return np.clip(ramp[None] + random.normal(0, 10, (6, 64, 64)), 0, 255).astype(np.uint8)


def test_stress_repeats_with_its_seed_and_changes_every_film(films: np.ndarray) -> None:
    once = stress(films, seed=5)

    assert np.array_equal(once, stress(films, seed=5))
    assert not np.array_equal(once, stress(films, seed=6))
    assert all(not np.array_equal(a, b) for a, b in zip(once, films, strict=True))


def test_a_film_is_stressed_alike_whatever_films_stand_before_it(films: np.ndarray) -> None:
    assert np.array_equal(stress(films, seed=5)[:3], stress(films[:3], seed=5))


def test_the_two_lists_of_changes_have_none_in_common(films: np.ndarray) -> None:
    assert not set(CHANGES) & set(OTHER_CHANGES)
    assert not np.array_equal(stress(films, seed=5), stress(films, seed=5, changes=OTHER_CHANGES))


@pytest.mark.parametrize("name", sorted({**CHANGES, **OTHER_CHANGES}))
def test_each_change_keeps_shape_and_depth_and_does_something(name: str, films: np.ndarray) -> None:
    changed = {**CHANGES, **OTHER_CHANGES}[name](films[0], np.random.default_rng(1))

    assert changed.shape == films[0].shape
    assert changed.dtype == np.uint8
    assert not np.array_equal(changed, films[0])


@pytest.mark.parametrize("preset", ["basic", "strong"])
def test_augmentation_stays_in_range_differs_between_films_and_repeats(preset: str, films: np.ndarray) -> None:
    batch = np.repeat(films[:1], 4, axis=0)[..., None].astype(np.float32)

    first, again = (np.asarray(build_augmentation(preset, 3)(batch, training=True)) for _ in range(2))  # type: ignore[arg-type,misc]

    assert np.array_equal(first, again)
    assert first.min() >= 0
    assert first.max() <= 255
    assert not np.array_equal(first[0], first[1])


def test_augmentation_does_nothing_outside_training(films: np.ndarray) -> None:
    batch = films[..., None].astype(np.float32)
    augment = build_augmentation("strong", 3)
    assert augment is not None
    np.testing.assert_allclose(np.asarray(augment(batch, training=False)), batch)


def test_no_augmentation_is_no_layer() -> None:
    assert build_augmentation("none", 1) is None
