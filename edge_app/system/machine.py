"""What machine this is, and what follows for threads and memory. The settings and the command line win over it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edge_app.system.parallel import cores

_SMALL_MEMORY_MB = 2200
"""Boards of 2 GB and less, of which the system takes its part."""
_FILM_CACHE_BYTES = 96 * 1024 * 1024
_SMALL_FILM_CACHE_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Board:
    """A machine.

    Attributes:
        model: As its firmware calls it, such as `Raspberry Pi 4 Model B Rev 1.4`; empty where it does not say.
        cores: That this process may use.
        memory_mb: Of the whole machine; 0 where it is not known.
    """

    model: str
    cores: int
    memory_mb: int

    @property
    def is_raspberry_pi(self) -> bool:
        """Whether it is one."""
        return self.model.startswith("Raspberry Pi")

    @property
    def window_threads(self) -> int:
        """Threads for one invoke beside a window.

        On a Raspberry Pi one core is left to the window and the compositor, so that scrolling stays smooth.
        """
        if self.is_raspberry_pi and self.cores > 1:
            return min(3, self.cores - 1)
        return max(1, min(4, self.cores))

    @property
    def film_cache_bytes(self) -> int:
        """Bytes of decoded films that are kept for display."""
        return _SMALL_FILM_CACHE_BYTES if 0 < self.memory_mb <= _SMALL_MEMORY_MB else _FILM_CACHE_BYTES


def default_threads() -> int:
    """Threads for one invoke: all cores up to four, beyond which a net of this size gains nothing."""
    return min(4, cores())


def this_board(root: Path = Path("/")) -> Board:
    """Asks the machine.

    Args:
        root: Where `proc` lies.
    """
    return Board(_model(root), default_threads(), _memory_mb(root))


def _model(root: Path) -> str:
    try:
        # A C string: it ends with a zero.
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
