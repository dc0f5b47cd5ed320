"""Paints an overlay: the film, the heat map over it, and the words that belong to both."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from edge_app.analysis.analysis import Analysis
from edge_app.display.heatmap import colourise, enlarge, has_positive_evidence, overlay, unit_map
from edge_app.system.messages import Message

MAX_SIDE_PX = 1024
"""Longer side of an overlay; films are reduced to it, never enlarged above it."""
MIN_SIDE_PX = 448
"""Shorter side to which a small film is enlarged, so that the caption is readable."""
_CAPTION_PX = 34
_CAPTION_COLOUR = "#102040"
"""No grey, so that an overlay without evidence is flagged as no film when it is opened as one."""


def overlay_png(pixels: NDArray[np.uint8] | NDArray[np.uint16], analysis: Analysis) -> bytes:
    """Paints an analysed film with its heat map and a caption.

    Args:
        pixels: `(rows, columns)` of the film, uint8 or uint16.
        analysis: Its analysis, which has evidence.

    Returns:
        A PNG.
    """
    if analysis.evidence is None:
        raise ValueError("Only films that were analysed have a heat map.")
    unit = unit_map(analysis.evidence, analysis.evidence_scale)
    shown = _display_pixels(pixels)
    rgb = overlay(shown, colourise(enlarge(unit, *shown.shape)))
    stream = io.BytesIO()
    _with_caption(rgb, analysis, has_positive_evidence(unit)).save(stream, format="PNG")
    return stream.getvalue()


def _display_pixels(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint8]:
    """A film of any depth and size as `(rows, columns)` uint8 of a size fit for looking at."""
    grey = pixels if pixels.dtype == np.uint8 else np.rint(pixels / 257).astype(np.uint8)
    rows, columns = grey.shape
    scale = min(MAX_SIDE_PX / max(rows, columns), max(1.0, MIN_SIDE_PX / min(rows, columns)))
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    return np.asarray(Image.fromarray(grey.astype(np.uint8)).resize(size, Image.Resampling.BILINEAR))


def _with_caption(rgb: NDArray[np.uint8], analysis: Analysis, any_evidence: bool) -> Image.Image:
    decision = analysis.decision
    rows, columns = rgb.shape[:2]
    canvas = Image.new("RGB", (columns, rows + _CAPTION_PX), _CAPTION_COLOUR)
    canvas.paste(Image.fromarray(rgb), (0, 0))
    draw = ImageDraw.Draw(canvas)
    if decision is not None:
        found = f"{decision.band}: p = {decision.probability:.2f}, threshold {decision.threshold:.2f}"
        where = Message("heat_map.caption" if any_evidence else "heat_map.empty")
        draw.text((6, rows + 4), f"{found} - {where}", fill="white")
    outside = analysis.is_outside_population
    warning = f"{Message('outside.loud')} " if outside else ""
    colour = "#ffc040" if outside else "#c0c0c0"
    draw.text((6, rows + 18), f"{warning}{Message('research_use')}", fill=colour)
    return canvas
