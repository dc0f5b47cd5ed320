"""Folders of the user's files, in the places that QStandardPaths names. No Qt."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_FOLDER = "pneumoscope"


def settings_file() -> Path:
    """Returns the ini file of the settings."""
    return _folder("config", "XDG_CONFIG_HOME", ".config", "Preferences") / "settings.ini"


def data_folder() -> Path:
    """Returns the folder of the history and other data."""
    return _folder("data", "XDG_DATA_HOME", ".local/share", "Application Support")


def _folder(below_home: str, variable: str, usual: str, on_macos: str) -> Path:
    if chosen := os.environ.get("PNEUMOSCOPE_HOME"):  # for tests, kiosks and USB installations
        return Path(chosen) / below_home
    try:
        home = Path.home()
    except RuntimeError:  # an account without a home
        home = Path("/nonexistent")
    if sys.platform == "darwin":
        return home / "Library" / on_macos / _FOLDER
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / _FOLDER
    stated = os.environ.get(variable, "")
    return (Path(stated) if Path(stated).is_absolute() else home / usual) / _FOLDER
