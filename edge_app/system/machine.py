"""Defaults for threads and memory by machine. Settings and command line override them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edge_app.system.parallel import cores

_SMALL_MEMORY_MB = 2200
"""A machine with 2 GB or less reports at most this much."""
_FILM_CACHE_BYTES = 96 * 1024 * 1024
_SMALL_FILM_CACHE_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine.

    Attributes:
        model: Name from the firmware, such as `Raspberry Pi 4 Model B Rev 1.4`; empty if unknown.
        cores: Number of cores that this process uses, at most 4.
        memory_mb: Memory of the machine, MiB; 0 if unknown.
    """

    model: str
    cores: int
    memory_mb: int

    @property
    def window_threads(self) -> int:
        """Threads of one inference while the window is open.

        On a Raspberry Pi one core stays free for the window and the compositor, so that scrolling stays smooth.
        """
        if self.model.startswith("Raspberry Pi") and self.cores > 1:
            return min(3, self.cores - 1)
        return max(1, min(4, self.cores))

    @property
    def film_cache_bytes(self) -> int:
        """Size of the cache of decoded films, bytes."""
        return _SMALL_FILM_CACHE_BYTES if 0 < self.memory_mb <= _SMALL_MEMORY_MB else _FILM_CACHE_BYTES


def default_threads() -> int:
    """Returns the threads of one inference: at most 4, because a model of this size gains nothing from more."""
    return min(4, cores())


def this_machine(root: Path = Path("/")) -> Machine:
    """Returns this machine.

    Args:
        root: Folder that contains `proc`.
    """
    return Machine(_model(root), default_threads(), _memory_mb(root))


def _model(root: Path) -> str:
    try:
        # A C string with a terminating zero.
        return (root / "proc/device-tree/model").read_bytes().rstrip(b"\0").decode("ascii", "replace").strip()
    except OSError:
        return ""


def _memory_mb(root: Path) -> int:
    try:
        for line in (root / "proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemTotal:"):
                return int(line.split()[1]) // 1024
    except (OSError, ValueError, IndexError):
        pass
    return 0
