"""Landlock: limits a thread, and all threads that it starts later, to reading below a few folders and no writing.

Linux 5.13 and later (`man 7 landlock`). Existing threads are not limited, so call it before any other thread starts.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable
from pathlib import Path

from edge_app.system.kernel import syscall

# The same numbers on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG, _PATH_BENEATH = 1, 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3

_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""Mask of all file rights by ABI: 2 adds moves between folders, 3 truncation, 5 ioctl on devices."""
_TCP_ABI, _TCP_RIGHTS = 4, 0b11
_SCOPE_ABI, _SCOPES = 6, 0b11
"""Abstract Unix sockets, and signals to outside processes."""


def restrict_to(readable: Iterable[Path]) -> int:
    """Restricts this thread permanently. Call `prctl(PR_SET_NO_NEW_PRIVS)` first.

    Args:
        readable: Readable files, and folders with all their content; missing ones are skipped.

    Returns:
        The Landlock ABI version, >= 1.

    Raises:
        OSError: The kernel does not support Landlock, or it is switched off.
    """
    abi = syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    rights = _FILE_RIGHTS[max(known for known in _FILE_RIGHTS if known <= abi)]
    attributes = struct.pack("=Q", rights)
    if abi >= _TCP_ABI:
        attributes += struct.pack("=Q", _TCP_RIGHTS)
    if abi >= _SCOPE_ABI:
        attributes += struct.pack("=Q", _SCOPES)
    ruleset = syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    try:
        for path in readable:
            try:
                target = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except OSError:
                continue
            try:
                allowed = _READ_FILE | (_READ_FOLDER if stat.S_ISDIR(os.fstat(target).st_mode) else 0)
                syscall(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", allowed, target), 0)
            finally:
                os.close(target)
        syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return abi
