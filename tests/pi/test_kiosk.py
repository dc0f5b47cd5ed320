"""The units of the kiosk: systemd understands them, and leaves the program little to reach."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pi.conftest import REPOSITORY

KIOSK = REPOSITORY / "assets" / "pi" / "kiosk"
MOST_EXPOSURE = 2.0
UNITS = pytest.mark.parametrize("name", ["pneumoscope-kiosk.service", "pneumoscope-kiosk-desktop.service"])


def lines_of(name: str) -> list[str]:
    return (KIOSK / name).read_text().splitlines()


@pytest.mark.reliability("F7")
@UNITS
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
def test_kiosk_is_hardly_exposed(tmp_path, name):
    unit = tmp_path / name
    unit.write_text((KIOSK / name).read_text().replace("@PREFIX@", "/opt/pneumoscope"))
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    exposure = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said.stdout)
    assert exposure is not None, said.stderr
    assert float(exposure[1]) <= MOST_EXPOSURE
    assert "Unknown" not in said.stderr, "every line of the unit is known to systemd"


@UNITS
def test_a_window_that_hangs_or_crashes_is_started_again(name):
    lines = lines_of(name)
    assert "Type=notify" in lines
    assert any(re.fullmatch(r"WatchdogSec=\d+", line) for line in lines)
    assert any(re.fullmatch(r"Restart=(always|on-failure)", line) for line in lines)
    assert any("bin/pneumoscope --kiosk" in line for line in lines)


@pytest.mark.reliability("F7")
@UNITS
def test_no_core_and_no_bomb_of_processes(name):
    assert "LimitCORE=0" in lines_of(name)
    assert any(re.fullmatch(r"TasksMax=\d+", line) for line in lines_of(name))


@UNITS
def test_the_film_reader_may_lock_itself_up(name):
    # systemd 252 has no group for these calls: without the line they are refused, and the sandbox with them.
    allowed = [line for line in lines_of(name) if line.startswith("SystemCallFilter=") and "~" not in line]
    calls = {call for line in allowed for call in line.partition("=")[2].split()}
    assert {"seccomp", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"} <= calls


def test_the_desktop_kiosk_finds_the_folders_it_may_write():
    entry = (KIOSK / "pneumoscope-kiosk.desktop").read_text()
    unit = (KIOSK / "pneumoscope-kiosk-desktop.service").read_text()
    for folder in (".config/pneumoscope", ".local/share/pneumoscope"):
        assert f"~/{folder}" in entry
        assert f"-%h/{folder}" in unit


HEADER = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
_UNDER_A_FILTER = """
import ctypes, os, struct, sys
numbers = [int(word) for word in sys.argv[1].split(",")]
steps = [(0x20, 0, 0, 0)]
for number in numbers:
    steps += [(0x15, 0, 1, number), (0x06, 0, 0, 0x7FFF0000)]
steps.append((0x06, 0, 0, 0x00050001))
program = b"".join(struct.pack("=HBBI", *step) for step in steps)
code = ctypes.create_string_buffer(program, len(program))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.syscall(317, 1, 0, struct.pack("@HP", len(steps), ctypes.addressof(code))) == 0
os.execv(sys.argv[2], sys.argv[2:])
"""


def allowed_calls(name: str) -> set[str]:
    """What the unit's filter lets through, by the groups of the systemd that is installed here."""

    def members(word: str) -> set[str]:
        if not word.startswith("@"):
            return {word}
        listing = subprocess.run(
            ["systemd-analyze", "syscall-filter", word], capture_output=True, text=True, check=True
        )
        words = [line.strip() for line in listing.stdout.splitlines()[1:] if line.strip() and "#" not in line]
        return set().union(*map(members, words))

    calls: set[str] = set()
    for line in lines_of(name):
        if line.startswith("SystemCallFilter="):
            words = line.partition("=")[2].split()
            found = set().union(*(members(word.lstrip("~")) for word in words))
            calls = calls - found if words[0].startswith("~") else calls | found
    return calls | members("@default")


@pytest.mark.reliability("F7")
@UNITS
@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None or not HEADER.is_file(), reason="needs systemd and linux-libc-dev"
)
def test_films_are_read_under_the_filter_of_the_unit(name):
    numbers = dict(re.findall(r"#define __NR_(\w+)\s+(\d+)", HEADER.read_text()))
    wanted = ",".join(numbers[call] for call in sorted(allowed_calls(name)) if call in numbers)
    film = str(REPOSITORY / "assets" / "samples" / "consolidation.png")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", _UNDER_A_FILTER, wanted, sys.executable, "-m", "edge_app", *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=False)

    done = run("predict", "--format", "jsonl", film)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["status"] == "analysed"
    assert done.stderr == ""
    free = subprocess.run(
        [sys.executable, "-m", "edge_app", "selftest", "--json"],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        check=True,
    )
    confinement = json.loads(free.stdout)["confinement"]
    assert json.loads(run("selftest", "--json").stdout)["confinement"] == confinement
