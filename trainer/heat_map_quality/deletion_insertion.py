"""Deletion and insertion curves: the logit while the most important pixels are removed or restored.

The curves are those of Petsiuk et al. 2018 (arXiv 1806.07421). Removed pixels are filled from their surroundings, with
a little noise, after ROAD (Rong et al. 2022, arXiv 2202.00449): a grey patch would itself be a shape that the net has
never seen. The fill is pull-push (Gortler et al. 1996, SIGGRAPH), because ROAD solves a system of linear equations for
each of thousands of films.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SHOWN = "evidence, as shown"
"""Name of the app's map, with which the others are compared."""
FRACTIONS = (0.05, 0.1, 0.2, 0.4, 0.6, 0.8)
"""Shares of the film that are removed or restored."""
_NOISE_GREY = 2.5
"""Standard deviation of the noise in filled pixels, grey levels of 255."""
_STEP = 4
"""Factor of resolution between levels of the fill."""


@dataclass(frozen=True, slots=True)
class Curves:
    """Logits along `0, *FRACTIONS, 1`. Logits, because probabilities near 0 and 1 hardly change.

    Attributes:
        deletion: The most important pixels are removed first; the curve of a good map falls early.
        insertion: The most important pixels are restored first, on a blank film; the curve of a good map rises early.
    """

    deletion: tuple[float, ...]
    insertion: tuple[float, ...]

    def areas(self) -> tuple[float, float]:
        """Areas under deletion and insertion: the mean logit along each curve."""
        from scipy.integrate import trapezoid

        shares = (0.0, *FRACTIONS, 1.0)
        return float(trapezoid(self.deletion, shares)), float(trapezoid(self.insertion, shares))


def curves(
    film: NDArray[np.uint8],
    maps: Sequence[NDArray[np.float32]],
    logit_of: Callable[[NDArray[np.uint8]], float],
    random: np.random.Generator,
) -> list[Curves]:
    """Deletion and insertion curves of several maps of one film, under the same noise.

    Args:
        film: `(rows, columns)` uint8.
        maps: Each `(rows, columns)`.
        logit_of: Computes the logit of a film.
        random: Generator of the noise and of the order of places with equal evidence. That order follows a random map
            as coarse as the evidence, because scattered pixels affect a film in another way than patches do.

    Returns:
        In the order of the maps.
    """
    noise = random.normal(0, _NOISE_GREY, film.shape).astype(np.float32)
    coarse = random.random((7, 7), dtype=np.float32)
    ties = np.asarray(Image.fromarray(coarse).resize((film.shape[1], film.shape[0]), Image.Resampling.BILINEAR))
    everything = np.ones(film.shape, dtype=np.bool_)
    whole, blank = logit_of(film), logit_of(filled(film, everything, noise))
    found = []
    for each in maps:
        order = np.lexsort((ties.ravel(), each.ravel()))[::-1]
        place = np.empty(order.size)
        place[order] = (np.arange(order.size) + 0.5) / order.size
        place = place.reshape(film.shape)
        away = [logit_of(filled(film, place < share, noise)) for share in FRACTIONS]
        back = [logit_of(filled(film, place >= share, noise)) for share in FRACTIONS]
        found.append(Curves((whole, *away, blank), (blank, *back, whole)))
    return found


def filled(
    film: NDArray[np.uint8], missing: NDArray[np.bool_], noise: NDArray[np.float32] | None = None
) -> NDArray[np.uint8]:
    """Fills part of a film from the rest; near pixels count more.

    Args:
        film: `(rows, columns)` uint8.
        missing: `(rows, columns)` bool. Where all pixels are missing, the film's mean is used.
        noise: `(rows, columns)`, grey levels, added to filled pixels.

    Returns:
        The film; pixels that are not missing are unchanged.
    """
    if missing.all():
        smooth = np.full(film.shape, film.mean(), dtype=np.float32)
    else:
        known = (~missing).astype(np.float32)
        smooth = _pull_push(film.astype(np.float32), known)
    drawn = smooth if noise is None else smooth + noise
    return np.where(missing, np.clip(np.rint(drawn), 0, 255), film).astype(np.uint8)


def _pull_push(values: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Known values where the weight is 1; elsewhere the values of a coarser level."""
    rows, columns = values.shape
    if rows == columns == 1:
        return values
    rest = ((0, -rows % _STEP), (0, -columns % _STEP))
    sums, counts = _block_sums(np.pad(values * weights, rest)), _block_sums(np.pad(weights, rest))
    coarse = _pull_push(sums / np.maximum(counts, 1e-6), np.minimum(counts, 1))
    size = (coarse.shape[1] * _STEP, coarse.shape[0] * _STEP)
    enlarged = np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BILINEAR))[:rows, :columns]
    mixed: NDArray[np.float32] = values * weights + enlarged * (1 - weights)
    return mixed


def _block_sums(values: NDArray[np.float32]) -> NDArray[np.float32]:
    rows, columns = values.shape
    sums: NDArray[np.float32] = values.reshape(rows // _STEP, _STEP, columns // _STEP, _STEP).sum(axis=(1, 3))
    return sums
