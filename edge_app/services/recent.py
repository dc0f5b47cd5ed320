"""The list of recent files, newest first.

File names can contain patient names, so the list is kept only while the history keeps paths.
"""

from __future__ import annotations

from pathlib import Path

from edge_app.services.settings import HISTORY_KEPT, HISTORY_PATHS, LAST_FOLDER, RECENT_FILES, RECENT_LIMIT, Settings


def recent_files(settings: Settings) -> tuple[Path, ...]:
    """Returns the recent files, newest first; some may no longer exist."""
    return tuple(Path(name) for name in settings[RECENT_FILES][:RECENT_LIMIT])


def remember(settings: Settings, path: Path) -> None:
    """Puts a file first in the list and remembers its folder, if the settings allow it."""
    if not may_remember(settings):
        return
    absolute = path.absolute()
    others = [known for known in settings[RECENT_FILES] if known != str(absolute)]
    settings[RECENT_FILES] = tuple([str(absolute), *others][:RECENT_LIMIT])
    settings[LAST_FOLDER] = str(absolute.parent)


def may_remember(settings: Settings) -> bool:
    """Whether the settings allow to keep paths of films."""
    return settings[HISTORY_KEPT] and settings[HISTORY_PATHS] == "path"


def forget_all(settings: Settings) -> None:
    """Empties the list and forgets the last folder."""
    settings[RECENT_FILES] = ()
    settings[LAST_FOLDER] = ""
