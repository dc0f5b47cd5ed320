"""The newest version of each signed model that ran on this machine; an older version needs the user's consent.

A signature proves who made a bundle, but not that it is the latest. Without this check, an attacker who can replace the
bundle could install an older signed model that was withdrawn.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from edge_app.bundle.manifest import Identity
from edge_app.system.errors import BundleError, PneumoscopeError
from edge_app.system.files import replace_file

_LOG = logging.getLogger(__name__)

FILE_NAME = "newest_models.json"


class Seen(msgspec.Struct, frozen=True):
    """A model version that ran on this machine.

    Attributes:
        uid: UID of the model.
        version: Version from the manifest.
        created: Time, ISO 8601.
    """

    uid: str
    version: str
    created: str


def read_seen(folder: Path) -> dict[str, Seen]:
    """Reads the newest versions.

    Args:
        folder: The user's data folder.

    Returns:
        The versions by model name; may be empty.

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
    """Accepts and remembers a signed model, unless it is older than the newest version.

    Args:
        folder: The user's data folder.
        identity: Identity of the model.
        allow_older: Whether the user consents to an older model.

    Raises:
        BundleError: The model is older, or the file of newest versions is damaged.
    """
    try:
        seen = read_seen(folder)
    except BundleError as error:
        if not allow_older:
            raise
        _LOG.warning("The newest model could not be remembered: %s", type(error).__name__)
        return
    newest = seen.get(identity.name)
    if newest is not None and newest.uid != identity.uid and _age(identity) < _age(newest) and not allow_older:
        raise BundleError(
            "bundle.older",
            model=identity.name,
            version=identity.version,
            date=identity.created[:10],
            newest=newest.version,
            newest_date=newest.created[:10],
        )
    entry = Seen(identity.uid, identity.version, identity.created)
    if newest == entry:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with replace_file(folder / FILE_NAME) as stream:
            stream.write(msgspec.json.encode(seen | {identity.name: entry}))
    except (OSError, PneumoscopeError) as error:
        _LOG.warning("The newest model could not be remembered: %s", type(error).__name__)


def _age(model: Identity | Seen) -> tuple[tuple[int, ...], datetime]:
    """Sort key: version, then date."""
    numbers = tuple(int(part) for part in re.findall(r"\d{1,9}", model.version))
    try:
        created = datetime.fromisoformat(model.created)
    except ValueError:
        created = datetime.min
    return numbers, created if created.tzinfo else created.replace(tzinfo=UTC)
