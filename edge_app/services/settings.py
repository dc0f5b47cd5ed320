"""The settings: one typed table, kept in an ini file, and one object that reads, checks and announces them.

    settings = Settings(places.settings_file)
    settings[THEME]                     # "dark", typed as ThemeName
    settings[HEATMAP_OPACITY] = 0.4     # checked, stored, announced
    settings.changed.connect(...)       # with the Setting that changed

A value in the file that is not allowed counts as its default, so that the window always opens. The public key is the
exception: with a bad line there, no model runs.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, TypeVar, cast

import msgspec
from msgspec import Meta
from PySide6.QtCore import QObject, QSettings, Signal

from edge_app.analysis.gate import OutsidePolicy
from edge_app.bundle import Variant
from edge_app.display.heatmap import ColourMap
from edge_app.engine.runtime import RuntimeChoice
from edge_app.imaging.decode import DecodeLimits
from edge_app.process.protocol import WorkerConfig
from edge_app.records.history_records import PathDetail

_LOG = logging.getLogger(__name__)

T = TypeVar("T")

ThemeName = Literal["dark", "light", "system"]
Density = Literal["comfortable", "touch"]

CONSENT_VERSION = 1
"""Raise it when the meaning of the consent text changes: the user is then asked again."""

RECENT_LIMIT = 10


@dataclass(frozen=True, slots=True, eq=False)
class Setting(Generic[T]):
    """A row of the table.

    Attributes:
        key: Group and name in the file.
        default: The value of a new installation.
        kind: Type and limits of the value, as msgspec takes them.
        when_damaged: The value if the file holds one that is not allowed; None for the default.
    """

    key: str
    default: T
    kind: Any
    when_damaged: T | None = None

    def check(self, value: Any) -> T:
        """Returns an allowed value, with lists as tuples.

        Raises:
            ValueError: The value is not allowed; the message names the limit.
        """
        return cast(T, msgspec.convert(value, self.kind))


_SETTINGS: list[Setting[Any]] = []


def _row(key: str, default: T, kind: Any, when_damaged: T | None = None) -> Setting[T]:
    setting = Setting(key, default, kind, when_damaged)
    _SETTINGS.append(setting)
    return setting


def _text(key: str, default: str = "", limit: int = 65536, when_damaged: str | None = None) -> Setting[str]:
    return _row(key, default, Annotated[str, Meta(max_length=limit)], when_damaged)


def _limited(key: str, default: T, low: float, high: float) -> Setting[T]:
    return _row(key, default, Annotated[type(default), Meta(ge=low, le=high)])


# Appearance
LANGUAGE = _text("appearance/language", "system", 20)
"""`system`, or the code of a language that has a translation, such as `en`."""
THEME: Setting[ThemeName] = _row("appearance/theme", "dark", ThemeName)
DENSITY: Setting[Density] = _row("appearance/density", "comfortable", Density)
TEXT_SCALE = _limited("appearance/text_scale", 1.0, 0.8, 2.0)
"""Factor on the system's font size."""

# Model
MODEL_FOLDER = _text("model/folder")
"""Folder of the model bundle; empty for the shipped one."""
VARIANT: Setting[Variant] = _row("model/variant", "quant", Variant)
RUNTIME: Setting[RuntimeChoice] = _row("model/runtime", "auto", RuntimeChoice)
THREADS = _limited("model/threads", 0, 0, 64)
"""Threads for one film; 0 for a default by the number of cores."""
OPERATING_POINT = _text("model/operating_point", "", 40)
"""Name; empty for the model's default."""
OUTSIDE_POPULATION: Setting[OutsidePolicy] = _row("model/outside_population", "flag", OutsidePolicy)
"""Flag or refuse films of patients for whom the model was not validated."""
PUBLIC_KEY = _text("model/public_key", "", 100, when_damaged="damaged")
"""Base64 of the Ed25519 key that must have signed a bundle; without a key, unsigned bundles are accepted. A damaged
line must not count as "no key": it becomes the text "damaged", which is no valid key, so that no model runs."""

# Limits
MOST_MEGAPIXELS = _limited("limits/film_megapixels", 40, 1, 100)
"""Films with more pixels are refused before they are decoded."""
MOST_MEGABYTES = _limited("limits/file_megabytes", 128, 1, 2048)
"""Larger files are refused before they are read."""
MOST_SECONDS = _limited("limits/film_seconds", 60.0, 5.0, 600.0)
"""Timeout of one film: the child process is killed and the film fails."""

# Heat map
HEATMAP_SHOWN = _row("heatmap/shown", True, bool)
HEATMAP_COLOURS: Setting[ColourMap] = _row("heatmap/colours", "cividis", ColourMap)
HEATMAP_OPACITY = _limited("heatmap/opacity", 0.6, 0.0, 1.0)

# History
HISTORY_KEPT = _row("history/kept", True, bool)
HISTORY_RETENTION_DAYS = _limited("history/retention_days", 0, 0, 36500)
"""Older records are deleted when the history is opened; 0 keeps all."""
HISTORY_PATHS: Setting[PathDetail] = _row("history/paths", "path", PathDetail)
"""How much of a film's path is kept. File names can contain patient names: `none` keeps only the hash."""

# Camera
CAMERA_DEVICE = _text("camera/device", "auto", 4096)
"""`auto`, a device number, or the path of a device."""

# Remembered
CONSENT = _limited("remembered/consent_version", 0, 0, 1_000_000)
"""Version of the consent text that the user accepted; ask again if it is below `CONSENT_VERSION`."""
RECENT_FILES: Setting[tuple[str, ...]] = _row(
    "remembered/recent_files", (), tuple[Annotated[str, Meta(min_length=1)], ...]
)
LAST_FOLDER = _text("remembered/last_folder")
WINDOW_GEOMETRY = _text("remembered/window_geometry")
"""`QWidget.saveGeometry()` in base64."""
WINDOW_STATE = _text("remembered/window_state")
"""`QMainWindow.saveState()` in base64."""
SPLITTER_STATE = _text("remembered/splitter_state")
"""`QSplitter.saveState()` in base64."""

TABLE: tuple[Setting[Any], ...] = tuple(_SETTINGS)
"""All settings."""


class Settings(QObject):
    """Reads, checks, stores and announces the settings.

    Signals:
        changed(Setting): The value of this setting changed.
    """

    changed = Signal(object)

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        """Opens the settings.

        Args:
            file: The ini file; created on the first change.
            parent: Owner.
        """
        super().__init__(parent)
        self._store = QSettings(str(file), QSettings.Format.IniFormat)
        if self._store.status() != QSettings.Status.NoError:
            _LOG.warning("The settings could not be read; the defaults are used")
        self._values: dict[str, Any] = {setting.key: self._read(setting) for setting in TABLE}

    def __getitem__(self, setting: Setting[T]) -> T:
        """Returns the current value."""
        return cast(T, self._values[setting.key])

    def __setitem__(self, setting: Setting[T], value: T) -> None:
        """Changes a setting.

        Raises:
            ValueError: The value is not allowed.
        """
        checked = setting.check(value)
        if checked == self._values[setting.key]:
            return
        self._values[setting.key] = checked
        if checked == setting.default:
            self._store.remove(setting.key)
        else:
            self._store.setValue(setting.key, json.dumps(checked))
        self.changed.emit(setting)

    def reset(self, setting: Setting[T]) -> None:
        """Sets the default."""
        self[setting] = setting.default

    def reset_all(self) -> None:
        """Sets all defaults except the consent."""
        for setting in TABLE:
            if setting is not CONSENT:
                self.reset(setting)

    def save(self) -> bool:
        """Writes all changes to the disk. Returns whether it succeeded. Call it before the app ends."""
        self._store.sync()
        return self._store.status() == QSettings.Status.NoError

    def _read(self, setting: Setting[T]) -> T:
        raw = self._store.value(setting.key)
        if raw is None:
            return setting.default
        try:
            value = setting.check(json.loads(str(raw)))
            if value != setting.default or setting.when_damaged is None:
                return value
            raise ValueError("defaults are not written to the file")
        except ValueError as error:
            used = setting.default if setting.when_damaged is None else setting.when_damaged
            _LOG.warning("The setting %s is not usable (%s); %r is used", setting.key, type(error).__name__, used)
            return used


def worker_config(settings: Settings) -> WorkerConfig:
    """Returns the child process's configuration under these settings. A changed configuration needs a restart."""
    return WorkerConfig(
        bundle=settings[MODEL_FOLDER],
        variant=settings[VARIANT],
        runtime=settings[RUNTIME],
        threads=settings[THREADS] or None,
        operating_point=settings[OPERATING_POINT] or None,
        outside_population=settings[OUTSIDE_POPULATION],
        public_key=settings[PUBLIC_KEY],
        limits=DecodeLimits(
            max_pixels=settings[MOST_MEGAPIXELS] * 1_000_000, max_file_bytes=settings[MOST_MEGABYTES] * 1024 * 1024
        ),
        job_timeout_s=settings[MOST_SECONDS],
    )
