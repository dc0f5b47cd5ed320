"""Where the app keeps things on this machine."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QStandardPaths

from edge_app.system.files import make_private

_LOG = logging.getLogger(__name__)

HOME_VARIABLE = "PNEUMOSCOPE_HOME"
"""When set, everything is kept below this folder: tests, kiosks and USB installations use it."""

_FOLDER = "pneumoscope"


@dataclass(frozen=True, slots=True)
class Places:
    """Folders and files of one user.

    Attributes:
        config: Folder of the settings.
        data: Folder of the history, captures and crash reports.
    """

    config: Path
    data: Path

    @classmethod
    def find(cls, home: Path | None = None) -> Places:
        """Finds the places: below `home`, else below `$PNEUMOSCOPE_HOME`, else where the desktop puts them."""
        chosen = home or (Path(value) if (value := os.environ.get(HOME_VARIABLE)) else None)
        if chosen is not None:
            return cls(chosen / "config", chosen / "data")
        locations = QStandardPaths.StandardLocation
        return cls(
            Path(QStandardPaths.writableLocation(locations.GenericConfigLocation)) / _FOLDER,
            Path(QStandardPaths.writableLocation(locations.GenericDataLocation)) / _FOLDER,
        )

    @property
    def settings_file(self) -> Path:
        """The settings, an ini file."""
        return self.config / "settings.ini"

    @property
    def history_file(self) -> Path:
        """The history, an SQLite file."""
        return self.data / "history.sqlite"

    @property
    def captures(self) -> Path:
        """Photographs of films."""
        return self.data / "captures"

    @property
    def crashes(self) -> Path:
        """Crash reports that were not yet looked at."""
        return self.data / "crashes"

    @property
    def pasted(self) -> Path:
        """Pictures that were pasted or dropped without a file."""
        return self.data / "pasted"

    def make(self) -> bool:
        """Makes the folders for this user only and takes the rights of others from files that exist.

        They hold what concerns patients. Call it before anything else writes there.

        Returns:
            False where a folder cannot be made or written: then nothing is kept, and films are analysed all the same.
        """
        for folder in (self.config, self.data, self.captures, self.pasted, self.crashes):
            try:
                make_private(folder)
            except OSError as error:
                _LOG.warning("A folder of this user cannot be made: %s", error.strerror)
                return False
        return all(os.access(folder, os.W_OK) for folder in (self.config, self.data))
