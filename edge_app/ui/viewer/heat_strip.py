"""The strip under the film: heat map on or off, how opaque, and what its colours mean."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QSlider, QWidget

from edge_app.display.heatmap import COLOUR_MAPS
from edge_app.ui.plain_label import label
from edge_app.ui.viewer.colour_bar import ColourBar
from edge_app.ui.viewer.document import FilmDocument


class HeatStrip(QFrame):
    """Shows and changes the document's `HeatState`."""

    def __init__(self, document: FilmDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("HeatStrip")
        self._document = document
        self._switch = QCheckBox(self.tr("Heat map"))
        self._switch.setToolTip(self.tr("Show where the model looked (H)"))
        self._opacity = QSlider(Qt.Orientation.Horizontal)
        self._opacity.setRange(0, 100)
        self._opacity.setPageStep(10)
        self._opacity.setMinimumWidth(90)
        self._opacity.setMaximumWidth(220)
        self._opacity.setAccessibleName(self.tr("Opacity of the heat map"))
        self._opacity.setToolTip(self.tr("Opacity of the heat map ([ and ])"))
        self._percent = label(role="muted")
        self._colours = QComboBox()
        self._colours.setAccessibleName(self.tr("Colours of the heat map"))
        for name in COLOUR_MAPS:
            self._colours.addItem(name.capitalize(), name)
        self._bar = ColourBar()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.setSpacing(10)
        layout.addWidget(self._switch)
        layout.addWidget(self._opacity, 1)
        layout.addWidget(self._percent)
        layout.addStretch(1)
        layout.addWidget(self._bar, 2)
        layout.addWidget(self._colours)
        self._switch.toggled.connect(lambda on: document.set_heat(replace(document.heat, visible=on)))
        self._opacity.valueChanged.connect(lambda value: document.set_heat(replace(document.heat, opacity=value / 100)))
        self._colours.currentIndexChanged.connect(self._choose_colours)
        document.heat_changed.connect(self._show)
        document.analysis_changed.connect(self._show)
        self._show()

    def set_compact(self, compact: bool) -> None:
        """Leaves out what a small screen has no room for; it is in the settings too."""
        self._colours.setVisible(not compact)
        self._percent.setVisible(not compact)

    def _choose_colours(self, index: int) -> None:
        self._document.set_heat(replace(self._document.heat, colour_map=self._colours.itemData(index)))

    def _show(self) -> None:
        heat = self._document.heat
        for widget in (self._switch, self._opacity, self._colours):
            widget.blockSignals(True)
        self._switch.setChecked(heat.visible)
        self._opacity.setValue(round(heat.opacity * 100))
        self._colours.setCurrentIndex(COLOUR_MAPS.index(heat.colour_map))
        for widget in (self._switch, self._opacity, self._colours):
            widget.blockSignals(False)
        # The widest text keeps its room, so that nothing moves while the slider does.
        self._percent.setFixedWidth(self._percent.fontMetrics().horizontalAdvance("100 %") + 4)
        self._percent.setText(f"{round(heat.opacity * 100)} %")
        self._bar.set_colour_map(heat.colour_map)
        self._opacity.setEnabled(heat.visible)
