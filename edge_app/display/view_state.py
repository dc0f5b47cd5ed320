"""How a film and its heat map are shown: values, so that a change can be undone. The model never sees them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from edge_app.display.geometry import UPRIGHT, Orientation
from edge_app.display.heatmap import ColourMap
from edge_app.display.window_level import WindowLevel, default_window
from edge_app.imaging.radiograph import Radiograph


@dataclass(frozen=True, slots=True)
class ViewState:
    """How a film is shown.

    Attributes:
        window: Window and level.
        inverted: Whether black and white are exchanged.
        orientation: How the film is turned or mirrored.
    """

    window: WindowLevel
    inverted: bool = False
    orientation: Orientation = UPRIGHT

    @classmethod
    def of(cls, film: Radiograph) -> ViewState:
        """Returns how `film` is shown when it is opened."""
        return cls(default_window(film.pixels))

    def with_window(self, window: WindowLevel) -> ViewState:
        """Returns a copy with another window."""
        return replace(self, window=window)


@dataclass(frozen=True, slots=True)
class HeatState:
    """How the heat map is shown.

    Attributes:
        visible: Whether it is shown.
        opacity: Opacity of full evidence, 0..1.
        colour_map: Name of the colour map.
    """

    visible: bool = True
    opacity: float = 0.6
    colour_map: ColourMap = "cividis"

    def stepped(self, step: float) -> HeatState:
        """Returns a copy with the opacity changed by `step`, within 0..1, and visible."""
        return replace(self, opacity=round(min(1.0, max(0.0, self.opacity + step)), 2), visible=True)
