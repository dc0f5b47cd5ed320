"""Augmentation presets: Keras layers in the input pipeline, and so never in the exported graph.

`basic` flips, rotates and zooms. `strong` adds what differs between X-ray units: field of view, exposure, contrast,
gamma, sharpness, noise, and objects that hide part of the film. Geometry stays within the range of positioning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import layers

from trainer.config import AugmentPreset

PIXEL_RANGE = (0, 255)


@keras.saving.register_keras_serializable(package="pneumoscope")
class RandomGamma(layers.Layer):
    """Changes the gamma, as another tube voltage does: 255 (x / 255)^g with ln g uniform in +-`spread`."""

    def __init__(self, spread: float, seed: int | None = None, **kwargs: Any) -> None:
        """Creates the layer.

        Args:
            spread: Largest |ln g|.
            seed: Seed of the random generator.
            **kwargs: Arguments of `keras.layers.Layer`.
        """
        super().__init__(**kwargs)
        self.spread = spread
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, films: Any, training: bool = False) -> Any:
        """Maps `(batch, height, width, 1)` float32 0..255 to the same."""
        if not training:
            return films
        batch = keras.ops.shape(films)[0]
        log_gamma = keras.random.uniform((batch, 1, 1, 1), -self.spread, self.spread, seed=self.seed_generator)
        return 255.0 * keras.ops.power(keras.ops.clip(films / 255.0, 0.0, 1.0), keras.ops.exp(log_gamma))


@keras.saving.register_keras_serializable(package="pneumoscope")
class RandomNoise(layers.Layer):
    """Adds grey noise whose standard deviation is drawn for each film, uniform in 0..`most` grey levels."""

    def __init__(self, most: float, seed: int | None = None, **kwargs: Any) -> None:
        """Creates the layer.

        Args:
            most: Largest standard deviation, grey levels.
            seed: Seed of the random generator.
            **kwargs: Arguments of `keras.layers.Layer`.
        """
        super().__init__(**kwargs)
        self.most = most
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, films: Any, training: bool = False) -> Any:
        """Maps `(batch, height, width, 1)` float32 0..255 to the same."""
        if not training:
            return films
        shape = keras.ops.shape(films)
        deviation = keras.random.uniform((shape[0], 1, 1, 1), 0.0, self.most, seed=self.seed_generator)
        return keras.ops.clip(films + deviation * keras.random.normal(shape, seed=self.seed_generator), 0.0, 255.0)


def _basic(seed: int) -> list[layers.Layer]:
    # A black border, as collimation leaves it: reflected or stretched anatomy would be unnatural.
    fill = {"fill_mode": "constant", "fill_value": 0.0}
    return [
        layers.RandomFlip("horizontal", seed=seed),
        layers.RandomRotation(0.03, seed=seed + 1, **fill),  # +-11 degrees
        layers.RandomZoom(0.1, seed=seed + 2, **fill),
    ]


def _strong(seed: int) -> list[layers.Layer]:
    fill = {"fill_mode": "constant", "fill_value": 0.0}
    return [
        layers.RandomFlip("horizontal", seed=seed),
        layers.RandomRotation(0.04, seed=seed + 1, **fill),  # +-14 degrees
        layers.RandomZoom((-0.2, 0.2), (-0.2, 0.2), seed=seed + 2, **fill),
        layers.RandomTranslation(0.08, 0.08, seed=seed + 3, **fill),
        *_strong_looks(seed),
    ]


def _strong_looks(seed: int) -> list[layers.Layer]:
    return [
        RandomGamma(0.5, seed=seed + 4),
        layers.RandomContrast(0.4, value_range=PIXEL_RANGE, seed=seed + 5),
        layers.RandomBrightness(0.25, value_range=PIXEL_RANGE, seed=seed + 6),
        layers.RandomGaussianBlur(factor=0.3, kernel_size=5, sigma=1.0, value_range=PIXEL_RANGE, seed=seed + 7),
        layers.RandomErasing(factor=0.4, scale=(0.02, 0.12), value_range=PIXEL_RANGE, seed=seed + 8),
        RandomNoise(12.0, seed=seed + 9),
    ]


_PRESETS: dict[str, Callable[[int], list[layers.Layer]]] = {"basic": _basic, "strong": _strong}


def build_augmentation(preset: AugmentPreset, seed: int) -> keras.Sequential | None:
    """Builds a preset.

    Args:
        preset: `none`, `basic` or `strong`.
        seed: Seed of the random generator.

    Returns:
        A layer on `(batch, height, width, 1)` float32 0..255, or None for `none`.
    """
    if preset == "none":
        return None
    return keras.Sequential(_PRESETS[preset](seed * 1000), name=f"augment_{preset}")


def build_looks(preset: AugmentPreset, seed: int) -> keras.Sequential | None:
    """Builds the part of a preset that changes grey levels and moves nothing, for films that carry a mask.

    Args:
        preset: `none`, `basic` or `strong`.
        seed: Seed of the random generator.

    Returns:
        A layer on `(batch, height, width, 1)` float32 0..255, or None where the preset has no such part.
    """
    if preset != "strong":
        return None
    return keras.Sequential(_strong_looks(seed * 1000), name=f"looks_{preset}")
