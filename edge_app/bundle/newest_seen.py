"""The newest version of each signed model that ran here: an older one is not taken without consent.

A signature says who made a bundle, not that it is the latest. Whoever may replace the bundle's folder could bring back
a signed model that was withdrawn.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from edge_app.bundle.manifest import Identity
from edge_app.system.errors import BundleError, PneumoscopeError
from edge_app.system.files import replace_file

_LOG = logging.getLogger(__name__)

FILE_NAME = "newest_models.json"


class Seen(msgspec.Struct, frozen=True):
    """A version of a model that ran here.

    Attributes:
        uid: UID of the model.
        version: As its manifest states it.
        created: ISO 8601.
    """

    uid: str
    version: str
    created: str


def read_seen(folder: Path) -> dict[str, Seen]:
    """Reads which versions ran here.

    Args:
        folder: The user's data folder.

    Returns:
        By name of the model; empty where nothing was remembered.

    Raises:
        BundleError: The file is damaged.
    """
    try:
        return msgspec.json.decode((folder / FILE_NAME).read_bytes(), type=dict[str, Seen])
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return {}
    except (OSError, msgspec.MsgspecError) as error:
        raise BundleError("bundle.newest_unreadable", file=str(folder / FILE_NAME), detail=repr(error)) from error


def take_newest(folder: Path, identity: Identity, *, allow_older: bool = False) -> None:
    """Accepts a signed model unless it is older than one that ran here, and remembers it.

    Args:
        folder: The user's data folder.
        identity: Of the model.
        allow_older: The user consents.

    Raises:
        BundleError: It is older, or what was remembered cannot be read.
    """
    if not allow_older:
        check_not_older(identity, read_seen(folder))
    remember(folder, identity)


def check_not_older(identity: Identity, seen: Mapping[str, Seen]) -> None:
    """Refuses a model that is older than one of the same name that ran here.

    Raises:
        BundleError: It is; the hint names the option that consents.
    """
    newest = seen.get(identity.name)
    if newest is None or newest.uid == identity.uid or _age(identity) >= _age(newest):
        return
    raise BundleError(
        "bundle.older",
        model=identity.name,
        version=identity.version,
        date=identity.created[:10],
        newest=newest.version,
        newest_date=newest.created[:10],
    )


def remember(folder: Path, identity: Identity) -> None:
    """Remembers a model that was accepted as the newest of its name; a folder that cannot be written is only logged.

    Args:
        folder: The user's data folder.
        identity: Of the model.
    """
    entry = Seen(identity.uid, identity.version, identity.created)
    try:
        seen = read_seen(folder)
        if seen.get(identity.name) == entry:
            return
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with replace_file(folder / FILE_NAME) as stream:
            stream.write(msgspec.json.encode(seen | {identity.name: entry}))
    except (OSError, PneumoscopeError) as error:
        _LOG.warning("The newest model could not be remembered: %s", type(error).__name__)


def _age(model: Identity | Seen) -> tuple[tuple[int, ...], datetime]:
    """Sorts the older before the newer: by version, then by date."""
    numbers = tuple(int(part) for part in re.findall(r"\d{1,9}", model.version))
    try:
        created = datetime.fromisoformat(model.created)
    except ValueError:
        created = datetime.min
    return numbers, created if created.tzinfo else created.replace(tzinfo=UTC)
