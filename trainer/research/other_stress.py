"""A second list of changes of acquisition, none of them in `trainer.data.stress`.

A recipe could win on the first list because its augmentation resembles it. No augmentation preset makes the changes of
this list: they are effects of scanners, grids, other post-processing and photographs of films.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from scipy.ndimage import uniform_filter

from trainer.data.stress import Change, Film, from_unit


def _s_curve(film: Film, random: np.random.Generator) -> Film:
    """The characteristic curve of a screen-film system: toe and shoulder."""
    slope, middle = random.uniform(5, 10), random.uniform(0.35, 0.6)
    curve = 1 / (1 + np.exp(-slope * (np.arange(256) / 255 - middle)))
    unit = (curve - curve[0]) / (curve[-1] - curve[0])
    return from_unit(unit)[film]


def _heel(film: Film, random: np.random.Generator) -> Film:
    """Falls off towards one side, as with the anode heel effect or a grid off its axis."""
    rows, columns = film.shape
    angle, strength = random.uniform(0, 2 * np.pi), random.uniform(0.25, 0.6)
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    slope = (np.cos(angle) * x + np.sin(angle) * y) / np.sqrt(2)
    return from_unit(film / 255 * (1 - strength * (slope + 1) / 2))


def _scatter(film: Film, random: np.random.Generator) -> Film:
    """A veil of scattered radiation: part of the light comes from the whole neighbourhood."""
    share, radius = random.uniform(0.25, 0.55), random.uniform(0.08, 0.2) * film.shape[0]
    veil = np.asarray(Image.fromarray(film).filter(ImageFilter.GaussianBlur(radius)))
    return from_unit(((1 - share) * film + share * veil) / 255)


def _edges(film: Film, random: np.random.Generator) -> Film:
    """Edge enhancement, as the post-processing of many digital units does it."""
    radius, amount = random.uniform(1, 4), int(random.integers(80, 220))
    return np.asarray(Image.fromarray(film).filter(ImageFilter.UnsharpMask(radius, amount, threshold=0)))


def _local_contrast(film: Film, random: np.random.Generator) -> Film:
    """Brings every neighbourhood nearer to one brightness and spread, as multi-scale processing does."""
    share, size = random.uniform(0.3, 0.7), int(random.uniform(0.25, 0.5) * film.shape[0])
    grey = film.astype(np.float64)
    mean = uniform_filter(grey, size)
    spread = np.sqrt(np.maximum(uniform_filter((grey - mean) ** 2, size), 25.0))
    flat = 0.5 + 0.18 * (grey - mean) / spread
    return from_unit((1 - share) * grey / 255 + share * flat)


def _few_levels(film: Film, random: np.random.Generator) -> Film:
    """A scanner or a screenshot with 8 to 20 levels of grey."""
    levels = int(random.integers(8, 21))
    return from_unit(np.rint(film / 255 * (levels - 1)) / (levels - 1))


def _shear(film: Film, random: np.random.Generator) -> Film:
    """A film photographed from the side, or a child lying askew."""
    rows, columns = film.shape
    across, down = random.uniform(-0.18, 0.18, 2)
    map_back = (1, across, -across * rows / 2, down, 1, -down * columns / 2)
    image = Image.fromarray(film)
    return np.asarray(image.transform(image.size, Image.Transform.AFFINE, map_back, Image.Resampling.BILINEAR))


def _grid_lines(film: Film, random: np.random.Generator) -> Film:
    """Lines of an anti-scatter grid, or the moire of a scanner."""
    period, strength = random.uniform(2.5, 7), random.uniform(0.03, 0.09)
    y, x = np.mgrid[: film.shape[0], : film.shape[1]]
    angle = random.choice([0, np.pi / 2]) + random.uniform(-0.1, 0.1)
    wave = np.sin(2 * np.pi * (np.cos(angle) * x + np.sin(angle) * y) / period + random.uniform(0, 2 * np.pi))
    return from_unit(film / 255 + strength * wave)


def _dust(film: Film, random: np.random.Generator) -> Film:
    """Dust on a scanner and dead rows of a detector."""
    out = film.copy()
    share = random.uniform(0.002, 0.012)
    spots = random.random(film.shape) < share
    out[spots] = random.choice(np.array([0, 255], np.uint8), int(spots.sum()))
    for row in random.integers(0, film.shape[0], random.integers(1, 5)):
        out[row] = random.choice(np.array([0, 255], np.uint8))
    return out


def _leads(film: Film, random: np.random.Generator) -> Film:
    """Wires of an ECG and tubes: thin bright curves over the chest."""
    image = Image.fromarray(film)
    draw = ImageDraw.Draw(image)
    rows, columns = film.shape
    steps = np.linspace(0, 1, 24)[:, None]
    for _ in range(random.integers(2, 5)):
        start, middle, end = random.uniform(0, 1, (3, 2)) * (columns, rows)
        curve = (1 - steps) ** 2 * start + 2 * steps * (1 - steps) * middle + steps**2 * end
        grey = int(random.integers(190, 256))
        draw.line([(float(x), float(y)) for x, y in curve], fill=grey, width=int(random.integers(1, 4)))
    return np.asarray(image)


OTHER_CHANGES: dict[str, Change] = {
    "s curve": _s_curve,
    "heel": _heel,
    "scatter": _scatter,
    "edges": _edges,
    "local contrast": _local_contrast,
    "few levels": _few_levels,
    "shear": _shear,
    "grid lines": _grid_lines,
    "dust": _dust,
    "leads": _leads,
}
