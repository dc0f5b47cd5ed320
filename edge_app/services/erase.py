"""Deletes the data about films and patients that this program keeps on this computer."""

from __future__ import annotations

import logging
from pathlib import Path

from edge_app.services.places import Places
from edge_app.services.recent import forget_all
from edge_app.services.settings import Settings

_LOG = logging.getLogger(__name__)


def erase_files(places: Places, settings: Settings) -> tuple[Path, ...]:
    """Deletes photographs, pasted films, crash reports, set-aside histories and the list of recent files.

    The history itself is emptied by `History.wipe`, whose thread owns the file.

    Args:
        places: The user's folders.
        settings: Settings with the recent files; they are saved.

    Returns:
        Files that could not be deleted.
    """
    forget_all(settings)
    settings.save()
    left = []
    kept = [*places.captures.glob("*"), *places.pasted.glob("*"), *places.crashes.glob("crash-*.txt")]
    for path in [*kept, *places.data.glob("*-damaged-*"), *places.data.glob(".pneumoscope-*.partial")]:
        try:
            path.unlink()
        except OSError as error:
            _LOG.warning("A file could not be deleted: %s", error.strerror)
            left.append(path)
    return tuple(left)


def erase_old_films(places: Places, before_s: float) -> None:
    """Deletes photographs and pasted films that are older than the history's retention.

    Args:
        places: The user's folders.
        before_s: Start of the retention period, seconds since the epoch.
    """
    for path in (*places.captures.glob("*"), *places.pasted.glob("*")):
        try:
            if path.stat().st_mtime < before_s:
                path.unlink()
        except OSError as error:
            _LOG.warning("An old film could not be deleted: %s", error.strerror)
