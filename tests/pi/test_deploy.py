"""deploy.sh against a real sshd on this machine."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.pi.conftest import REPOSITORY, Machine

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/sbin")
pytestmark = pytest.mark.skipif(SSHD is None, reason="needs openssh-server: apt-get install openssh-server")
DEPLOY = REPOSITORY / "assets" / "pi" / "deploy.sh"


@dataclass
class Door:
    """An sshd that lets this user in with a key of its own."""

    port: int
    options: str
    host: str


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    folder = tmp_path / "ssh"
    folder.mkdir(mode=0o700)
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    shutil.copy(folder / "user.pub", folder / "authorized")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path / "pi"
    home.mkdir()
    (folder / "config").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\n"
        "PasswordAuthentication no\nPermitRootLogin yes\nStrictModes no\nUsePAM no\nPidFile none\n"
        # The deployment's cache goes to a home of the test's own.
        f'SetEnv HOME={home}\nForceCommand cd {home} && exec sh -c "$SSH_ORIGINAL_COMMAND"\n'
    )
    Path("/run/sshd").mkdir(exist_ok=True)  # sshd insists on it
    server = subprocess.Popen([str(SSHD), "-D", "-e", "-f", str(folder / "config")], stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        assert "listening" in server.stderr.readline()
        options = f"-F none -p {port} -i {folder}/user -o IdentitiesOnly=yes -o BatchMode=yes"
        options += f" -o UserKnownHostsFile={folder}/known -o StrictHostKeyChecking=accept-new"
        yield Door(port, options, f"{getpass.getuser()}@127.0.0.1")
    finally:
        server.kill()
        server.communicate()


def deploy(door: Door, archive: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(DEPLOY), door.host, str(archive), *options]
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin", "SSH_OPTIONS": door.options, "LC_ALL": "C"}
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL, check=False
    )


def test_check_over_ssh_copies_once_and_shows_progress(door, machine: Machine, first: Path):
    archive = first.parent / f"{first.name}.tar"
    done = deploy(door, archive, *machine.command(first)[2:], "--check")
    assert done.returncode == 0, done.stderr
    assert "copies" in done.stdout
    assert "bytes" in done.stderr, "dd tells how far it is"
    assert "good" in done.stdout


def test_a_refusal_of_the_installer_is_passed_on(door, first: Path):
    done = deploy(door, first.parent / f"{first.name}.tar", "--python", "/no such/python's")
    assert done.returncode == 1
    assert "no Python here" in done.stderr


def test_an_unreachable_host_is_said(door, first: Path):
    door.options = door.options.replace(f"-p {door.port}", "-p 9")
    done = deploy(door, first.parent / f"{first.name}.tar")
    assert done.returncode == 1
    assert "cannot be reached" in done.stderr


def test_a_missing_archive_is_said(door, tmp_path):
    done = deploy(door, tmp_path / "none.tar")
    assert done.returncode == 1
    assert "make pi-bundle" in done.stderr


@pytest.mark.long
def test_installs_over_ssh(door, machine: Machine, first: Path):
    done = deploy(door, first.parent / f"{first.name}.tar", *machine.command(first)[2:])
    assert done.returncode == 0, done.stderr
    assert machine.version() == "pneumoscope 0.1.0"
    assert not (machine.root / "pi/.cache/pneumoscope-deploy").exists()
