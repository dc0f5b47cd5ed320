"""Sandboxes this process before it reads untrusted data (docs/adr/0030-sandbox.md).

    confinement = confine((bundle_folder,))
    print(*confinement.messages, sep="; ")      # "files by Landlock 7; system calls by seccomp"

Open descriptors stay open: the parent passes a film as a descriptor. `Confinement.missing` lists every protection that
this kernel does not offer.
"""

from __future__ import annotations

import errno
import functools
import os
import site
import sys
import sysconfig
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from edge_app.system.errors import cause_of
from edge_app.system.kernel import prctl
from edge_app.system.landlock import restrict_to
from edge_app.system.messages import Message
from edge_app.system.seccomp import refuse_calls
from edge_app.system.shipped import ROOT

T = TypeVar("T")

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_MOST_DESCRIPTORS = 256

# XNNPACK reads the CPU features. Without these files it runs ten times slower and gives another probability.
_MACHINE_FILES = (
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system",
)
_SYSTEM_FILES = (
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"),
    *("/etc/localtime", "/usr/share/zoneinfo", "/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"),
)


@dataclass(frozen=True, slots=True)
class Confinement:
    """The protections that are active in this process.

    Attributes:
        landlock_abi: Version of the Landlock file restriction; 0 if files are not restricted.
        seccomp: Whether the kernel refuses networks, other programs, other processes, and all writes.
        missing: Protections that are not available on this machine; empty if all are active.
    """

    landlock_abi: int = 0
    seccomp: bool = False
    missing: tuple[Message, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether all protections are active."""
        return self.landlock_abi > 0 and self.seccomp and not self.missing

    @property
    def messages(self) -> tuple[Message, ...]:
        """The active and the missing protections, for the user."""
        held = [Message("confined.files", abi=self.landlock_abi)] if self.landlock_abi else []
        held += [Message("confined.calls")] if self.seccomp else []
        return (*held, *self.missing)


def confine(readable: Iterable[Path] = ()) -> Confinement:
    """Permanently gives up all rights that decoding a film does not need. Call it before this process starts a thread.

    Args:
        readable: Files and folders that stay readable, in addition to Python, its libraries and the CPU information.

    Returns:
        The active and the missing protections.
    """
    if sys.platform != "linux":
        return Confinement(missing=(Message("confined.not_linux"),))
    null_descriptor()
    missing: list[Message] = []

    def attempt(step: Callable[[], T], lacking: str) -> T | None:
        try:
            return step()
        except OSError as error:
            missing.append(Message(lacking, cause=cause_of(error)))
            return None

    attempt(_limit_resources, "confined.no_limits")
    attempt(lambda: prctl(_PR_SET_DUMPABLE, 0), "confined.readable")
    attempt(lambda: prctl(_PR_SET_NO_NEW_PRIVS, 1), "confined.may_gain_rights")
    abi = attempt(lambda: _restrict([*library_folders(), *readable]), "confined.no_landlock")
    without_seccomp = len(missing)
    attempt(refuse_calls, "confined.no_seccomp")
    return Confinement(abi or 0, len(missing) == without_seccomp, tuple(missing))


@functools.cache
def null_descriptor() -> int:
    """Returns `/dev/null`, opened for writing at the first call: a confined process cannot open it later."""
    return os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)


def library_folders() -> list[Path]:
    """Returns the folders for later imports and the files with CPU information.

    From the import path only package folders are taken: a checkout or a `PYTHONPATH` can be a home folder.
    """
    places = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    places |= {place for place in sys.path if Path(place).name in ("site-packages", "dist-packages", "lib-dynload")}
    if site.ENABLE_USER_SITE:
        places.add(site.getusersitepackages())
    package = Path(__file__).resolve().parents[1]
    return [*map(Path, (*_MACHINE_FILES, *_SYSTEM_FILES, *sorted(places))), package, ROOT / "models"]


def _restrict(readable: list[Path]) -> int:
    threads = sum(1 for _ in Path("/proc/self/task").iterdir())
    if threads > 1:  # Landlock would not restrict them
        raise OSError(errno.EBUSY, f"{threads - 1} other threads run already")
    return restrict_to(readable)


def _limit_resources() -> None:
    import resource

    # A core file would contain films. RLIMIT_NPROC is unchanged: it counts all threads of the user.
    # RLIMIT_FSIZE is unchanged: a limit of 0 kills a process whose standard error is a file.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MOST_DESCRIPTORS if most == resource.RLIM_INFINITY else min(most, _MOST_DESCRIPTORS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
