"""Grad-CAM of the Keras model with a GradientTape: the reference that the graph's own evidence is held against.

Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391) weighs each channel A_k of the last feature map by the mean of
d logit / d A_k over the map, sums, and keeps what is positive. The logit, not the probability: the sigmoid's slope
vanishes where the model is sure. TensorFlow is imported inside functions only; the device does not need it.
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
    """Loads a Keras model from bytes that were verified, so that no file can take their place in between.

    Args:
        data: A whole `.keras` file.

    Returns:
        A `keras.Model`, not compiled.

    Raises:
        PneumoscopeError: TensorFlow is not installed.
        BundleError: Keras does not load it.
    """
    try:
        # keras.models.load_model takes names of files only; this is what it calls with the opened file.
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
        """Prepares a model.

        Args:
            model: A flat `keras.Model` on `(batch, height, width, 1)` pixels 0..255 with layers named
                `feature_map` (the last feature map) and `logit` (before the sigmoid).

        Raises:
            BundleError: A layer of that name is missing.
        """
        import keras

        try:
            feature_map = model.get_layer(FEATURE_MAP_LAYER).output
            logit = model.get_layer(LOGIT_LAYER).output
        except ValueError as error:
            raise BundleError("explain.no_feature_map", detail=repr(error)) from error
        # Cut at the feature map, so that the tape sees only the head and the base runs without a gradient.
        self._base = keras.Model(model.inputs[0], feature_map)
        self._head = keras.Model(feature_map, logit)

    @classmethod
    def load(cls, data: bytes) -> KerasGradCam:
        """Loads the verified bytes of a `.keras` file.

        Raises:
            PneumoscopeError: TensorFlow is not installed.
            BundleError: The file cannot be loaded safely: it holds a Lambda layer or other code.
        """
        return cls(load_keras_model(data))

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Explains one prepared film.

        Args:
            pixels: `(height, width)` uint8, as from `imaging.preprocess`.

        Returns:
            `(grid rows, grid columns)` float32, >= 0, in units of the logit: what the graph calls `evidence`.
        """
        one: NDArray[np.float32] = self.batch(pixels[None])[0]
        return one

    def batch(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """As a call, for `(batch, height, width)` films; returns `(batch, grid rows, grid columns)`."""
        import tensorflow as tf

        inputs = tf.constant(pixels[..., None].astype(np.float32))
        feature_map = self._base(inputs, training=False)  # outside the tape, which would keep every activation of it
        with tf.GradientTape() as tape:
            tape.watch(feature_map)
            logit = self._head(feature_map, training=False)
        slope = tape.gradient(logit, feature_map)
        weights = tf.reduce_mean(slope, axis=(1, 2), keepdims=True)
        grids: NDArray[np.float32] = tf.nn.relu(tf.reduce_sum(weights * feature_map, axis=-1)).numpy()
        return grids
