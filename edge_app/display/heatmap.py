"""From an evidence grid to a picture over the film."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edge_app.display.colour_tables import TABLES

ColourMap = Literal["cividis", "viridis", "inferno"]
COLOUR_MAPS: tuple[ColourMap, ...] = ("cividis", "viridis", "inferno")
"""Perceptually uniform and readable with any colour vision (Nunez et al. 2018, PLoS ONE 13(7) e0199239)."""

SOLID_UNIT = 0.35
"""Share of the scale from which on evidence is painted with full alpha. With a linear ramp of alpha, the middle of the
colour maps (grey in cividis) could not be seen over a grey film."""

NO_EVIDENCE_UNIT = 0.05
"""A map that stays below this share of the scale is reported as "no positive evidence"."""


def unit_map(evidence: NDArray[np.float32], scale: float) -> NDArray[np.float32]:
    """Scales evidence by the fixed scale of the bundle.

    The scale is not the film's own maximum: with that, every normal film would show a hot spot.

    Args:
        evidence: `(grid rows, grid columns)`, >= 0, in units of the logit.
        scale: The evidence that is painted at full strength, > 0; `evidence_scale` of the manifest.

    Returns:
        The same shape, float32, 0..1.

    Raises:
        ValueError: The scale is not positive, or the evidence holds a NaN.
    """
    if not scale > 0:
        raise ValueError(f"The evidence scale must be positive. Received: {scale}.")
    if np.isnan(evidence).any():
        raise ValueError("The evidence grid holds NaN.")
    unit: NDArray[np.float32] = evidence / np.float32(scale)
    return np.minimum(np.maximum(unit, 0, out=unit), 1, out=unit)


def has_positive_evidence(unit: NDArray[np.float32]) -> bool:
    """Whether anything in a unit map is strong enough to be worth painting."""
    return bool(unit.max(initial=0.0) >= NO_EVIDENCE_UNIT)


def enlarge(unit: NDArray[np.float32], rows: int, columns: int) -> NDArray[np.float32]:
    """Enlarges a unit map to the size of a film, bilinear between the centres of the cells.

    Args:
        unit: `(grid rows, grid columns)` float32, 0..1.
        rows: Height of the result, pixels.
        columns: Width of the result, pixels.

    Returns:
        `(rows, columns)` float32, 0..1.
    """
    # Pillow's triangle filter is bilinear between the centres when it enlarges, and repeats the edge beyond them.
    enlarged = Image.fromarray(unit).resize((columns, rows), Image.Resampling.BILINEAR)
    return np.asarray(enlarged, dtype=np.float32)


def colour_table(name: ColourMap) -> NDArray[np.uint8]:
    """Returns a colour map as `(256, 3)` uint8 RGB, from no evidence to full scale."""
    return np.frombuffer(bytes.fromhex(TABLES[name]), np.uint8).reshape(256, 3)


def colourise(unit: NDArray[np.float32], name: ColourMap = "cividis") -> NDArray[np.uint8]:
    """Paints a unit map.

    Args:
        unit: `(rows, columns)` float32, 0..1.
        name: The colour map.

    Returns:
        `(rows, columns, 4)` uint8 RGBA, not premultiplied. Alpha rises with the evidence up to `SOLID_UNIT`: where
        there is no evidence, the film is uncovered.
    """
    level = np.rint(unit * 255).astype(np.uint8)
    alpha = np.rint(np.clip(unit / np.float32(SOLID_UNIT), 0, 1) * 255).astype(np.uint8)
    return np.dstack([colour_table(name)[level], alpha])


def overlay(film_u8: NDArray[np.uint8], rgba: NDArray[np.uint8], opacity: float = 0.6) -> NDArray[np.uint8]:
    """Lays a painted map over a film.

    Args:
        film_u8: `(rows, columns)` uint8.
        rgba: `(rows, columns, 4)` uint8, as from `colourise`.
        opacity: 0 (film only) to 1 (full evidence covers the film).

    Returns:
        `(rows, columns, 3)` uint8 RGB.
    """
    alpha = rgba[..., 3:].astype(np.float32) * np.float32(opacity / 255)
    grey = film_u8[..., None].astype(np.float32)
    return np.rint(grey * (1 - alpha) + rgba[..., :3] * alpha).astype(np.uint8)
