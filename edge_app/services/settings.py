"""The settings: one typed table, kept in an ini file, and one object that reads, checks and announces them.

    settings = Settings(places.settings_file)
    settings[THEME]                     # "dark", typed as ThemeName
    settings[HEATMAP_OPACITY] = 0.4     # checked, stored, announced
    settings.changed.connect(...)       # with the Setting that changed

A value in the file that is not allowed counts as its default: nobody loses the window over a bad line. The public key
is the exception: there a bad line keeps every model from running.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, cast

from PySide6.QtCore import QObject, QSettings, Signal

from edge_app.analysis.gate import OutsidePolicy
from edge_app.bundle import Variant
from edge_app.display.heatmap import COLOUR_MAPS, ColourMap
from edge_app.engine.runtime import RuntimeChoice
from edge_app.imaging.decode import DecodeLimits
from edge_app.process.protocol import WorkerConfig
from edge_app.records.history_records import PathDetail

_LOG = logging.getLogger(__name__)

T = TypeVar("T")

ThemeName = Literal["dark", "light", "system"]
Density = Literal["comfortable", "touch"]

CONSENT_VERSION = 1
"""Rises when the text of the first-start consent changes its meaning; then it is asked again."""

RECENT_LIMIT = 10


@dataclass(frozen=True, slots=True, eq=False)
class Setting(Generic[T]):
    """A row of the table.

    Attributes:
        key: Group and name in the file.
        default: The value of a new installation.
        check: Returns the value where it is allowed, else raises ValueError. It is given JSON values from the file.
        choices: All allowed values, for a list to choose from; empty where there are too many.
        when_damaged: The value where the file holds one that is not allowed; None for the default.
    """

    key: str
    default: T
    check: Callable[[Any], T]
    choices: tuple[T, ...] = ()
    when_damaged: T | None = None


_SETTINGS: list[Setting[Any]] = []


def _row(
    key: str, default: T, check: Callable[[Any], T], choices: tuple[T, ...] = (), when_damaged: T | None = None
) -> Setting[T]:
    setting = Setting(key, default, check, choices, when_damaged)
    _SETTINGS.append(setting)
    return setting


def _choice(key: str, default: T, choices: tuple[T, ...]) -> Setting[T]:
    def check(value: Any) -> T:
        for choice in choices:
            if type(choice) is type(value) and choice == value:
                return choice
        raise ValueError(f"one of {choices} was expected")

    return _row(key, default, check, choices)


def _switch(key: str, default: bool) -> Setting[bool]:
    return _choice(key, default, (True, False))


def _number(key: str, default: float, low: float, high: float) -> Setting[float]:
    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ValueError("a number was expected")
        if not low <= value <= high:
            raise ValueError(f"a number from {low} to {high} was expected")
        return float(value)

    return _row(key, default, check)


def _whole(key: str, default: int, low: int, high: int) -> Setting[int]:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"a whole number from {low} to {high} was expected")
        return value

    return _row(key, default, check)


def _text(key: str, default: str = "", limit: int = 65536, when_damaged: str | None = None) -> Setting[str]:
    def check(value: Any) -> str:
        if not isinstance(value, str) or len(value) > limit:
            raise ValueError(f"text of at most {limit} characters was expected")
        return value

    return _row(key, default, check, when_damaged=when_damaged)


def _paths(key: str, limit: int) -> Setting[tuple[str, ...]]:
    def check(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) and item for item in value):
            raise ValueError("a list of paths was expected")
        return tuple(value[:limit])

    return _row(key, (), check)


# Appearance
LANGUAGE = _text("appearance/language", "system", 20)
"""`system`, or a language code of which there is a translation, such as `en`."""
THEME: Setting[ThemeName] = _choice("appearance/theme", "dark", ("dark", "light", "system"))
DENSITY: Setting[Density] = _choice("appearance/density", "comfortable", ("comfortable", "touch"))
TEXT_SCALE = _number("appearance/text_scale", 1.0, 0.8, 2.0)
"""Factor on the system's font size."""

# Model
MODEL_FOLDER = _text("model/folder")
"""Folder of the model bundle; empty for the shipped one."""
VARIANT: Setting[Variant] = _choice("model/variant", "quant", ("quant", "float"))
RUNTIME: Setting[RuntimeChoice] = _choice("model/runtime", "auto", ("auto", "litert", "tflite-runtime"))
THREADS = _whole("model/threads", 0, 0, 64)
"""Threads for one film; 0 for a default by the number of cores."""
OPERATING_POINT = _text("model/operating_point", "", 40)
"""Name; empty for the model's default."""
OUTSIDE_POPULATION: Setting[OutsidePolicy] = _choice("model/outside_population", "flag", ("flag", "refuse"))
"""What happens to films of patients the model was not validated for: a loud flag, or a refusal."""
PUBLIC_KEY = _text("model/public_key", "", 100, when_damaged="damaged")
"""Base64 of the Ed25519 key that bundles must be signed with; without it unsigned ones are accepted. A line that
holds no key must not count as none: "damaged" is no key, so that no model runs."""

# Limits
MOST_MEGAPIXELS = _whole("limits/film_megapixels", 40, 1, 100)
"""Films with more pixels are refused unread."""
MOST_MEGABYTES = _whole("limits/file_megabytes", 128, 1, 2048)
"""Larger files are refused unread."""
MOST_SECONDS = _number("limits/film_seconds", 60.0, 5.0, 600.0)
"""After this time a film costs the child process its life, and the film its result."""

# Heat map
HEATMAP_SHOWN = _switch("heatmap/shown", True)
HEATMAP_COLOURS: Setting[ColourMap] = _choice("heatmap/colours", "cividis", COLOUR_MAPS)
HEATMAP_OPACITY = _number("heatmap/opacity", 0.6, 0.0, 1.0)

# History
HISTORY_KEPT = _switch("history/kept", True)
HISTORY_RETENTION_DAYS = _whole("history/retention_days", 0, 0, 36500)
"""Older records are deleted when the history is opened; 0 keeps all."""
HISTORY_PATHS: Setting[PathDetail] = _choice("history/paths", "path", ("path", "name", "none"))
"""What is kept of where a film lay. File names can carry patients' names: `none` keeps only the hash."""

# Camera
CAMERA_DEVICE = _text("camera/device", "auto", 4096)
"""`auto`, a device number, or the path of a device."""

# Remembered
CONSENT = _whole("remembered/consent_version", 0, 0, 1_000_000)
"""Version of the consent text that was agreed to; ask while it is below `CONSENT_VERSION`."""
RECENT_FILES = _paths("remembered/recent_files", RECENT_LIMIT)
LAST_FOLDER = _text("remembered/last_folder")
WINDOW_GEOMETRY = _text("remembered/window_geometry")
"""`QWidget.saveGeometry()` in base64."""
WINDOW_STATE = _text("remembered/window_state")
"""`QMainWindow.saveState()` in base64."""
SPLITTER_STATE = _text("remembered/splitter_state")
"""`QSplitter.saveState()` in base64."""

TABLE: tuple[Setting[Any], ...] = tuple(_SETTINGS)
"""Every setting there is."""


class Settings(QObject):
    """Reads, checks, stores and announces the settings.

    Signals:
        changed(Setting): After a setting got another value, with its row of the table.
    """

    changed = Signal(object)

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        """Opens the settings.

        Args:
            file: The ini file; made on the first change.
            parent: Owner.
        """
        super().__init__(parent)
        self._store = QSettings(str(file), QSettings.Format.IniFormat)
        if self._store.status() != QSettings.Status.NoError:
            _LOG.warning("The settings could not be read; the defaults are used")
        self._values: dict[str, Any] = {setting.key: self._read(setting) for setting in TABLE}

    def __getitem__(self, setting: Setting[T]) -> T:
        """The value in force."""
        return cast(T, self._values[setting.key])

    def __setitem__(self, setting: Setting[T], value: T) -> None:
        """Changes a setting.

        Raises:
            ValueError: The value is not allowed; the message says what is.
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
        """Gives a setting its default."""
        self[setting] = setting.default

    def reset_all(self) -> None:
        """Gives every setting its default, but for the consent, which stays as it was given."""
        for setting in TABLE:
            if setting is not CONSENT:
                self.reset(setting)

    def save(self) -> bool:
        """Writes what changed to the disk now. Returns whether that worked; call it before the app ends."""
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
    """What the child process is started with under these settings; compare it to see whether a restart is needed."""
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
