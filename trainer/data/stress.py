"""Stressed validation films: a fixed, seeded list of changes of acquisition, as other X-ray units would make them.

Plain validation saturates: a fine-tuned net reaches AUC 0.998 there while its test AUC falls. The changes use Pillow
and NumPy, not the Keras layers of the augmentation, so that no recipe is evaluated with its own augmentation.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Film = NDArray[np.uint8]
Change = Callable[[Film, np.random.Generator], Film]

CHANGES_PER_FILM = 2


def stress(films: NDArray[np.uint8], seed: int, changes: Mapping[str, Change] | None = None) -> NDArray[np.uint8]:
    """Applies two changes to each film, drawn without replacement.

    Args:
        films: `(films, height, width)` uint8.
        seed: Seed of the random generator.
        changes: The changes to draw from; None for `CHANGES`.

    Returns:
        The changed films; the same shape and dtype.
    """
    changes = changes or CHANGES
    out = np.empty_like(films)
    names = list(changes)
    for index, film in enumerate(films):
        random = np.random.default_rng((seed, index))
        changed = film
        for name in random.choice(names, CHANGES_PER_FILM, replace=False):
            changed = changes[name](changed, random)
        out[index] = changed
    return out


def from_unit(unit: NDArray[np.float64]) -> Film:
    """Converts 0..1 to grey levels 0..255; other values are clipped."""
    return np.rint(np.clip(unit, 0, 1) * 255).astype(np.uint8)


def _resized(film: Film, rows: int, columns: int) -> Film:
    return np.asarray(Image.fromarray(film).resize((columns, rows), Image.Resampling.BILINEAR))


def _gamma(film: Film, random: np.random.Generator) -> Film:
    return from_unit((film / 255) ** np.exp(random.uniform(-0.7, 0.7)))


def _exposure(film: Film, random: np.random.Generator) -> Film:
    unit = film / 255
    mean = unit.mean()
    return from_unit((unit - mean) * np.exp(random.uniform(-0.6, 0.5)) + mean + random.uniform(-0.12, 0.12))


def _crop(film: Film, random: np.random.Generator) -> Film:
    rows, columns = film.shape
    shares = random.uniform(0.8, 0.97, 2)
    height, width = int(rows * shares[0]), int(columns * shares[1])
    top, left = random.integers(0, rows - height + 1), random.integers(0, columns - width + 1)
    return _resized(film[top : top + height, left : left + width], rows, columns)


def _wider_field(film: Film, random: np.random.Generator) -> Film:
    rows, columns = film.shape
    share = random.uniform(0.78, 0.95)
    height, width = int(rows * share), int(columns * share)
    top, left = random.integers(0, rows - height + 1), random.integers(0, columns - width + 1)
    out = np.zeros_like(film)
    out[top : top + height, left : left + width] = _resized(film, height, width)
    return out


def _turn(film: Film, random: np.random.Generator) -> Film:
    return np.asarray(Image.fromarray(film).rotate(random.uniform(-12, 12), Image.Resampling.BILINEAR))


def _blur(film: Film, random: np.random.Generator) -> Film:
    return np.asarray(Image.fromarray(film).filter(ImageFilter.GaussianBlur(random.uniform(0.6, 1.8))))


def _noise(film: Film, random: np.random.Generator) -> Film:
    return from_unit(film / 255 + random.normal(0, random.uniform(0.02, 0.08), film.shape))


def _jpeg(film: Film, random: np.random.Generator) -> Film:
    buffer = io.BytesIO()
    Image.fromarray(film).save(buffer, "JPEG", quality=int(random.integers(8, 40)))
    return np.asarray(Image.open(buffer))


def _coarse(film: Film, random: np.random.Generator) -> Film:
    rows, columns = film.shape
    share = random.uniform(0.3, 0.6)
    return _resized(_resized(film, int(rows * share), int(columns * share)), rows, columns)


def _markers(film: Film, random: np.random.Generator) -> Film:
    rows, columns = film.shape
    out = film.copy()
    for _ in range(random.integers(1, 4)):
        height, width = random.integers(rows // 28, rows // 7, 2)
        top, left = random.integers(0, rows - height), random.integers(0, columns - width)
        out[top : top + height, left : left + width] = random.integers(200, 256)
    return out


CHANGES: dict[str, Change] = {
    "gamma": _gamma,
    "exposure": _exposure,
    "crop": _crop,
    "wider field": _wider_field,
    "turn": _turn,
    "blur": _blur,
    "noise": _noise,
    "jpeg": _jpeg,
    "coarse": _coarse,
    "markers": _markers,
}
