"""Writes overlays: the film, the heat map over it, and the words that belong to both."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from edge_app.analysis.analysis import Analysis
from edge_app.bundle import Bundle
from edge_app.display.heatmap import colourise, enlarge, has_positive_evidence, overlay, unit_map
from edge_app.imaging.decode import DecodeLimits, read_film
from edge_app.imaging.preprocess import preprocess
from edge_app.system.errors import FilmUnreadableError, PneumoscopeError, cause_of
from edge_app.system.messages import Message

MAX_SIDE_PX = 1024
"""Longer side of an overlay; films are reduced to it, never enlarged above it."""
MIN_SIDE_PX = 448
"""Shorter side to which a small film is enlarged, so that the caption is readable."""
_CAPTION_PX = 34


class HeatmapWriter:
    """Writes one PNG for each analysed film; several threads may ask at once."""

    def __init__(
        self, directory: Path, bundle: Bundle, explainer: Literal["evidence", "keras"], limits: DecodeLimits
    ) -> None:
        """Makes the folder, and loads the Keras model where that explainer was asked for.

        Args:
            directory: Where the PNGs go.
            bundle: The verified bundle.
            explainer: The graph's own evidence, or Grad-CAM from the Keras model.
            limits: Those the films were analysed under.

        Raises:
            PneumoscopeError: The folder cannot be made, or TensorFlow is not installed.
        """
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PneumoscopeError("folder.unmade", name=str(directory), cause=cause_of(error)) from error
        self._directory = directory
        self._limits = limits
        self._spec = bundle.manifest.preprocessing
        self._gradcam = None
        self._one_at_a_time = threading.Lock()
        if explainer == "keras":
            from edge_app.engine.keras_gradcam import KerasGradCam

            self._gradcam = KerasGradCam.load(bundle.keras_path())

    def __call__(self, path: Path, analysis: Analysis, index: int) -> Path:
        """Writes the overlay of a film that was analysed.

        Args:
            path: The film.
            analysis: Its analysis; the file must still have the hash it was analysed under.
            index: Place in the list, so that two files of one name do not overwrite each other.

        Returns:
            The PNG.

        Raises:
            FilmError: The film changed or vanished since it was analysed.
            PneumoscopeError: The PNG cannot be written.
        """
        film = read_film(path, self._limits)
        if film.sha256 != analysis.sha256 or analysis.evidence is None:
            raise FilmUnreadableError("film.changed", name=path.name)
        evidence = analysis.evidence
        if self._gradcam is not None:
            with self._one_at_a_time:
                evidence = self._gradcam(preprocess(film, self._spec).pixels)
        unit = unit_map(evidence, analysis.evidence_scale)
        shown = _display_pixels(film.pixels)
        rgb = overlay(shown, colourise(enlarge(unit, *shown.shape)))
        target = self._directory / f"{index + 1:05d}-{path.stem}.png"
        try:
            _with_caption(rgb, analysis, has_positive_evidence(unit)).save(target)
        except OSError as error:
            raise PneumoscopeError(
                "file.unwritable", name=str(target), cause=cause_of(error), detail=repr(error)
            ) from error
        return target


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
    canvas = Image.new("RGB", (columns, rows + _CAPTION_PX), "black")
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
