"""`assets/setup`: packages are installed where rights allow; else one line is printed to paste. apt-get is our own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SETUP = Path(__file__).resolve().parents[2] / "assets" / "setup"
LINE = "apt-get install -y --no-install-recommends python3-venv libegl1"


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH with nothing on it but what a test puts there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "echo", "env", "dirname", "xargs"):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    put(folder, "apt-get", f'echo "$DEBIAN_FRONTEND $AS apt-get $*" >> {tmp_path}/calls')
    return folder


def put(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def run(tools: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", str(SETUP / script), *arguments]
    return subprocess.run(command, env={"PATH": str(tools)}, capture_output=True, text=True)


def calls(tools: Path) -> list[str]:
    path = tools.parent / "calls"
    return [line.strip() for line in path.read_text().splitlines()] if path.exists() else []


def test_root_installs(tools: Path) -> None:
    put(tools, "id", "echo 0")
    done = run(tools, "packages.sh", "It is not there.", "python3-venv", "libegl1")
    assert done.returncode == 0, done.stderr
    assert calls(tools) == ["apt-get update -qq", f"noninteractive  {LINE}"]


def test_a_user_who_may_installs_through_sudo(tools: Path) -> None:
    put(tools, "id", "echo 1000")
    put(tools, "sudo", 'if [ "$1" = -n ]; then exit 0; fi; AS=sudo exec env AS=sudo "$@"')
    assert run(tools, "packages.sh", "It is not there.", "python3-venv", "libegl1").returncode == 0
    assert calls(tools) == ["sudo apt-get update -qq", f"noninteractive sudo {LINE}"]


@pytest.mark.parametrize("sudo", [None, "exit 1"], ids=["no sudo", "sudo asks for a password"])
def test_a_user_who_may_not_gets_the_line_to_paste(tools: Path, sudo: str | None) -> None:
    put(tools, "id", "echo 1000")
    if sudo:
        put(tools, "sudo", sudo)
    done = run(tools, "packages.sh", "It is not there.", "python3-venv", "libegl1")
    assert done.returncode == 1
    assert "It is not there. Paste this" in done.stderr
    assert f"sudo apt-get update && sudo {LINE}\n" in done.stderr
    assert calls(tools) == []


def test_without_a_network_the_line_is_for_later(tools: Path) -> None:
    put(tools, "id", "echo 0")
    put(tools, "apt-get", "exit 100")
    done = run(tools, "packages.sh", "It is not there.", "python3-venv")
    assert done.returncode == 1
    assert "Once there is a network" in done.stderr


def test_both_scripts_ask_in_the_same_way(tools: Path, tmp_path: Path) -> None:
    put(tools, "id", "echo 1000")
    put(tools, "python3", 'case "$2" in *ensurepip*) exit 1 ;; esac')
    put(tools, "dpkg-query", "exit 1")
    venv = run(tools, "python.sh", "python3", str(tmp_path / "venv"))
    libraries = run(tools, "system-libraries.sh", "--no-venv")
    assert (venv.returncode, libraries.returncode) == (1, 1)
    assert "Python's venv is not installed. Paste this" in venv.stderr
    assert "sudo apt-get install -y --no-install-recommends python3-venv\n" in venv.stderr
    assert "needs libraries of the system that are not there. Paste this" in libraries.stderr
    assert " libegl1 " in libraries.stderr
    assert not (tmp_path / "venv").exists()
