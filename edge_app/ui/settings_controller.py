"""Applies changed settings."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer

from edge_app.services import settings as table
from edge_app.services.recent import forget_all, may_remember
from edge_app.services.service_container import Services
from edge_app.services.settings import Setting
from edge_app.ui.frame import Frame
from edge_app.ui.theme import theme
from edge_app.ui.view_controller import ViewController

_LOOK = (table.THEME, table.DENSITY, table.TEXT_SCALE)
_MODEL = (
    table.MODEL_FOLDER,
    table.VARIANT,
    table.RUNTIME,
    table.THREADS,
    table.OPERATING_POINT,
    table.OUTSIDE_POPULATION,
    table.PUBLIC_KEY,
    table.MOST_MEGAPIXELS,
    table.MOST_MEGABYTES,
    table.MOST_SECONDS,
)
_HEAT = (table.HEATMAP_SHOWN, table.HEATMAP_COLOURS, table.HEATMAP_OPACITY)
_MODEL_DELAY_MS = 400


class SettingsController(QObject):
    """Applies each setting when it changes."""

    def __init__(self, services: Services, views: ViewController, frame: Frame, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services
        self._views = views
        self._frame = frame
        # Several settings often change together; restart the child process once.
        self._model_later = QTimer(self, singleShot=True, interval=_MODEL_DELAY_MS)
        self._model_later.timeout.connect(services.configure_worker)
        services.settings.changed.connect(self._on_changed)

    def _on_changed(self, setting: Setting[Any]) -> None:
        settings, history = self._services.settings, self._services.history
        if setting in _LOOK:
            density = "touch" if self._frame.is_compact else settings[table.DENSITY]
            theme().apply(settings[table.THEME], density, settings[table.TEXT_SCALE])
        elif setting in _MODEL:
            self._model_later.start()
        elif setting in _HEAT:
            self._views.take_defaults()
        elif setting is table.HISTORY_KEPT:
            self._forget_paths()
            if settings[table.HISTORY_KEPT]:
                history.open()
            else:
                history.close()
        elif setting is table.HISTORY_PATHS:
            self._forget_paths()
        elif setting is table.HISTORY_RETENTION_DAYS and settings[table.HISTORY_KEPT]:
            history.set_retention(settings[table.HISTORY_RETENTION_DAYS])

    def _forget_paths(self) -> None:
        if not may_remember(self._services.settings):
            forget_all(self._services.settings)
