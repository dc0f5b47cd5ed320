"""seccomp: the kernel refuses system calls that a decoder never needs.

No new socket, program or process, no change of a file, no access to another process. It is a list of refused calls,
because the calls of libraries and kernels differ between machines; Landlock (edge_app/system/landlock.py) restricts
files. Calls that are newer than this list are refused too.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from dataclasses import dataclass

from edge_app.system.kernel import syscall

# Call numbers on x86_64 and aarch64; None if the architecture does not have the call.
# tests/unit/system/test_sandbox.py compares them with the kernel's own headers.
REFUSED: dict[str, tuple[int | None, int | None]] = {
    # Networks, and io_uring, which bypasses seccomp
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    # Other programs and other processes
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "kcmp": (312, 272),
    "kill": (62, 129),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "setpgid": (109, 154),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119),
    "sched_setattr": (314, 274),
    "sched_setparam": (142, 118),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    # Memory and queues that other programs share, such as the screen content
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "semget": (64, 190),
    "semop": (65, 193),
    "semtimedop": (220, 192),
    "semctl": (66, 191),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    # Changes of files
    "creat": (85, None),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "rmdir": (84, None),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "link": (86, None),
    "linkat": (265, 37),
    "symlink": (88, None),
    "symlinkat": (266, 36),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "truncate": (76, 45),
    "ftruncate": (77, 46),
    "fallocate": (285, 47),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
    "fanotify_init": (300, 262),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    # The machine
    "chroot": (161, 51),
    "pivot_root": (155, 41),
    "mount": (165, 40),
    "umount2": (166, 39),
    "move_mount": (429, 429),
    "open_tree": (428, 428),
    "open_tree_attr": (467, 467),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "acct": (163, 89),
    "setns": (308, 268),
    "unshare": (272, 97),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "reboot": (169, 142),
    "iopl": (172, None),
    "ioperm": (173, None),
    "personality": (135, 92),
    "modify_ldt": (154, None),
    "syslog": (103, 116),
    "settimeofday": (164, 170),
    "adjtimex": (159, 171),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "capset": (126, 91),
    "vhangup": (153, 58),
}

_FIRST_UNKNOWN = 470
"""Newer calls and the x32 ABI get "not implemented", an error that every C library handles."""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_CLONE_THREAD = 0x00010000
# ioctl: TIOCSTI and TIOCLINUX type into the terminal of standard error; FIOSETOWN and SIOCSPGRP, and F_SETOWN,
# F_SETSIG and F_SETOWN_EX of fcntl, make the kernel send signals to other processes.
_REFUSED_IOCTLS = (0x5412, 0x541C, 0x8901, 0x8902)
_REFUSED_FCNTLS = (8, 10, 15)

_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
_SET_MODE_FILTER, _ALL_THREADS = 1, 1


@dataclass(frozen=True, slots=True)
class _Machine:
    """The call numbers of an architecture."""

    column: int
    audit: int
    seccomp: int
    open: int | None
    openat: int
    clone: int
    tgkill: int
    prlimit: int
    ioctl: int
    fcntl: int
    openat2: int = 437
    clone3: int = 435


MACHINES = {
    "x86_64": _Machine(0, 0xC000003E, 317, 2, 257, 56, 234, 302, 16, 72),
    "aarch64": _Machine(1, 0xC00000B7, 277, None, 56, 220, 131, 261, 29, 25),
}


def refuse_calls() -> None:
    """Installs the filter in all threads permanently. Call `prctl(PR_SET_NO_NEW_PRIVS)` first.

    Raises:
        OSError: The kernel does not support seccomp, or this module has no list for the architecture.
    """
    machine = MACHINES.get(platform.machine())
    if machine is None:
        raise OSError(errno.ENOSYS, f"no list of calls for {platform.machine()}")
    program = _program(machine)
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    if thread := syscall(machine.seccomp, _SET_MODE_FILTER, _ALL_THREADS, header):
        raise OSError(errno.EBUSY, f"thread {thread} did not accept the filter")


def _program(machine: _Machine) -> bytes:
    """Returns the filter in classic BPF, 8 bytes per instruction. Only the low 32 bits of arguments are compared."""
    steps: list[bytes] = []

    def step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> None:
        steps.append(struct.pack("=HBBI", code, if_true, if_false, value))

    def answer(number: int | None, result: int) -> None:
        if number is not None:
            step(_IF_EQUAL, number, 0, 1)
            step(_RETURN, result)

    def argument(number: int | None, which: int, test: int, values: tuple[int, ...], met: int, else_: int) -> None:
        """For one call: returns `met` if the test of the argument holds for one of the values, otherwise `else_`."""
        if number is None:
            return
        step(_IF_EQUAL, number, 0, 2 * len(values) + 2)
        step(_LOAD, _ARGUMENTS_AT + 8 * which)
        for value in values:
            step(test, value, 0, 1)
            step(_RETURN, met)
        step(_RETURN, else_)

    refused = _ERROR | errno.EPERM
    unknown = _ERROR | errno.ENOSYS
    step(_LOAD, _ARCHITECTURE_AT)
    step(_IF_EQUAL, machine.audit, 1, 0)
    step(_RETURN, _KILL)
    step(_LOAD, _NUMBER_AT)
    step(_IF_AT_LEAST, _FIRST_UNKNOWN, 0, 1)
    step(_RETURN, unknown)
    for numbers in REFUSED.values():
        answer(numbers[machine.column], refused)
    # Their flags lie in memory, which a filter cannot read. The C library then uses openat and clone.
    answer(machine.openat2, unknown)
    answer(machine.clone3, unknown)
    argument(machine.open, 1, _IF_ANY_BIT, (_WRITING,), refused, _ALLOW)
    argument(machine.openat, 2, _IF_ANY_BIT, (_WRITING,), refused, _ALLOW)
    argument(machine.clone, 0, _IF_ANY_BIT, (_CLONE_THREAD,), _ALLOW, refused)
    argument(machine.tgkill, 0, _IF_EQUAL, (os.getpid(),), _ALLOW, refused)  # abort() sends itself a signal
    argument(machine.prlimit, 0, _IF_EQUAL, (0, os.getpid()), _ALLOW, refused)
    argument(machine.ioctl, 1, _IF_EQUAL, _REFUSED_IOCTLS, refused, _ALLOW)
    argument(machine.fcntl, 1, _IF_EQUAL, _REFUSED_FCNTLS, refused, _ALLOW)
    step(_RETURN, _ALLOW)
    return b"".join(steps)
