"""The public key that must have signed a bundle on this machine.

The administrator's key is in a file that only root can write, and applies to every command. Without that file, the key
in the user's settings applies. A key that cannot be read is an error; it does not count as "no key".
"""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path

from edge_app.bundle.signature import check_public_key
from edge_app.system.errors import BundleError
from edge_app.system.user_folders import settings_file

SITE_KEY_FILE = Path("/etc/pneumoscope/bundle-key.pub")
"""The administrator's key: base64 of 32 bytes in one line; lines with # are comments."""

_ADMINISTRATOR = 0
_MAX_BYTES = 10_000
_SECTION = re.compile(r"\s*\[(.*)\]\s*")
_KEY_LINE = re.compile(r"\s*public_key\s*=\s*(.*?)\s*")


def required_key(asked: str | None = None) -> str | None:
    """Returns the key for a command.

    Args:
        asked: Key from the command line; None if it was not given.

    Returns:
        The key; None if machine, settings and command line have none.

    Raises:
        BundleError: A key cannot be read, or the command line gives another key than this machine.
    """
    here = site_key() or settings_key(settings_file())
    if asked is None:
        return here
    asked = check_public_key(asked, "signature.bad_option")
    if here is not None and here != asked:
        raise BundleError("signature.other_key", file=str(SITE_KEY_FILE))
    return asked


def key_in_force(given: str) -> str | None:
    """Returns the key for a child process.

    Args:
        given: Key from the parent process; empty for none.

    Returns:
        The administrator's key, or the given key, or None.

    Raises:
        BundleError: The administrator's key cannot be read.
    """
    return site_key() or given or None


def site_key() -> str | None:
    """Reads the administrator's key.

    Returns:
        The key; None if the file does not exist.

    Raises:
        BundleError: Other users can change the file, or it contains no single key.
    """
    try:
        descriptor = os.open(SITE_KEY_FILE, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise BundleError("signature.bad_file", file=str(SITE_KEY_FILE), detail=repr(error)) from error
    with os.fdopen(descriptor, "rb") as stream:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_uid != _ADMINISTRATOR or about.st_mode & 0o022:
            raise BundleError("signature.open_file", file=str(SITE_KEY_FILE))
        lines = stream.read(_MAX_BYTES).decode("ascii", "replace").splitlines()
    keys = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    try:
        (key,) = keys
        return check_public_key(key, "signature.bad_key")
    except (ValueError, BundleError) as error:
        raise BundleError("signature.bad_file", file=str(SITE_KEY_FILE), detail=f"{len(keys)} keys") from error


def settings_key(file: Path) -> str | None:
    """Reads the key from the user's settings.

    Args:
        file: The ini file that the window writes.

    Returns:
        The key; None if the settings have none.

    Raises:
        BundleError: The line of the key contains no valid key.
    """
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # no settings; the window reports settings that cannot be read
        return None
    section = ""
    for line in lines:
        if found := _SECTION.fullmatch(line):
            section = found[1]
        elif section == "model" and (found := _KEY_LINE.fullmatch(line)):
            # QSettings quotes the JSON text and escapes the inner quotes with backslashes.
            text = re.sub(r"\\(.)", r"\1", found[1][1:-1]) if found[1][:1] == '"' else found[1]
            try:
                text = json.loads(text)
            except ValueError:
                text = ""
            return check_public_key(text if isinstance(text, str) else "", "signature.bad_key")
    return None
