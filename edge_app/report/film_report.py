"""The content of a report on one film: a value, and its two images as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edge_app.analysis.analysis import Analysis
from edge_app.analysis.record import Record, record_of
from edge_app.bundle.manifest import OperatingPoint, Variant
from edge_app.display.heatmap import ColourMap, colourise, enlarge, has_positive_evidence, overlay, unit_map
from edge_app.display.window_level import WindowLevel
from edge_app.imaging.radiograph import Radiograph
from edge_app.process.jobs import LoadedModel
from edge_app.records.worklist import NO_REVIEW, Review
from edge_app.system.messages import Message

IMAGE_SIDE_PX = 1400
"""Longer side of an image in a report: 85 mm at 400 dots per inch."""


@dataclass(frozen=True, slots=True, eq=False)
class FilmReport:
    """The content of the report on one film.

    Attributes:
        name: Name of the file.
        analysis: The result, or the reason why there is none.
        made_at: Time of the report, with time zone.
        film: The film; None if it cannot be shown.
        film_note: Reason why there is no film; None if unknown.
        model: The model of the analysis, for its operating points; None if another model is loaded now.
        review: Verdict and comment of the reader.
        window: Window and level; None for the full range.
        colours: Colour map of the heat map.
        opacity: Opacity of the heat map, 0..1.

    Raises:
        ValueError: The film or the model is not that of the analysis.
    """

    name: str
    analysis: Analysis
    made_at: datetime
    film: Radiograph | None = None
    film_note: Message | None = None
    model: LoadedModel | None = None
    review: Review = NO_REVIEW
    window: WindowLevel | None = None
    colours: ColourMap = "cividis"
    opacity: float = 0.6

    def __post_init__(self) -> None:
        if self.film is not None and self.film.sha256 != self.analysis.sha256:
            raise ValueError("The film is not the film of the analysis.")
        if self.model is not None and self.model.model.sha256 != self.analysis.model.sha256:
            raise ValueError("The model is not the model of the analysis.")

    @property
    def record(self) -> Record:
        """The result as a row."""
        return record_of(self.analysis)

    @property
    def operating_point(self) -> OperatingPoint | None:
        """The operating point of the decision, which may differ from the current one; None if unknown."""
        decision = self.analysis.decision
        if self.model is None or decision is None:
            return None
        points = self.model.manifest.variant(cast(Variant, self.analysis.model.variant)).operating_points
        return next((point for point in points if point.threshold == decision.threshold), None)

    @property
    def uncertain_band(self) -> tuple[float, float] | None:
        """Limits of the uncertain band, probabilities; None if unknown."""
        if self.model is None or self.analysis.decision is None:
            return None
        band = self.model.manifest.variant(cast(Variant, self.analysis.model.variant)).uncertain
        return band.low, band.high


@dataclass(frozen=True, slots=True, eq=False)
class ReportImages:
    """The images of a report.

    Attributes:
        film: `(rows, columns)` uint8.
        overlay: `(rows, columns, 3)` uint8 RGB, the film with the heat map; None without a decision.
        any_evidence: Whether the heat map shows positive evidence.
    """

    film: NDArray[np.uint8]
    overlay: NDArray[np.uint8] | None
    any_evidence: bool


def render_images(report: FilmReport, side_px: int = IMAGE_SIDE_PX) -> ReportImages | None:
    """Renders the images of a report; None without a film.

    Args:
        report: The report.
        side_px: Maximum of the longer side.
    """
    film = report.film
    if film is None:
        return None
    scale = min(1.0, side_px / max(film.rows, film.columns))
    size = (max(1, round(film.columns * scale)), max(1, round(film.rows * scale)))
    window = report.window or WindowLevel.full(film.white)
    grey = np.asarray(Image.fromarray(window.lut(film.white)[film.pixels]).resize(size, Image.Resampling.BOX))
    if report.analysis.evidence is None or report.analysis.decision is None:
        return ReportImages(grey, None, any_evidence=False)
    unit = unit_map(report.analysis.evidence, report.analysis.evidence_scale)
    painted = overlay(grey, colourise(enlarge(unit, *grey.shape), report.colours), report.opacity)
    return ReportImages(grey, painted, has_positive_evidence(unit))
