"""Grad-CAM of the Keras model with a GradientTape: the reference for the graph's own evidence.

Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391) weighs each channel A_k of the last feature map by the mean of
d logit / d A_k over the map, sums them, and keeps the positive part. It uses the logit, because the gradient of the
probability vanishes for confident models. TensorFlow is imported inside functions, so that a device can do without it.
"""

from __future__ import annotations

import io
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.system.errors import BundleError, PneumoscopeError

FEATURE_MAP_LAYER = "feature_map"
LOGIT_LAYER = "logit"


def load_keras_model(data: bytes) -> Any:
    """Loads a Keras model from verified bytes.

    Args:
        data: Bytes of a `.keras` file.

    Returns:
        A `keras.Model`, not compiled.

    Raises:
        PneumoscopeError: TensorFlow is not installed.
        BundleError: Keras cannot load it safely.
    """
    try:
        # keras.models.load_model accepts only file names; it calls this function with the opened file.
        from keras.src.saving.saving_lib import load_model
    except ImportError as error:
        raise PneumoscopeError("explain.no_tensorflow") from error
    try:
        return load_model(io.BytesIO(data), compile=False, safe_mode=True)
    except (ValueError, TypeError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise BundleError("bundle.keras_unloadable", detail=repr(error)) from error


class KerasGradCam:
    """Computes Grad-CAM grids from a flat Keras model."""

    def __init__(self, model: Any) -> None:
        """Splits a model at its feature map.

        Args:
            model: A flat `keras.Model` on `(batch, height, width, 1)` pixels 0..255 with layers named
                `feature_map` (the last feature map) and `logit` (before the sigmoid).

        Raises:
            BundleError: A layer is missing.
        """
        import keras

        try:
            feature_map = model.get_layer(FEATURE_MAP_LAYER).output
            logit = model.get_layer(LOGIT_LAYER).output
        except ValueError as error:
            raise BundleError("explain.no_feature_map", detail=repr(error)) from error
        # The tape records only the head; the base runs without a gradient.
        self._base = keras.Model(model.inputs[0], feature_map)
        self._head = keras.Model(feature_map, logit)

    @classmethod
    def load(cls, data: bytes) -> KerasGradCam:
        """Loads the verified bytes of a `.keras` file; errors as in `load_keras_model`."""
        return cls(load_keras_model(data))

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Computes the Grad-CAM of one preprocessed film.

        Args:
            pixels: `(height, width)` uint8, from `imaging.preprocess`.

        Returns:
            `(grid rows, grid columns)` float32, >= 0, in units of the logit, like the graph's `evidence`.
        """
        one: NDArray[np.float32] = self.batch(pixels[None])[0]
        return one

    def batch(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The same for `(batch, height, width)` films; returns `(batch, grid rows, grid columns)`."""
        import tensorflow as tf

        inputs = tf.constant(pixels[..., None].astype(np.float32))
        feature_map = self._base(inputs, training=False)  # outside the tape, which keeps all activations
        with tf.GradientTape() as tape:
            tape.watch(feature_map)
            logit = self._head(feature_map, training=False)
        slope = tape.gradient(logit, feature_map)
        weights = tf.reduce_mean(slope, axis=(1, 2), keepdims=True)
        grids: NDArray[np.float32] = tf.nn.relu(tf.reduce_sum(weights * feature_map, axis=-1)).numpy()
        return grids
