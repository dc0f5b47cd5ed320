"""Pictures that are no upright chest films, made from chest films and from nothing, to teach the gate.

No real picture of anything else is needed (Hendrycks et al. 2019, arXiv 1812.04606, expose a classifier to outliers;
these are drawn). Pieces, mosaics and warps of chest films keep their greys and edges and lose their anatomy; noise with
the spectrum of a film keeps even that.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Grey = NDArray[np.uint8]
Floats = NDArray[np.floating]
Maker = Callable[[Grey, np.random.Generator], Floats | Grey]


def draw_other(film: Grey, index: int, rng: np.random.Generator) -> Grey:
    """Draws a picture that is no chest film.

    Args:
        film: `(side, side)` uint8 chest film, which some kinds are made from.
        index: The kinds take turns: number of the picture.
        rng: Random generator.

    Returns:
        `(side, side)` uint8.
    """
    picture = _MAKERS[index % len(_MAKERS)](film, rng)
    return np.ascontiguousarray(np.clip(picture, 0, 255).astype(np.uint8))


def _stretched(values: Floats, rng: np.random.Generator) -> Floats:
    low = rng.uniform(0, 120)
    high = rng.uniform(low + 50, 255)
    return low + (values - values.min()) * (high - low) / max(float(np.ptp(values)), 1e-9)


def _frequencies(side: int) -> Floats:
    frequencies = np.hypot(np.fft.fftfreq(side)[:, None] * side, np.fft.rfftfreq(side) * side)
    frequencies[0, 0] = 1
    return frequencies


def _grid(side: int) -> tuple[Floats, Floats]:
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    return y, x


def _noise(film: Grey, rng: np.random.Generator) -> Floats:
    """From white noise to clouds."""
    side = len(film)
    waves = np.fft.rfft2(rng.normal(size=film.shape)) / _frequencies(side) ** rng.uniform(0, 3)
    waves[0, 0] = 0
    field = np.fft.irfft2(waves, s=film.shape)
    if rng.random() < 0.3:  # as symmetrical as a chest, and often as bright in the middle
        field = field + field[:, ::-1]
        _, x = _grid(side)
        field = field / field.std() + rng.uniform(0, 3) * np.exp(-((x / rng.uniform(0.05, 0.5)) ** 2))
    return _stretched(field, rng)


def _random_phases(film: Grey, rng: np.random.Generator) -> Floats:
    """The spectrum of a film without its order."""
    noise = np.fft.rfft2(rng.normal(size=film.shape))
    waves = np.abs(np.fft.rfft2(film - film.mean())) * noise / np.maximum(np.abs(noise), 1e-9)
    return _stretched(np.fft.irfft2(waves, s=film.shape), rng)


def _mosaic(film: Grey, rng: np.random.Generator) -> Grey:
    """The pieces of a film, shuffled."""
    pieces = int(rng.choice([2, 4, 7, 8, 14, 28]))
    side = len(film) // pieces
    whole = film[: side * pieces, : side * pieces]
    parts = whole.reshape(pieces, side, pieces, side).swapaxes(1, 2).reshape(-1, side, side)
    parts = parts[rng.permutation(len(parts))]
    mosaic = parts.reshape(pieces, pieces, side, side).swapaxes(1, 2).reshape(side * pieces, side * pieces)
    return _resized(mosaic, len(film))


def _piece(film: Grey, rng: np.random.Generator) -> Grey:
    """A part of a film, enlarged; now and then exactly one half."""
    side = len(film)
    draw = rng.random()
    high, wide = rng.uniform(0.25, 0.55, 2)
    if draw < 0.25:
        high, wide = 1.0, 0.5
    elif draw < 0.5:
        high, wide = rng.uniform(0.35, 0.5), 1.0
    top = rng.uniform(0, 1 - high)
    left = float(rng.choice([0, 0.5])) if draw < 0.25 else rng.uniform(0, 1 - wide)
    return _resized(
        film[int(top * side) : int((top + high) * side), int(left * side) : int((left + wide) * side)], side
    )


def _on_a_screen(film: Grey, rng: np.random.Generator) -> Floats:
    """One small film, two or four on a plain screen."""
    side = len(film)
    screen = np.full((side, side), rng.integers(0, 256), dtype=np.float64)
    films = int(rng.choice([1, 2, 2, 4]))
    if films == 1:
        high, wide = int(rng.uniform(0.3, 0.7) * side), int(rng.uniform(0.25, 0.6) * side)
        top, left = int(rng.integers(0, side - high)), int(rng.integers(0, side - wide))
        screen[top : top + high, left : left + wide] = _resized(film, wide, high)
    elif films == 2:
        high, wide = int(rng.uniform(0.5, 1) * side), int(rng.uniform(0.35, 0.5) * side)
        top = (side - high) // 2
        small = _resized(film, wide, high)
        screen[top : top + high, :wide] = small
        screen[top : top + high, side - wide :] = small[:, :: int(rng.choice([1, -1]))]
    else:
        part = side // 2 - int(rng.integers(0, 6))
        small = _resized(film, part)
        for top in (0, side - part):
            for left in (0, side - part):
                screen[top : top + part, left : left + part] = small
    return screen


def _smooth_field(film: Grey, rng: np.random.Generator) -> Floats:
    """Ramps, vignettes and other empty exposures."""
    y, x = _grid(len(film))
    field = sum(rng.normal() * x**i * y**j for i in range(4) for j in range(4 - i))
    if rng.random() < 0.4:
        radius = np.hypot(x - rng.normal(0, 0.3), (y - rng.normal(0, 0.3)) * rng.uniform(0.6, 1.6))
        field = rng.choice([-1, 1]) * radius ** rng.uniform(0.5, 4) + 0.5 * rng.random() * field
    field = _stretched(np.asarray(field), rng)
    if rng.random() < 0.25:  # steps, as of a wedge
        step = rng.uniform(8, 60)
        field = np.floor(field / step) * step
    if rng.random() < 0.25:  # between two plain bars
        bar = int(rng.uniform(0.03, 0.25) * len(film))
        field[:, :bar] = field[:, len(film) - bar :] = rng.uniform(0, 255)
    return field + rng.normal(0, rng.uniform(0, 20), film.shape) * (rng.random() < 0.5)


def _shapes(film: Grey, rng: np.random.Generator) -> Floats:
    """Discs, plates and lines of text, sharp or blurred, now and then symmetrical."""
    side = len(film)
    picture = Image.new("L", (side, side), int(rng.integers(256)))
    draw = ImageDraw.Draw(picture)
    for _ in range(int(rng.integers(1, 14))):
        x0, x1 = np.sort(rng.uniform(0, side, 2))
        y0, y1 = np.sort(rng.uniform(0, side, 2))
        shape = draw.ellipse if rng.random() < 0.6 else draw.rectangle
        shape((float(x0), float(y0), float(x1), float(y1)), fill=int(rng.integers(256)))
        if rng.random() < 0.2:
            for row in range(int(y0), int(y1), int(rng.integers(4, 12))):
                draw.line((float(x0), row, float(rng.uniform(x0, x1)), row), fill=int(rng.integers(256)))
    grey = np.asarray(picture.filter(ImageFilter.GaussianBlur(float(rng.choice([0, 1, 4, 10]))))).astype(np.float64)
    if rng.random() < 0.3:
        grey = (grey + grey[:, ::-1]) / 2
    return grey + rng.normal(0, rng.uniform(0, 15), grey.shape) * (rng.random() < 0.5)


def _cut_off(film: Grey, rng: np.random.Generator) -> Grey:
    """A film of which one side was not read."""
    cut = film.copy()
    at = int(rng.uniform(0.35, 0.65) * len(film))
    missing = (slice(at, None), slice(None, at))[int(rng.integers(2))]
    grey = rng.integers(0, 256)
    if rng.random() < 0.5:
        cut[missing] = grey
    else:
        cut[:, missing] = grey
    return cut


def _warped(film: Grey, rng: np.random.Generator) -> Grey:
    side = len(film)
    coarse = int(rng.integers(2, 7))
    y, x = np.mgrid[:side, :side].astype(np.float32)
    for axis in (y, x):
        shift = rng.normal(0, 1, (coarse, coarse)).astype(np.float32)
        axis += np.asarray(Image.fromarray(shift).resize((side, side), Image.Resampling.BICUBIC)) * rng.uniform(20, 60)
    return film[np.clip(y, 0, side - 1).astype(int), np.clip(x, 0, side - 1).astype(int)]


def _gratings(film: Grey, rng: np.random.Generator) -> Floats:
    y, x = _grid(len(film))
    field = np.zeros(film.shape)
    for _ in range(int(rng.integers(1, 5))):
        angle, frequency = rng.uniform(0, np.pi), np.exp(rng.uniform(0, 4.5))
        wave = np.sin(frequency * (x * np.cos(angle) + y * np.sin(angle)) + rng.uniform(0, 6))
        field += wave * rng.uniform(0.2, 1)
    if rng.random() < 0.3:
        return np.where(field > 0, 228.0, 28.0)
    return _stretched(field, rng)


def _resized(pixels: Grey, wide: int, high: int | None = None) -> Grey:
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(picture.resize((wide, high or wide), Image.Resampling.BILINEAR))


_MAKERS: tuple[Maker, ...] = (
    _noise,
    _random_phases,
    _mosaic,
    _piece,
    _on_a_screen,
    _smooth_field,
    _smooth_field,
    _shapes,
    _cut_off,
    _warped,
    _gratings,
)
