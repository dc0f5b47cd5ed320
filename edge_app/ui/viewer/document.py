"""The state of the viewer: one film, its result, and the display settings. Views read it and listen to its signals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from edge_app.analysis.analysis import Analysis
from edge_app.display.geometry import Orientation
from edge_app.display.heatmap import has_positive_evidence, unit_map
from edge_app.display.view_state import HeatState, ViewState
from edge_app.display.window_level import Preset, WindowLevel, preset_window
from edge_app.imaging.radiograph import Radiograph
from edge_app.services.explainer import KerasEvidence
from edge_app.ui.viewer.film_renderer import FilmRenderer


class FilmDocument(QObject):
    """A film, its result, and the display settings.

    Attributes:
        film_changed: Another film, or none, is shown.
        analysis_changed: The result of the film was set or removed.
        view_changed: Window, inversion or orientation changed.
        heat_changed: Visibility, opacity or colours of the heat map changed.
        undo_stack: View changes of the current film.
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
        self.renderer: FilmRenderer | None = None
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(200)

    def show_film(self, film: Radiograph | None, name: str = "") -> None:
        """Shows a film and removes the result of the previous one.

        Args:
            film: The film; None for an empty viewer.
            name: Name of the file.
        """
        self.film, self.name, self.analysis, self.keras = film, name, None, None
        self.renderer = None if film is None else FilmRenderer(film.pixels)
        self.view = None if film is None else ViewState.of(film)
        self.undo_stack.clear()
        self.film_changed.emit()
        self.analysis_changed.emit()

    def show_analysis(self, analysis: Analysis | None) -> bool:
        """Shows a result beside the film it was computed from.

        Returns:
            False, and nothing is shown, if the SHA-256 of the result is not that of the film.
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
        """Shows the evidence map of the Keras model; None shows the map of the graph again.

        Returns:
            False, and nothing is shown, if the SHA-256 of the map is not that of the film.
        """
        if keras is not None and (self.analysis is None or keras.sha256 != self.analysis.sha256):
            return False
        if keras is not self.keras:
            self.keras = keras
            self.analysis_changed.emit()
        return True

    def unit_evidence(self) -> NDArray[np.float32] | None:
        """Returns the evidence on the scale of the model, `(grid rows, grid columns)`, 0..1; None without a result."""
        if self.analysis is None or self.analysis.evidence is None:
            return None
        evidence = self.analysis.evidence if self.keras is None else self.keras.evidence
        return unit_map(evidence, self.analysis.evidence_scale)

    def shows_heat(self) -> bool:
        """Returns whether the heat map must be painted."""
        return self.heat.visible and not self.peeking and self.has_evidence()

    def has_evidence(self) -> bool:
        """Returns whether the result has visible positive evidence."""
        unit = self.unit_evidence()
        return unit is not None and has_positive_evidence(unit)

    def set_heat(self, heat: HeatState) -> None:
        """Sets visibility, opacity and colours of the heat map. Undo does not cover them."""
        if heat != self.heat:
            self.heat = heat
            self.heat_changed.emit()

    def peek(self, peeking: bool) -> None:
        """Hides the heat map while `peeking` is True."""
        if peeking != self.peeking:
            self.peeking = peeking
            self.heat_changed.emit()

    def apply_view(self, view: ViewState) -> None:
        """Sets the view without an undo step; see `push_view`."""
        if view != self.view:
            self.view = view
            self.view_changed.emit()

    def push_view(self, view: ViewState, text: str, *, drag: int | None = None) -> None:
        """Sets the view as an undo step.

        Args:
            view: The new view.
            text: Name of the undo step.
            drag: Steps with the same number are merged; None for a step of its own.
        """
        if self.view is not None and view != self.view:
            self.undo_stack.push(_ViewCommand(self.apply_view, self.view, view, text, drag))

    def set_window(self, window: WindowLevel, *, drag: int | None = None) -> None:
        """Sets window and level; `drag` as in `push_view`."""
        if self.view is not None:
            self.push_view(self.view.with_window(window), self.tr("Window/level"), drag=drag)

    def set_preset(self, preset: Preset) -> None:
        """Sets the window of a preset."""
        if self.film is not None:
            self.set_window(preset_window(self.film.pixels, preset))

    def toggle_inverted(self) -> None:
        """Exchanges black and white."""
        if self.view is not None:
            self.push_view(replace(self.view, inverted=not self.view.inverted), self.tr("Invert"))

    def reorient(self, change: Callable[[Orientation], Orientation], text: str) -> None:
        """Turns or mirrors the film; `text` is the name of the undo step."""
        if self.view is not None:
            self.push_view(replace(self.view, orientation=change(self.view.orientation)), text)

    def reset_view(self) -> None:
        """Restores the view with which the film was opened, as an undo step."""
        if self.film is not None:
            self.push_view(ViewState.of(self.film), self.tr("Reset view"))

    def is_view_changed(self) -> bool:
        """Returns whether the view differs from that with which the film was opened."""
        return self.film is not None and self.view != ViewState.of(self.film)


class _ViewCommand(QUndoCommand):
    """An undo step from one view to another; the moves of one drag are merged."""

    def __init__(
        self, apply: Callable[[ViewState], None], before: ViewState, after: ViewState, text: str, drag: int | None
    ) -> None:
        super().__init__(text)
        self._apply = apply
        self._before = before
        self._after = after
        self._drag = drag

    def id(self) -> int:
        # Qt merges commands of the same id, except -1; an id has 31 bits.
        return -1 if self._drag is None else self._drag & 0x7FFFFFFF

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _ViewCommand) or other._drag != self._drag:
            return False
        self._after = other._after
        return True

    def redo(self) -> None:
        self._apply(self._after)

    def undo(self) -> None:
        self._apply(self._before)
