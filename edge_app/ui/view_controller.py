"""Connects the actions of the View menu with the viewer and its document."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Qt

from edge_app.display.geometry import WHEEL_ZOOM
from edge_app.display.view_state import HeatState
from edge_app.display.window_level import PRESETS
from edge_app.services.settings import HEATMAP_COLOURS, HEATMAP_OPACITY, HEATMAP_SHOWN, Settings
from edge_app.ui.actions import Actions
from edge_app.ui.viewer.document import FilmDocument
from edge_app.ui.viewer.viewer_panel import ViewerPanel

_NEEDS_FILM = (
    "fit", "actual", "zoom_in", "zoom_out", "window_tool", "preset_full", "preset_auto", "preset_lung",
    "preset_dense", "invert", "rotate_right", "rotate_left", "mirror", "ruler", "reset_view", "save_view", "compare",
    "heat_less", "film_info", "heat_more", "heat",
)  # fmt: skip
_OPACITY_STEP = 0.1
HELD_KEYS = (Qt.Key.Key_M, Qt.Key.Key_B)
"""Keys that act while they are held; see `ViewController.hold`."""


class ViewController(QObject):
    """Keeps the actions and the document consistent."""

    def __init__(
        self, actions: Actions, document: FilmDocument, viewer: ViewerPanel, settings: Settings, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._document = document
        self._viewer = viewer
        self._settings = settings
        view = viewer.view
        actions.connect(
            {
                "fit": view.fit,
                "actual": lambda: view.zoom_to(1.0),
                "zoom_in": lambda: view.zoom_to(view.zoom * WHEEL_ZOOM),
                "zoom_out": lambda: view.zoom_to(view.zoom / WHEEL_ZOOM),
                "window_tool": lambda on: self._choose_tool("window_tool", on),
                "ruler": lambda on: self._choose_tool("ruler", on),
                **{f"preset_{name}": partial(document.set_preset, name) for name in PRESETS},
                "invert": self._invert,
                "rotate_right": lambda: document.reorient(lambda o: o.turned(1), self.tr("Turn right")),
                "rotate_left": lambda: document.reorient(lambda o: o.turned(-1), self.tr("Turn left")),
                "mirror": lambda: document.reorient(lambda o: o.flipped(), self.tr("Mirror")),
                "reset_view": self._reset,
                "heat": lambda on: document.set_heat(replace(document.heat, visible=on)),
                "heat_less": lambda: document.set_heat(document.heat.stepped(-_OPACITY_STEP)),
                "heat_more": lambda: document.set_heat(document.heat.stepped(_OPACITY_STEP)),
                "compare": viewer.set_comparing,
                "undo": document.undo_stack.undo,
                "redo": document.undo_stack.redo,
            }
        )
        document.undo_stack.canUndoChanged.connect(actions["undo"].setEnabled)
        document.undo_stack.canRedoChanged.connect(actions["redo"].setEnabled)
        document.film_changed.connect(self._show)
        document.view_changed.connect(self._show)
        document.heat_changed.connect(self._on_heat)
        self.take_defaults()
        actions.enable(("undo", "redo"), False)
        self._show()

    def take_defaults(self) -> None:
        """Shows the heat map as the settings define it."""
        settings = self._settings
        heat = HeatState(settings[HEATMAP_SHOWN], settings[HEATMAP_OPACITY], settings[HEATMAP_COLOURS])
        self._document.set_heat(heat)
        self._on_heat()

    def hold(self, key: int, down: bool) -> None:
        """Starts (`down`) or ends the effect of a held key: M magnifies, B hides the heat map."""
        if key == Qt.Key.Key_M:
            self._viewer.set_magnifying(down)
        elif key == Qt.Key.Key_B:
            self._document.peek(down)

    def _choose_tool(self, key: str, on: bool) -> None:
        other = "ruler" if key == "window_tool" else "window_tool"
        if on:
            self._actions[other].setChecked(False)
        if on or not self._actions[other].isChecked():
            self._viewer.set_tool(("ruler" if key == "ruler" else "window") if on else "pan")

    def _invert(self, on: bool) -> None:
        if self._document.view is not None and self._document.view.inverted != on:
            self._document.toggle_inverted()

    def _reset(self) -> None:
        self._document.reset_view()
        self._viewer.view.fit()

    def _show(self) -> None:
        document, actions = self._document, self._actions
        actions.enable(_NEEDS_FILM, document.film is not None)
        actions["invert"].setChecked(document.view is not None and document.view.inverted)

    def _on_heat(self) -> None:
        heat, settings = self._document.heat, self._settings
        self._actions["heat"].setChecked(heat.visible)
        # The next film and the next start use the same values.
        settings[HEATMAP_SHOWN] = heat.visible
        settings[HEATMAP_OPACITY] = heat.opacity
        settings[HEATMAP_COLOURS] = heat.colour_map
