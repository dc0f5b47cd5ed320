"""The strip under the film: visibility, opacity and colours of the heat map."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QSlider

from edge_app.display.heatmap import COLOUR_MAPS
from edge_app.ui.viewer.colour_bar import ColourBar
from edge_app.ui.viewer.document import FilmDocument
from edge_app.ui.widgets import label, row


class HeatStrip(QFrame):
    """Shows and changes the document's `HeatState`."""

    def __init__(self, document: FilmDocument) -> None:
        super().__init__()
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
        layout = row(self, spacing_px=10, margins=(12, 4, 12, 4))
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
        """Hides the colour list and the percentage on a small screen; the settings have both."""
        self._colours.setVisible(not compact)
        self._percent.setVisible(not compact)

    def _choose_colours(self, index: int) -> None:
        self._document.set_heat(replace(self._document.heat, colour_map=self._colours.itemData(index)))

    def _show(self) -> None:
        heat = self._document.heat
        with QSignalBlocker(self._switch), QSignalBlocker(self._opacity), QSignalBlocker(self._colours):
            self._switch.setChecked(heat.visible)
            self._opacity.setValue(round(heat.opacity * 100))
            self._colours.setCurrentIndex(COLOUR_MAPS.index(heat.colour_map))
        # The width of the longest text, so that nothing moves with the slider.
        self._percent.setFixedWidth(self._percent.fontMetrics().horizontalAdvance("100 %") + 4)
        self._percent.setText(f"{round(heat.opacity * 100)} %")
        self._bar.set_colour_map(heat.colour_map)
        self._opacity.setEnabled(heat.visible)
