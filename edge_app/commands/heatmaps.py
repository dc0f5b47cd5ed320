"""Writes overlays: the film, the heat map over it, and the words that belong to both."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from edge_app.bundle import Bundle
from edge_app.errors import PneumoscopeError
from edge_app.imaging.decode import read_film
from edge_app.imaging.heatmap import colourise, enlarge, has_positive_evidence, overlay, unit_map
from edge_app.imaging.preprocess import preprocess
from edge_app.inference.analysis import Analysis
from edge_app.inference.gates.population import OUTSIDE_CODE

MAX_SIDE_PX = 1024
"""Longer side of an overlay; films are reduced to it, never enlarged above it."""
MIN_SIDE_PX = 448
"""Shorter side to which a small film is enlarged, so that the caption is readable."""
_CAPTION_PX = 34


class HeatmapWriter:
    """Writes one PNG for each analysed film."""

    def __init__(self, directory: Path, bundle: Bundle, explainer: Literal["evidence", "keras"]) -> None:
        """Makes the folder, and loads the Keras model where that explainer was asked for.

        Raises:
            PneumoscopeError: The folder cannot be made, or TensorFlow is not installed.
        """
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PneumoscopeError(f"The folder {directory} could not be made: {error.strerror}.") from error
        self._directory = directory
        self._spec = bundle.manifest.preprocessing
        self._gradcam = None
        if explainer == "keras":
            from edge_app.explain.keras_gradcam import KerasGradCam

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
            PneumoscopeError: The film changed since it was analysed, or the PNG cannot be written.
        """
        film = read_film(path)
        if film.sha256 != analysis.sha256 or analysis.evidence is None:
            raise PneumoscopeError(f"{path.name} changed while it was analysed.", hint="Run the command again.")
        evidence = analysis.evidence
        if self._gradcam is not None:
            evidence = self._gradcam(preprocess(film, self._spec).pixels)
        unit = unit_map(evidence, analysis.evidence_scale)
        shown = _display_pixels(film.pixels)
        rgb = overlay(shown, colourise(enlarge(unit, *shown.shape)))
        target = self._directory / f"{index + 1:05d}-{path.stem}.png"
        try:
            _with_caption(rgb, analysis, has_positive_evidence(unit)).save(target)
        except OSError as error:
            raise PneumoscopeError(f"{target} could not be written: {error.strerror}.", detail=repr(error)) from error
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
        where = "where the model looked, not a lesion outline" if any_evidence else "no positive evidence"
        draw.text((6, rows + 4), f"{found} - {where}", fill="white")
    outside = any(notice.code == OUTSIDE_CODE for notice in analysis.quality)
    warning = "DO NOT USE THIS SCORE: not validated for this patient. " if outside else ""
    colour = "#ffc040" if outside else "#c0c0c0"
    draw.text((6, rows + 18), f"{warning}Research use only. Not a medical device.", fill=colour)
    return canvas
