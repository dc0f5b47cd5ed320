"""The files that the real program leaves in an empty home with the usual umask."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "assets" / "samples" / "clear.png"
_LIMIT_S = 60.0


def run_window(home: Path, umask: int = 0o022) -> str:
    """Opens a film in the real window and sends SIGTERM once the history has it; returns the output."""
    history = home / ".local/share/pneumoscope/history.sqlite"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "PNEUMOSCOPE_"))}
    process = subprocess.Popen(
        [sys.executable, "-m", "edge_app", str(SAMPLE)],
        cwd=ROOT,
        env={**environment, "HOME": str(home), "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        umask=umask,
        text=True,
    )
    deadline = time.monotonic() + _LIMIT_S
    empty = history.stat().st_size if history.exists() else 0
    while process.poll() is None and time.monotonic() < deadline:
        if history.exists() and history.stat().st_size > empty:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    return process.communicate(timeout=_LIMIT_S)[0]


def readable_by_others(home: Path) -> dict[str, str]:
    """Returns files and folders of the program that group or others may access."""
    ours = [home / ".config/pneumoscope", home / ".local/share/pneumoscope"]
    paths = [path for folder in ours for path in (folder, *folder.rglob("*"))]
    return {
        str(path.relative_to(home)): oct(stat.S_IMODE(path.lstat().st_mode))
        for path in paths
        if path.lstat().st_mode & 0o077
    }


def test_nothing_that_the_window_makes_can_be_read_by_others(tmp_path: Path) -> None:
    said = run_window(tmp_path)
    assert (tmp_path / ".local/share/pneumoscope/history.sqlite").exists(), said
    assert readable_by_others(tmp_path) == {}


def test_what_others_could_read_before_is_tightened(tmp_path: Path) -> None:
    data = tmp_path / ".local/share/pneumoscope"
    (data / "captures").mkdir(parents=True, mode=0o755)
    (data / "captures" / "film-1.png").write_bytes(b"x")
    (data / "history-damaged-x.sqlite").write_bytes(b"x")
    run_window(tmp_path)
    assert readable_by_others(tmp_path) == {}
