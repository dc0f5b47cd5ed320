"""install.sh with real wheels on this machine: what it leaves behind after good days and bad ones."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
import zipfile
from pathlib import Path

import pytest

from assets.pi.systems import sha256
from edge_app import __version__
from tests.pi.conftest import Machine


def with_wrong_answers(wheel: Path, folder: Path) -> Path:
    """The wheel with another model's weights under the old hashes: what a bad card or a bad build could bring."""
    target = folder / wheel.name
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename.endswith("_quant.tflite"):
                data = data[:-1000] + bytes(1000)
            new.writestr(info, data)
    return target


@pytest.mark.long
def test_install_upgrade_rollback_and_uninstall(machine, first, later):
    done = machine.run(first)
    assert done.returncode == 0, done.stderr
    assert machine.version() == f"pneumoscope {__version__}"
    assert "passed" in machine.app("selftest").stdout
    entry = (machine.root / "share/applications/pneumoscope.desktop").read_text()
    assert f"Exec={machine.prefix}/current/bin/pneumoscope %F" in entry

    kept = machine.root / "home/.config/pneumoscope/settings.ini"
    kept.parent.mkdir(parents=True)
    kept.write_text("[appearance]\n")
    done = machine.run(later)
    assert done.returncode == 0, done.stderr
    assert machine.version() == "pneumoscope 0.1.1"
    assert machine.versions() == ["0.1.0", "0.1.1"]

    installed = machine.prefix / "current/share/pneumoscope"
    assert "0.1.0" in machine.run(installed, "--rollback").stdout
    assert machine.version() == "pneumoscope 0.1.0"
    assert machine.run(installed, "--rollback").returncode == 0
    assert machine.version() == "pneumoscope 0.1.1"

    done = machine.run(first, script="uninstall.sh")
    assert done.returncode == 0, done.stderr
    assert not [path for name in ("opt", "bin", "share") for path in (machine.root / name).rglob("*") if path.is_file()]
    assert not (machine.root / "bin/pneumoscope").is_symlink()
    assert kept.read_text() == "[appearance]\n"


@pytest.mark.long
def test_a_version_that_fails_its_selftest_is_not_taken(machine, first, unpack, wheel, tmp_path):
    assert machine.run(first).returncode == 0
    before = (machine.prefix / "current").readlink()
    bad = unpack("0.1.2", with_wrong_answers(wheel, tmp_path))
    done = machine.run(bad)
    assert done.returncode == 1
    assert "the self-test failed" in done.stderr
    assert "still in use" in done.stderr
    assert (machine.prefix / "current").readlink() == before
    assert machine.app("selftest").returncode == 0
    assert machine.versions() == ["0.1.0"]


@pytest.mark.long
def test_first_install_that_fails_leaves_no_command(machine, unpack, wheel, tmp_path):
    assert machine.run(unpack("0.1.2", with_wrong_answers(wheel, tmp_path))).returncode == 1
    assert not (machine.root / "bin").exists()
    assert machine.versions() == []


@pytest.fixture
def copy(first, tmp_path) -> Path:
    """An unpacked archive that a test may damage; its wheels are links."""
    return Path(shutil.copytree(first, tmp_path / "copy", copy_function=os.link))


def list_again(archive: Path) -> None:
    """Makes the list of files anew, as whoever built such an archive would have."""
    files = sorted(path for path in archive.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{sha256(path)}  {path.relative_to(archive)}\n" for path in files]
    rewrite(archive / "SHA256SUMS", "".join(lines).encode())


def rewrite(path: Path, data: bytes) -> None:
    path.unlink()
    path.write_bytes(data)


def test_a_damaged_archive_changes_nothing(machine, copy):
    victim = max((copy / "wheels").iterdir(), key=lambda path: path.stat().st_size)
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    rewrite(victim, bytes(data))
    done = machine.run(copy)
    assert done.returncode == 1
    assert "a file of the archive is damaged" in done.stderr
    assert not machine.prefix.exists()


@pytest.mark.parametrize(
    ("pattern", "value", "said"),
    [
        ("glibc=", "glibc=2.99", "glibc 2.99 or later is needed"),
        ("installed_mb=", "installed_mb=99999999", "MB free; 100000099 MB are needed"),
    ],
)
def test_a_machine_that_does_not_fit_is_told_why(machine, copy, pattern, value, said):
    needs = next((copy / "systems").glob("*/needs"))
    lines = [value if line.startswith(pattern) else line for line in needs.read_text().splitlines()]
    rewrite(needs, "\n".join(lines).encode())
    list_again(copy)
    done = machine.run(copy)
    assert done.returncode == 1
    assert said in done.stderr
    assert not machine.prefix.exists()


def test_a_python_that_the_archive_does_not_serve_is_named(machine, copy):
    (folder,) = (copy / "systems").iterdir()
    folder.rename(folder.with_name("cp39-sparc"))
    list_again(copy)
    done = machine.run(copy)
    assert done.returncode == 1
    assert "cp311" in done.stderr
    assert "The archive serves: cp39-sparc" in done.stderr


def test_check_only_looks(machine, first):
    done = machine.run(first, "--check")
    assert done.returncode == 0, done.stderr
    assert "good" in done.stdout
    assert not machine.prefix.exists()


@pytest.mark.parametrize("options", [["--prefix"], ["--colour", "red"], ["--kiosk", "windows"]])
def test_wrong_usage_is_said(machine, first, options):
    done = subprocess.run(["sh", str(first / "install.sh"), *options], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert options[0] in done.stderr


def test_uninstall_keeps_its_hands_off_other_folders(machine, first):
    machine.prefix.mkdir(parents=True)
    (machine.prefix / "versions").mkdir()
    done = machine.run(first, script="uninstall.sh")
    assert done.returncode == 1
    assert (machine.prefix / "versions").is_dir()


@pytest.mark.reliability("E9", part="20 kills of the installer")
@pytest.mark.long
def test_killed_at_twenty_random_moments_it_works_when_run_again(machine: Machine, first: Path, later: Path):
    archives = {"pneumoscope 0.1.0": first, "pneumoscope 0.1.1": later}
    start = time.monotonic()
    assert machine.run(first, "--no-compile").returncode == 0
    whole_s = time.monotonic() - start
    chance = random.Random(int(os.environ.get("SEED", "5")))
    cut = 0
    for round_number in range(20):
        before = machine.version()
        wanted = next(name for name in archives if name != before)
        command = machine.command(archives[wanted], "--no-compile")
        process = subprocess.Popen(
            command,
            env=machine.environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(chance.uniform(0, whole_s))
        except subprocess.TimeoutExpired:
            cut += 1
        if process.poll() is None and round_number % 4 == 3:
            process.kill()  # its children work on, and hold the lock
        elif process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert machine.version() in archives, "between two versions there was none"
        assert machine.app("selftest", "--runtime", "litert").returncode == 0
        assert (machine.prefix / "current" / "complete").exists()
        done = machine.run(archives[wanted], "--no-compile")
        assert done.returncode == 0, done.stderr
        assert machine.version() == wanted
        assert len(machine.versions()) <= 2
    assert cut >= 10, "most moments must fall into an installation"
