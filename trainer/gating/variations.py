"""Variations of a film's acquisition: what another detector, archive or export does to the same chest.

The gate's classifiers are taught on them, so that they go by anatomy and not by the way in which files were made.
"""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps

Grey = NDArray[np.uint8]

_FILTERS = (
    Image.Resampling.BOX,
    Image.Resampling.BILINEAR,
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
)


def vary(pixels: Grey, rng: np.random.Generator) -> Grey:
    """Draws framing, aspect ratio, borders, resampling, sharpness, exposure, noise and compression.

    Args:
        pixels: `(rows, columns)` uint8.
        rng: Random generator.

    Returns:
        `(side, side)` uint8, of 160 to 400 pixels a side.
    """
    picture = _framed(Image.fromarray(pixels), rng)
    side = int(rng.integers(160, 401))
    picture = picture.resize((side, side), _FILTERS[int(rng.integers(len(_FILTERS)))])
    return _compressed(_exposed(_filtered(picture, rng), rng), rng)


def _framed(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Crops up to a tenth of each side or adds a border, tilts a little, and letterboxes every second film."""
    width, height = picture.size
    top, bottom, left, right = rng.uniform(-0.05, 0.10, 4)
    box = (round(left * width), round(top * height), round(width - right * width), round(height - bottom * height))
    grey = int(np.asarray(picture).mean())
    fill = int(rng.choice([0, 0, 20, grey]))
    framed = Image.new("L", (box[2] - box[0], box[3] - box[1]), fill)
    framed.paste(picture, (-box[0], -box[1]))
    if rng.random() < 0.5:
        framed = framed.rotate(float(rng.normal(0, 3)), Image.Resampling.BILINEAR, fillcolor=fill)
    if rng.random() < 0.5:
        across = rng.random() < 0.5
        longer = round(framed.size[0 if across else 1] * float(rng.uniform(1, 1.25)))
        canvas = Image.new(
            "L", (longer, framed.height) if across else (framed.width, longer), int(rng.choice([0, 0, 0, 20, 255]))
        )
        canvas.paste(framed, ((canvas.width - framed.width) // 2, (canvas.height - framed.height) // 2))
        framed = canvas
    return framed


def _filtered(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Blurs, sharpens or equalizes some of the films."""
    if rng.random() < 0.4:
        picture = picture.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 1.2)) * picture.width / 224))
    if rng.random() < 0.15:
        picture = picture.filter(ImageFilter.UnsharpMask(4, 100, 0))
    draw = rng.random()
    if draw < 0.15:
        return ImageOps.equalize(picture)
    if draw < 0.3:
        return ImageOps.autocontrast(picture, cutoff=float(rng.uniform(0, 2)))
    return picture


def _exposed(picture: Image.Image, rng: np.random.Generator) -> Grey:
    """Changes gamma, contrast, brightness and noise."""
    grey = np.asarray(picture).astype(np.float32) / 255
    grey = grey ** np.float32(np.exp(rng.normal(0, 0.35)))
    grey = (grey - 0.5) * np.float32(rng.uniform(0.75, 1.2)) + np.float32(0.5 + rng.normal(0, 0.06))
    if rng.random() < 0.3:
        grey = grey + rng.normal(0, float(rng.uniform(0.005, 0.03)), grey.shape).astype(np.float32)
    return (np.clip(grey, 0, 1) * 255).astype(np.uint8)


def _compressed(pixels: Grey, rng: np.random.Generator) -> Grey:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=int(rng.integers(35, 96)))
    return np.asarray(Image.open(stream))
