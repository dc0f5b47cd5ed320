"""A small net with the layers of the real ones, so that conversion and export are tested in seconds."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from edge_app.engine.keras_gradcam import FEATURE_MAP_LAYER, LOGIT_LAYER
from edge_app.imaging.preprocess import PreprocessSpec

SIDE = 48


def _block(x, filters: int, stride: int, name: str):
    """An inverted residual, as MobileNetV2's: expand, depthwise, project, and the sum where shapes allow."""
    inner = layers.Conv2D(filters * 3, 1, use_bias=False, name=f"{name}_expand")(x)
    inner = layers.ReLU(6.0)(layers.BatchNormalization()(inner))
    inner = layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(inner)
    inner = layers.ReLU(6.0)(layers.BatchNormalization()(inner))
    out = layers.BatchNormalization(name=f"{name}_project_bn")(
        layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_project")(inner)
    )
    return layers.Add(name=f"{name}_add")([x, out]) if x.shape == out.shape else out


@pytest.fixture(scope="session")
def small_films() -> tuple[np.ndarray, np.ndarray]:
    """160 films of 48 pixels, half of them with a bright patch: `(films, 48, 48)` uint8 and labels."""
    random = np.random.default_rng(0)
    films = np.clip(random.normal(90, 25, (160, SIDE, SIDE)), 0, 255)
    labels = np.arange(160) % 2
    for film, label in zip(films, labels, strict=True):
        if label:
            top, left = random.integers(4, SIDE - 20, 2)
            film[top : top + 16, left : left + 16] += 70
    return np.clip(films, 0, 255).astype(np.uint8), labels


@pytest.fixture(scope="session")
def small_model(small_films: tuple[np.ndarray, np.ndarray]) -> keras.Model:
    keras.utils.set_random_seed(1)
    pixels = keras.Input((SIDE, SIDE, 1), name="pixels")
    x = layers.Concatenate(name="grey_to_rgb")([pixels, pixels, pixels])
    x = layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")(x)
    x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False, name="stem")(x)
    x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
    for index, (filters, stride) in enumerate([(8, 1), (8, 1), (12, 2), (12, 1)]):
        x = _block(x, filters, stride, f"block{index}")
    x = layers.Conv2D(32, 1, use_bias=False)(x)
    x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
    feature_map = layers.Activation("linear", name=FEATURE_MAP_LAYER)(x)
    pooled = layers.GlobalAveragePooling2D(name="features")(feature_map)
    logit = layers.Dense(1, name=LOGIT_LAYER)(layers.Dropout(0.2)(pooled))
    model = keras.Model(pixels, layers.Activation("sigmoid", name="probability")(logit))
    films, labels = small_films
    model.compile(keras.optimizers.Adam(3e-3), "binary_crossentropy")
    model.fit(films[..., None].astype(np.float32), labels, batch_size=32, epochs=12, verbose=0)
    return model


@pytest.fixture(scope="session")
def small_spec() -> PreprocessSpec:
    return PreprocessSpec(height=SIDE, width=SIDE)


@pytest.fixture
def copy_of(tmp_path: Path):
    """A model of its own with the same weights, for what changes weights in place."""

    def copy(model: keras.Model) -> keras.Model:
        path = tmp_path / "copy.keras"
        model.save(path)
        return keras.models.load_model(path, compile=False)

    return copy
