"""install.sh and deploy.sh run nothing of an archive, and send nothing, before it is known whose it is."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from assets.pi.build import Part, write_archive
from tests.pi.conftest import HOST, REPOSITORY, Machine
from tests.pi.test_install import list_again, rewrite

KEYGEN = shutil.which("ssh-keygen")
signs = pytest.mark.skipif(KEYGEN is None, reason="needs openssh-client")


@pytest.fixture
def archive(first: Path, tmp_path: Path) -> Path:
    """An unpacked archive that a test may change; its wheels are links."""
    return Path(shutil.copytree(first, tmp_path / "archive", copy_function=os.link))


def refused(machine: Machine, archive: Path, *options: str) -> str:
    done = machine.run(archive, "--check", *options)
    assert done.returncode == 1
    assert not machine.prefix.exists()
    return done.stderr


@pytest.mark.parametrize("name", ["systems/{tag}/needs", "setup/system-libraries.sh", "setup/packages.sh"])
def test_what_was_changed_is_not_run_first(machine: Machine, archive: Path, tmp_path: Path, name: str) -> None:
    canary = tmp_path / "canary"
    victim = archive / name.format(tag=HOST.tag)
    rewrite(victim, f"touch {canary}\n".encode() + victim.read_bytes())
    assert "a file of the archive is damaged" in refused(machine, archive)
    assert not canary.exists()


@pytest.mark.parametrize("name", ["wheels/pip-99-py3-none-any.whl", "systems/cp311-aarch64/needs", "a name", "-rf"])
def test_a_file_that_nobody_listed_is_noticed(machine: Machine, archive: Path, name: str) -> None:
    (archive / name).parent.mkdir(exist_ok=True)
    (archive / name).write_bytes(b"x")
    said = refused(machine, archive)
    assert "files lie in" in said
    assert name in said


def test_links_and_pipes_are_noticed(machine: Machine, archive: Path) -> None:
    os.mkfifo(archive / "pipe")
    assert "not the archive's: pipe" in refused(machine, archive)
    (archive / "pipe").unlink()
    (archive / "README.txt").rename(archive.parent / "README.txt")
    (archive / "README.txt").symlink_to(archive.parent / "README.txt")
    assert "README.txt in" in refused(machine, archive)


@pytest.mark.parametrize("line", ["", "x  README.txt", f"{'0' * 64}  ../outside", f"{'0' * 64}  /etc/passwd"])
def test_a_damaged_list_is_refused(machine: Machine, archive: Path, line: str) -> None:
    old = (archive / "SHA256SUMS").read_text() if line else ""
    rewrite(archive / "SHA256SUMS", f"{old}{line}\n".encode())
    assert "damaged" in refused(machine, archive)


def test_the_pip_that_installs_is_named_by_the_list(archive: Path) -> None:
    needs = (archive / "systems" / HOST.tag / "needs").read_text()
    (name,) = [line.partition("=")[2] for line in needs.splitlines() if line.startswith("pip_wheel=")]
    assert name.startswith("pip-")
    assert f"  wheels/{name}\n" in (archive / "SHA256SUMS").read_text()


def key(folder: Path, name: str) -> Path:
    command = [str(KEYGEN), "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)]
    subprocess.run(command, check=True)
    return folder / name


def sign(archive: Path, with_key: Path) -> None:
    (archive / "SHA256SUMS.sig").unlink(missing_ok=True)
    command = [str(KEYGEN), "-Y", "sign", "-f", str(with_key), "-n", "pneumoscope-archive", str(archive / "SHA256SUMS")]
    subprocess.run(command, check=True, capture_output=True)


@signs
def test_where_signers_are_named_the_list_must_be_theirs(machine: Machine, archive: Path, tmp_path: Path) -> None:
    maker, stranger = key(tmp_path, "maker"), key(tmp_path, "stranger")
    signers = tmp_path / "archive-signers"
    signers.write_text(f'pneumoscope namespaces="pneumoscope-archive" {maker.with_suffix(".pub").read_text()}')
    options = ("--signers", str(signers))
    assert "is not signed, and" in refused(machine, archive, *options)
    sign(archive, stranger)
    assert "not signed by anybody" in refused(machine, archive, *options)
    sign(archive, maker)
    done = machine.run(archive, "--check", *options)
    assert done.returncode == 0, done.stderr
    # Everything changed, and the sums made again.
    rewrite(archive / "README.txt", b"changed")
    signature = (archive / "SHA256SUMS.sig").read_bytes()
    (archive / "SHA256SUMS.sig").unlink()
    list_again(archive)
    (archive / "SHA256SUMS.sig").write_bytes(signature)
    assert "not signed by anybody" in refused(machine, archive, *options)
    assert "is not signed" in refused(machine, archive, "--signers", str(tmp_path / "none"))
    assert machine.run(archive, "--check").returncode == 0  # no signer is named: the sums alone count


@signs
def test_an_installer_that_is_trusted_looks_at_another_archive(machine: Machine, archive: Path, tmp_path: Path) -> None:
    trusted = tmp_path / "installed"
    trusted.mkdir()
    shutil.copy(REPOSITORY / "assets" / "pi" / "install.sh", trusted)
    assert machine.run(trusted, "--check", "--archive", str(archive)).returncode == 0
    rewrite(archive / "install.sh", b"touch /nowhere\n")
    assert "damaged" in refused(machine, trusted, "--archive", str(archive))


@signs
def test_a_signed_archive_is_the_same_twice(wheel: Path, tmp_path: Path) -> None:
    maker = key(tmp_path, "maker")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_archive(tmp_path / name / "x.tar", [Part(HOST, (wheel,))], signing_key=maker)
    assert (tmp_path / "one/x.tar").read_bytes() == (tmp_path / "two/x.tar").read_bytes()
    assert b"BEGIN SSH SIGNATURE" in (tmp_path / "one/x.tar").read_bytes()


@pytest.mark.parametrize("host", ["-oProxyCommand=touch canary", "-V", ""])
def test_a_host_that_is_an_option_is_refused(host: str, tmp_path: Path) -> None:
    archive = tmp_path / "x.tar"
    archive.write_bytes(b"x")
    command = ["sh", str(REPOSITORY / "assets" / "pi" / "deploy.sh"), host, str(archive)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 2
    assert "HOST is a name" in done.stderr
    assert list(tmp_path.iterdir()) == [archive]
