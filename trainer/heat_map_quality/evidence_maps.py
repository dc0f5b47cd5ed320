"""Evidence maps at the size of the film: the shown one, finer ones, and maps that do not depend on the film.

All are `(rows, columns)` float32, >= 0, enlarged as the app enlarges them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.stats import rankdata

from edge_app.display.heatmap import enlarge
from edge_app.display.map_agreement import correlation
from edge_app.engine.keras_gradcam import FEATURE_MAP_LAYER, LOGIT_LAYER
from trainer.errors import TrainingError

Film = NDArray[np.uint8]
Map = NDArray[np.float32]
MapOf = Callable[[Film], Map]


def moved(picture: NDArray, down: int, right: int) -> NDArray:
    """Shifts an array and repeats its edge.

    Args:
        picture: `(rows, columns)`.
        down: Pixels; negative is up.
        right: Pixels; negative is left.

    Returns:
        The same shape and dtype.
    """
    rows = np.clip(np.arange(picture.shape[0]) - down, 0, picture.shape[0] - 1)
    columns = np.clip(np.arange(picture.shape[1]) - right, 0, picture.shape[1] - 1)
    return picture[np.ix_(rows, columns)]


def shifted_map(map_of: MapOf, film: Film, offsets_px: Sequence[int]) -> Map:
    """Averages the maps of shifted copies of a film, each shifted back.

    Offsets of a quarter of a cell along both axes halve the distance between cell centres.

    Args:
        map_of: Computes the map of a film.
        film: `(rows, columns)` uint8.
        offsets_px: Offsets along both axes; the net runs once for each pair.
    """
    maps = [moved(map_of(moved(film, down, right)), -down, -right) for down in offsets_px for right in offsets_px]
    return np.mean(maps, axis=0, dtype=np.float32)


class FinerGradCam:
    """Grad-CAM at the last level that has twice the resolution of the last feature map."""

    def __init__(self, model: keras.Model) -> None:
        """Cuts the model at that level.

        Args:
            model: Model from `trainer.nets.model.build_model`.

        Raises:
            TrainingError: The model has no such level, or cannot be cut there.
        """
        rows = model.get_layer(FEATURE_MAP_LAYER).output.shape[1]
        level = [layer for layer in model.layers if len(layer.output.shape) == 4 and layer.output.shape[1] == 2 * rows]
        if not level:
            raise TrainingError(
                f"The model has no feature map of {2 * rows} rows for a finer Grad-CAM.",
                hint="Its last stage must halve the resolution.",
            )
        self._base = keras.Model(model.inputs[0], level[-1].output)
        try:
            self._head = keras.Model(level[-1].output, model.get_layer(LOGIT_LAYER).output)
        except ValueError as error:
            raise TrainingError(
                f"The model cannot be cut at {level[-1].name} for a finer Grad-CAM.",
                hint="All paths must pass through that layer.",
                detail=repr(error),
            ) from error

    def __call__(self, film: Film, *, by_cell: bool) -> Map:
        """Computes the map of a film.

        Args:
            film: `(rows, columns)` uint8.
            by_cell: Weight each cell by its own gradient (HiResCAM, Draelos and Carin 2020, arXiv 2011.08891) instead
                of by the channel's mean gradient (Grad-CAM, Selvaraju et al. 2017, arXiv 1610.02391).
        """
        pixels = tf.constant(film[None, ..., None].astype(np.float32))
        with tf.GradientTape() as tape:
            level = self._base(pixels, training=False)
            tape.watch(level)
            logit = self._head(level, training=False)
        slope = tape.gradient(logit, level)
        weights = slope if by_cell else tf.reduce_mean(slope, axis=(1, 2), keepdims=True)
        grids: NDArray[np.float32] = tf.nn.relu(tf.reduce_sum(weights * level, axis=-1)).numpy()
        return enlarge(grids[0], film.shape[0], film.shape[1])


def random_map(random: np.random.Generator, cells: tuple[int, int], rows: int, columns: int) -> Map:
    """A grid of random numbers, as coarse as the evidence, enlarged."""
    return enlarge(random.random(cells, dtype=np.float32), rows, columns)


def centre_map(rows: int, columns: int) -> Map:
    """A Gaussian around the centre of the film, with a standard deviation of a quarter of each side."""
    down = np.exp(-0.5 * (np.linspace(-2, 2, rows)) ** 2)
    right = np.exp(-0.5 * (np.linspace(-2, 2, columns)) ** 2)
    return np.outer(down, right).astype(np.float32)


def similarity(first: NDArray[np.floating], second: NDArray[np.floating]) -> float | None:
    """Spearman's rank correlation of two arrays of one shape.

    Returns:
        -1..1; None where an array has the same value everywhere, as in `edge_app.display.map_agreement.correlation`.
    """
    return correlation(rankdata(first), rankdata(second))


def structural_similarity(first: Map, second: Map) -> float:
    """SSIM (Wang et al. 2004) of two grids or maps, each scaled to its own maximum, with a Gaussian window of 1.5.

    Returns:
        -1..1; the mean over all places.
    """
    a, b = (each / max(float(each.max()), 1e-9) for each in (first.astype(np.float64), second.astype(np.float64)))
    mean_a, mean_b = gaussian_filter(a, 1.5), gaussian_filter(b, 1.5)
    variance_a = gaussian_filter(a * a, 1.5) - mean_a**2
    variance_b = gaussian_filter(b * b, 1.5) - mean_b**2
    covariance = gaussian_filter(a * b, 1.5) - mean_a * mean_b
    c1, c2 = 0.01**2, 0.03**2
    ratio = (2 * mean_a * mean_b + c1) * (2 * covariance + c2)
    ratio /= (mean_a**2 + mean_b**2 + c1) * (variance_a + variance_b + c2)
    return float(ratio.mean())
