"""The folders and files of one user."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path

from edge_app.system.files import make_private
from edge_app.system.user_folders import data_folder, settings_file

_LOG = logging.getLogger(__name__)


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
        """Returns the folders below `home`, or for None those of this user (`system.user_folders`)."""
        return cls(home / "config", home / "data") if home else cls(settings_file().parent, data_folder())

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
        """Crash reports that the user has not dismissed."""
        return self.data / "crashes"

    @property
    def pasted(self) -> Path:
        """Films that were pasted or dropped without a file."""
        return self.data / "pasted"

    def make(self) -> bool:
        """Creates the folders, private to this user, and makes existing files in them private too.

        They contain patient data. Call it before anything else writes there.

        Returns:
            False if a folder cannot be created or written: then nothing is stored, but films are still analysed.
        """
        for folder in (self.config, self.data, self.captures, self.pasted, self.crashes):
            try:
                make_private(folder)
            except OSError as error:
                _LOG.warning("A folder of this user cannot be made: %s", error.strerror)
                return False
        return all(os.access(folder, os.W_OK) for folder in (self.config, self.data))
