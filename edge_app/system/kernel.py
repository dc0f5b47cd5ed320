"""Linux system calls that Python does not wrap."""

from __future__ import annotations

import ctypes
import os


def syscall(number: int, *arguments: int | bytes | None) -> int:
    """Makes a system call.

    Args:
        number: Number of the system call on this architecture.
        arguments: Integers, bytes as a pointer for reading, or None for a null pointer.

    Returns:
        The kernel's return value, >= 0.

    Raises:
        OSError: The kernel returned an error.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    result: int = libc.syscall(
        ctypes.c_long(number), *(ctypes.c_long(a) if isinstance(a, int) else ctypes.c_char_p(a) for a in arguments)
    )
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def prctl(option: int, value: int) -> None:
    """Changes a property of this process (`man 2 prctl`).

    Raises:
        OSError: The kernel returned an error.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, *(ctypes.c_ulong(part) for part in (value, 0, 0, 0))) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
