"""Locks this process up before it sees a byte that a stranger made (docs/adr/0030-sandbox.md).

    confinement = confine((bundle_folder,))
    print(*confinement.says, sep="; ")      # "files by Landlock 7; system calls by seccomp"

What was opened before stays open: a film comes as a descriptor that the parent opened. Whatever the kernel cannot do is
said in `Confinement.missing`, never passed over.
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

# XNNPACK asks what the processor can do. Without these it runs ten times slower and gives another probability.
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
    """What this process gave up.

    Attributes:
        landlock_abi: Version of Landlock that keeps it to the files it needs; 0 where files are not kept from it.
        seccomp: Whether the kernel refuses it networks, other programs and other processes, and every write.
        missing: What this machine could not do; empty where everything holds.
    """

    landlock_abi: int = 0
    seccomp: bool = False
    missing: tuple[Message, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether everything holds."""
        return self.landlock_abi > 0 and self.seccomp and not self.missing

    @property
    def says(self) -> tuple[Message, ...]:
        """What holds and what does not, to show to a person."""
        held = [Message("confined.files", abi=self.landlock_abi)] if self.landlock_abi else []
        held += [Message("confined.calls")] if self.seccomp else []
        return (*held, *self.missing)


def confine(readable: Iterable[Path] = ()) -> Confinement:
    """Gives up for good whatever reading a film does not need. Call it before this process starts a thread.

    Args:
        readable: Files and folders that may still be read, beside Python, its libraries and what says of the processor.

    Returns:
        What holds now, and what this machine could not do.
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
    seccomp = attempt(_refuse, "confined.no_seccomp")
    return Confinement(abi or 0, bool(seccomp), tuple(missing))


@functools.cache
def null_descriptor() -> int:
    """`/dev/null`, open for writing from the first call on: a confined process can open nothing for writing."""
    return os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)


def library_folders() -> list[Path]:
    """What Python needs to import what it has not imported yet, and what tells libraries of the processor.

    Of the import path only folders of packages count: a checkout or a `PYTHONPATH` can be somebody's home.
    """
    places = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    places |= {place for place in sys.path if Path(place).name in ("site-packages", "dist-packages", "lib-dynload")}
    if site.ENABLE_USER_SITE:
        places.add(site.getusersitepackages())
    package = Path(__file__).resolve().parents[1]
    return [*map(Path, (*_MACHINE_FILES, *_SYSTEM_FILES, *sorted(places))), package, ROOT / "models"]


def _restrict(readable: list[Path]) -> int:
    threads = sum(1 for _ in Path("/proc/self/task").iterdir())
    if threads > 1:  # they would not be held
        raise OSError(errno.EBUSY, f"{threads - 1} other threads run already")
    return restrict_to(readable)


def _refuse() -> bool:
    refuse_calls()
    return True


def _limit_resources() -> None:
    import resource

    # No core: it would hold films. RLIMIT_NPROC stays: it counts every thread of the user, so that no figure fits.
    # RLIMIT_FSIZE stays: at 0 it kills a process whose standard error is a file.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MOST_DESCRIPTORS if most == resource.RLIM_INFINITY else min(most, _MOST_DESCRIPTORS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
