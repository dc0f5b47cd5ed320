"""Films that tests can have without a data set."""

from __future__ import annotations

import numpy as np


def chest_like(rows: int = 256, columns: int = 224, *, white: int = 255, seed: int = 0) -> np.ndarray:
    """A crude frontal chest: dark air and lungs, bright mediastinum, ribs, noise; `(rows, columns)`, 0..white."""
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float64)
    v, h = y / rows, x / columns
    film = 0.55 - 0.5 * ((h < 0.06) | (h > 0.94))
    for centre in (0.3, 0.7):
        film -= 0.35 * np.exp(-((((h - centre) / 0.13) ** 2 + ((v - 0.45) / 0.28) ** 2) ** 2))
    film += 0.3 * np.exp(-(((h - 0.5) / 0.09) ** 2)) + 0.06 * np.sin(v * 60 + (h - 0.5) ** 2 * 30)
    film += np.random.default_rng(seed).normal(0, 0.01, film.shape)
    return np.rint(np.clip(film, 0, 1) * white).astype(np.uint8 if white < 256 else np.uint16)
