"""The archive and the lock files it is built from."""

from __future__ import annotations

import hashlib
import re
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from assets.pi.build import Part, write_archive
from assets.pi.systems import SYSTEMS, System, fetch, glibc_needed, installed_bytes

LINE = re.compile(r"([a-z0-9-]+)==(\S+) --hash=sha256:[0-9a-f]{64}")


def locked(system: System) -> dict[str, Version]:
    lines = system.lock_file.read_text().splitlines()[1:]
    matches = [LINE.fullmatch(line) for line in lines]
    assert all(matches)
    return {match[1]: Version(match[2]) for match in matches if match}


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_lock_files_are_what_pyproject_asks_for(system):
    found = locked(system)
    for text in system.requirements():
        wanted = Requirement(text)
        assert found[wanted.name.lower()] in wanted.specifier, text
    assert not {"tensorflow", "tensorflow-cpu", "keras", "pyside6", "pyside6-addons", "opencv-python"} & found.keys()


def test_bookworm_gets_what_its_glibc_and_the_old_runtime_need():
    found = locked(SYSTEMS[0])
    assert found["pyside6-essentials"] <= Version("6.8.0.2")
    assert found["tflite-runtime"] == Version("2.14.0")
    assert found["numpy"] < Version("2")
    assert "tflite-runtime" not in locked(SYSTEMS[1])


def make_wheel(folder: Path, name: str, content: bytes = b"x = 1\n") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("module.py", content)
    return path


@pytest.fixture
def parts(tmp_path) -> list[Part]:
    shared = make_wheel(tmp_path, "shared-1-py3-none-any.whl")
    pip = make_wheel(tmp_path, "pip-26-py3-none-any.whl")
    own = [
        make_wheel(tmp_path, f"own-1-{system.abi}-{system.abi}-manylinux_2_{17 + index}_aarch64.whl")
        for index, system in enumerate(SYSTEMS)
    ]
    return [Part(system, (shared, pip, wheel)) for system, wheel in zip(SYSTEMS, own, strict=True)]


def test_same_wheels_give_the_same_archive(parts, tmp_path):
    digests = set()
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        target = tmp_path / place / "pneumoscope-1-pi.tar"
        write_archive(target, list(reversed(parts)) if place == "two" else parts, version="1")
        digests.add(hashlib.sha256(target.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_archive_serves_both_systems_and_keeps_what_they_share_once(parts, tmp_path):
    target = tmp_path / "pneumoscope-1-pi.tar"
    write_archive(target, parts, version="1")
    with tarfile.open(target) as archive:
        members = archive.getmembers()
    (tmp_path / "out").mkdir()
    subprocess.run(["tar", "-xf", str(target), "-C", str(tmp_path / "out")], check=True)
    names = [member.name for member in members]
    assert names == sorted(set(names))
    assert {(member.uid, member.gid, member.uname, member.mtime) for member in members} == {(0, 0, "", 1580601600)}
    root = tmp_path / "out" / "pneumoscope-1-pi"
    for system in SYSTEMS:
        wheels = (root / "systems" / system.tag / "wheels").read_text().split()
        assert len(wheels) == 2, "pip installs, and is not installed"
        assert all((root / "wheels" / name).exists() for name in wheels)
    assert "glibc=2.18\n" in (root / "systems/cp313-aarch64/needs").read_text()
    subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=root, check=True)
    listed = {line.split("  ")[1] for line in (root / "SHA256SUMS").read_text().splitlines()}
    assert listed == {name.partition("/")[2] for name in names} - {"SHA256SUMS"}


def test_glibc_is_the_latest_that_any_wheel_needs():
    wheels = [
        Path("a-1-cp311-cp311-manylinux_2_27_aarch64.manylinux_2_34_aarch64.whl"),  # the earliest of several will do
        Path("b-1-cp311-cp311-manylinux2014_aarch64.whl"),
        Path("c-1-py3-none-any.whl"),
    ]
    assert glibc_needed(wheels) == 27
    assert glibc_needed(wheels[1:]) == 17
    assert glibc_needed(wheels[2:]) == 0


def test_modules_count_twice_because_they_are_compiled(tmp_path):
    wheel = make_wheel(tmp_path, "a-1-py3-none-any.whl", b"0123456789")
    assert installed_bytes([wheel]) == 20


def test_wheels_that_are_there_are_not_fetched_again(tmp_path, monkeypatch):
    wheel = make_wheel(tmp_path, "a-1-py3-none-any.whl")
    stranger = make_wheel(tmp_path, "b-1-py3-none-any.whl", b"y = 2\n")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock = tmp_path / "some.lock"
    lock.write_text(f"a==1 --hash=sha256:{digest}\n")
    monkeypatch.setattr(System, "lock_file", lock)
    monkeypatch.setattr("assets.pi.systems.pip_download", lambda *_: pytest.fail("nothing was to be fetched"))
    assert stranger not in fetch(SYSTEMS[0], tmp_path)
    assert fetch(SYSTEMS[0], tmp_path) == [wheel]
