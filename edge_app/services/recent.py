"""The files that were opened last: newest first, missing ones known, clearable."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edge_app.services.settings import RECENT_FILES, RECENT_LIMIT, Settings


@dataclass(frozen=True, slots=True)
class RecentFile:
    """A file that was opened before.

    Attributes:
        path: The file.
        exists: Whether it is still there; a missing one is shown grey.
    """

    path: Path
    exists: bool


def recent_files(settings: Settings) -> tuple[RecentFile, ...]:
    """Lists the files that were opened last, newest first."""
    return tuple(RecentFile(path, _exists(path)) for path in [Path(name) for name in settings[RECENT_FILES]])


def remember(settings: Settings, path: Path) -> None:
    """Puts a file first in the list."""
    absolute = str(path.absolute())
    others = [known for known in settings[RECENT_FILES] if known != absolute]
    settings[RECENT_FILES] = tuple([absolute, *others][:RECENT_LIMIT])


def forget_all(settings: Settings) -> None:
    """Empties the list: names of files can carry names of patients."""
    settings[RECENT_FILES] = ()


def _exists(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a folder that may not be entered, a dead network drive
        return False
