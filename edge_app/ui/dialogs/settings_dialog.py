"""The settings. Each field is bound to one setting and acts at once; there is no Apply button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QSpinBox, QWidget

from edge_app.display.heatmap import COLOUR_MAPS
from edge_app.process.jobs import LoadedModel
from edge_app.report.wording import point_words
from edge_app.services import settings as table
from edge_app.services.settings import Setting, Settings
from edge_app.ui.dialogs.base import Dialog, empty_form, scrolled
from edge_app.ui.theme import theme
from edge_app.ui.translation import languages
from edge_app.ui.widgets import label

T = TypeVar("T")
_TEXT_SCALES = (0.9, 1.0, 1.15, 1.3, 1.5)


class SettingsDialog(Dialog):
    """Five tabs of settings.

    Attributes:
        wipe_requested: The user wants to delete all stored data.
        folder_requested: The user wants to choose a model bundle; answer with `set_model_folder`.
    """

    wipe_requested = Signal()
    folder_requested = Signal()

    def __init__(self, settings: Settings, model: LoadedModel | None, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Settings"), parent)
        self._settings = settings
        self._folder = QLineEdit(settings[table.MODEL_FOLDER])
        pages = (
            (self.tr("Appearance"), self._appearance()),
            (self.tr("Model"), self._model(model)),
            (self.tr("Heat map"), self._heat_map()),
            (self.tr("History"), self._history()),
            (self.tr("Camera"), self._camera()),
        )
        self.add_tabs((title, scrolled(page)) for title, page in pages)
        reset = self.add_button(self.tr("Reset all settings"))
        reset.clicked.connect(settings.reset_all)
        reset.clicked.connect(self.accept)
        self.add_close()

    def set_model_folder(self, folder: str) -> None:
        """Stores and shows the folder of the model bundle."""
        self._folder.setText(folder)
        self._settings[table.MODEL_FOLDER] = folder

    def _appearance(self) -> QWidget:
        page, form = empty_form()
        names = [("system", self.tr("As the desktop")), *languages().items()]
        self._choice(form, self.tr("Language (from the next start on)"), table.LANGUAGE, names)
        schemes = [("dark", self.tr("Dark")), ("light", self.tr("Light")), ("system", self.tr("As the desktop"))]
        self._choice(form, self.tr("Colours"), table.THEME, schemes)
        densities = [("comfortable", self.tr("Mouse")), ("touch", self.tr("Fingers (44 pixels and more)"))]
        self._choice(form, self.tr("Size of what is clicked"), table.DENSITY, densities)
        scales = [(scale, f"{round(scale * 100)} %") for scale in _TEXT_SCALES]
        self._choice(form, self.tr("Size of the text"), table.TEXT_SCALE, scales)
        return page

    def _model(self, model: LoadedModel | None) -> QWidget:
        page, form = empty_form()
        points = [("", self.tr("The model's default"))]
        if model is not None:
            record = model.manifest.variant(model.model.variant)  # type: ignore[arg-type]
            points += [(point.name, point_words(point.name)) for point in record.operating_points]
        self._choice(form, self.tr("Operating point"), table.OPERATING_POINT, points)
        policies = [("flag", self.tr("Score them and flag it")), ("refuse", self.tr("Refuse them"))]
        self._choice(form, self.tr("Films of patients the model does not know"), table.OUTSIDE_POPULATION, policies)
        variants = [("quant", self.tr("Quantized (fast on small machines)")), ("float", self.tr("Float"))]
        self._choice(form, self.tr("File of the bundle"), table.VARIANT, variants)
        runtimes = [("auto", self.tr("Automatic")), ("litert", "LiteRT"), ("tflite-runtime", "tflite-runtime")]
        self._choice(form, self.tr("Runtime"), table.RUNTIME, runtimes)
        threads = [(0, self.tr("Automatic")), *((n, str(n)) for n in (1, 2, 3, 4))]
        self._choice(form, self.tr("Threads"), table.THREADS, threads)
        self._folder.setPlaceholderText(self.tr("The shipped model"))
        self._folder.editingFinished.connect(lambda: self._store(table.MODEL_FOLDER, self._folder.text().strip()))
        choose = QPushButton(self.tr("Choose..."), autoDefault=False)
        choose.clicked.connect(self.folder_requested)
        fields = QHBoxLayout()
        fields.addWidget(self._folder, 1)
        fields.addWidget(choose)
        _add(form, self.tr("Folder of the model bundle"), self._folder, fields)
        return page

    def _heat_map(self) -> QWidget:
        page, form = empty_form()
        self._switch(form, self.tr("Show the heat map"), table.HEATMAP_SHOWN)
        colours = [(name, name.capitalize()) for name in COLOUR_MAPS]
        self._choice(form, self.tr("Colours"), table.HEATMAP_COLOURS, colours)
        opacity = QSpinBox(maximum=100, singleStep=5, suffix=" %")
        opacity.setValue(round(self._settings[table.HEATMAP_OPACITY] * 100))
        opacity.valueChanged.connect(lambda value: self._store(table.HEATMAP_OPACITY, value / 100))
        _add(form, self.tr("Opacity"), opacity)
        return page

    def _history(self) -> QWidget:
        page, form = empty_form()
        self._switch(form, self.tr("Keep a history of analyses"), table.HISTORY_KEPT)
        days = QSpinBox(maximum=36500, suffix=self.tr(" days"))
        days.setSpecialValueText(self.tr("For ever"))
        days.setValue(self._settings[table.HISTORY_RETENTION_DAYS])
        days.valueChanged.connect(lambda value: self._store(table.HISTORY_RETENTION_DAYS, value))
        _add(form, self.tr("Keep for"), days)
        details = [
            ("path", self.tr("Folder and name of the file")),
            ("name", self.tr("Name of the file")),
            ("none", self.tr("Only its hash (names can be patients' names)")),
        ]
        self._choice(form, self.tr("What is kept of a film"), table.HISTORY_PATHS, details)
        wipe = QPushButton(self.tr("Delete everything..."), autoDefault=False)
        wipe.clicked.connect(self.wipe_requested)
        _add(form, "", wipe)
        return page

    def _camera(self) -> QWidget:
        page, form = empty_form()
        device = QLineEdit(self._settings[table.CAMERA_DEVICE])
        device.editingFinished.connect(lambda: self._store(table.CAMERA_DEVICE, device.text().strip() or "auto"))
        _add(form, self.tr("Camera"), device)
        hint = label(
            self.tr("auto, the number of a camera (0, 1 ...), or its device (/dev/video0)"), "muted", wrap=True
        )
        form.addRow("", hint)
        return page

    def _choice(self, form: QFormLayout, text: str, setting: Setting[Any], choices: Sequence[tuple[Any, str]]) -> None:
        box = QComboBox()
        for value, words in choices:
            box.addItem(words, value)
        here = box.findData(self._settings[setting])
        if here < 0:
            box.addItem(str(self._settings[setting]), self._settings[setting])
            here = box.count() - 1
        box.setCurrentIndex(here)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.currentIndexChanged.connect(lambda index: self._store(setting, box.itemData(index)))
        _add(form, text, box)

    def _switch(self, form: QFormLayout, text: str, setting: Setting[bool]) -> None:
        box = QCheckBox(text)
        box.setChecked(self._settings[setting])
        box.toggled.connect(lambda on: self._store(setting, on))
        form.addRow(box)

    def _store(self, setting: Setting[T], value: T) -> None:
        self._settings[setting] = value


def _add(form: QFormLayout, text: str, field: QWidget, row: QHBoxLayout | None = None) -> None:
    if text:
        field.setAccessibleName(text)
    words = label(text, wrap=True)
    words.setFixedWidth(230)
    words.setMinimumHeight(theme().metrics.control)
    words.setBuddy(field)
    form.addRow(words, row if row is not None else field)
