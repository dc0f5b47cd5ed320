"""What the viewer shows: one film, its result, and how the reader looks at them. Views only look at this object."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from edge_app.analysis.analysis import Analysis
from edge_app.display.geometry import Orientation
from edge_app.display.heatmap import has_positive_evidence, unit_map
from edge_app.display.view_state import HeatState, ViewState
from edge_app.display.window_level import Preset, WindowLevel, preset_window
from edge_app.imaging.radiograph import Radiograph
from edge_app.services.explainer import KerasEvidence
from edge_app.ui.viewer.film_picture import FilmPicture
from edge_app.ui.viewer.view_command import ViewCommand


class FilmDocument(QObject):
    """A film, its result, and the state of the view.

    Attributes:
        film_changed: Another film, or none, is shown.
        analysis_changed: The result that belongs to the film came or went.
        view_changed: Window, inversion or orientation changed.
        heat_changed: How the heat map is shown changed.
        undo_stack: View changes of this film.
    """

    film_changed = Signal()
    analysis_changed = Signal()
    view_changed = Signal()
    heat_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.film: Radiograph | None = None
        self.name = ""
        self.analysis: Analysis | None = None
        self.keras: KerasEvidence | None = None
        self.view: ViewState | None = None
        self.heat = HeatState()
        self.peeking = False
        self.picture: FilmPicture | None = None
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(200)

    def show_film(self, film: Radiograph | None, name: str = "", *, keep_view: bool = False) -> None:
        """Shows a film; the result of the one before goes away at once.

        Args:
            film: The film; None for an empty viewer.
            name: Of its file.
            keep_view: Keeps window, inversion and orientation, for films of the same depth.
        """
        same_depth = film is not None and self.film is not None and film.white == self.film.white
        self.film, self.name, self.analysis, self.keras = film, name, None, None
        self.picture = None if film is None else FilmPicture(film.pixels)
        if film is None:
            self.view = None
        elif not (keep_view and same_depth):
            self.view = ViewState.of(film)
        self.undo_stack.clear()
        self.film_changed.emit()
        self.analysis_changed.emit()

    def show_analysis(self, analysis: Analysis | None) -> bool:
        """Shows a result beside the film, if it is that film's.

        Returns:
            False if the result was made from other bytes than the film on the screen; it is then not shown.
        """
        if analysis is not None and (self.film is None or analysis.sha256 != self.film.sha256):
            return False
        if analysis is self.analysis:
            return True
        self.analysis = analysis
        if analysis is None or (self.keras is not None and self.keras.sha256 != analysis.sha256):
            self.keras = None
        self.analysis_changed.emit()
        return True

    def show_keras(self, keras: KerasEvidence | None) -> bool:
        """Shows the Keras model's own map instead of the graph's; None goes back to the graph's.

        Returns:
            False if it was made from other bytes than the film on the screen; it is then not shown.
        """
        if keras is not None and (self.analysis is None or keras.sha256 != self.analysis.sha256):
            return False
        if keras is not self.keras:
            self.keras = keras
            self.analysis_changed.emit()
        return True

    def unit_evidence(self) -> NDArray[np.float32] | None:
        """The evidence on the model's own scale, `(grid rows, grid columns)` 0..1; None where there is no result."""
        if self.analysis is None or self.analysis.evidence is None:
            return None
        evidence = self.analysis.evidence if self.keras is None else self.keras.evidence
        return unit_map(evidence, self.analysis.evidence_scale)

    def shows_heat(self) -> bool:
        """Whether a heat map is to be painted now."""
        return self.heat.visible and not self.peeking and self.has_evidence()

    def has_evidence(self) -> bool:
        """Whether the result has positive evidence that is worth painting."""
        unit = self.unit_evidence()
        return unit is not None and has_positive_evidence(unit)

    def set_heat(self, heat: HeatState) -> None:
        """Changes how the heat map is shown; not undone: it is a switch, not an edit."""
        if heat != self.heat:
            self.heat = heat
            self.heat_changed.emit()

    def peek(self, peeking: bool) -> None:
        """Hides the heat map while a key is held."""
        if peeking != self.peeking:
            self.peeking = peeking
            self.heat_changed.emit()

    def apply_view(self, view: ViewState) -> None:
        """Shows a view without recording it; `push_view` records."""
        if view != self.view:
            self.view = view
            self.view_changed.emit()

    def push_view(self, view: ViewState, text: str, *, drag: int | None = None) -> None:
        """Shows a view and makes it undoable.

        Args:
            view: The view.
            text: What was done, for the Undo entry.
            drag: Changes with the same number become one step.
        """
        if self.view is not None and view != self.view:
            self.undo_stack.push(ViewCommand(self.apply_view, self.view, view, text, drag))

    def set_window(self, window: WindowLevel, *, drag: int | None = None) -> None:
        """Sets window and level."""
        if self.view is not None:
            self.push_view(self.view.with_window(window), self.tr("Window/level"), drag=drag)

    def set_preset(self, preset: Preset) -> None:
        """Sets the window of a preset."""
        if self.film is not None:
            self.set_window(preset_window(self.film.pixels, preset))

    def toggle_inverted(self) -> None:
        """Exchanges black and white."""
        if self.view is not None:
            view = ViewState(self.view.window, not self.view.inverted, self.view.orientation)
            self.push_view(view, self.tr("Invert"))

    def reorient(self, change: Callable[[Orientation], Orientation], text: str) -> None:
        """Turns or mirrors the picture."""
        if self.view is not None:
            view = ViewState(self.view.window, self.view.inverted, change(self.view.orientation))
            self.push_view(view, text)

    def reset_view(self) -> None:
        """Goes back to how the film was opened; this too can be undone."""
        if self.film is not None:
            self.push_view(ViewState.of(self.film), self.tr("Reset view"))

    def is_view_changed(self) -> bool:
        """Whether the picture differs from how the film was opened."""
        return self.film is not None and self.view != ViewState.of(self.film)
