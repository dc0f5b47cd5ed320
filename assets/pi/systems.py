"""The systems an archive serves, and the wheels of each: named, with their hashes, in a lock file beside this module.

`python -m assets.pi.systems` renews the lock files from what pyproject.toml asks for.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
PIP = "pip>=25"
"""Travels with the archive and installs it: a Debian without python3-venv has none, and Bookworm's is of 2023."""

_MANYLINUX = re.compile(r"manylinux_2_(\d+)_\w+|manylinux(1|2010|2014)_\w+")
_LEGACY_GLIBC = {"1": 5, "2010": 12, "2014": 17}


@dataclass(frozen=True, slots=True)
class System:
    """An operating system whose own Python runs the app.

    Attributes:
        name: Name of the lock file.
        title: For people.
        python: Version of its `python3`, such as `3.11`.
        glibc: Minor version of its glibc 2.x: no wheel may need a later one.
        machine: As `uname -m` prints it.
    """

    name: str
    title: str
    python: str
    glibc: int
    machine: str = "aarch64"

    @property
    def tag(self) -> str:
        """What install.sh finds it by, such as `cp311-aarch64`."""
        return f"{self.abi}-{self.machine}"

    @property
    def abi(self) -> str:
        """CPython's ABI tag, such as `cp311`."""
        return "cp" + self.python.replace(".", "")

    @property
    def lock_file(self) -> Path:
        """One line a wheel: `name==version --hash=sha256:...`."""
        return HERE / f"{self.name}.lock"

    def pip_options(self) -> list[str]:
        """Makes `pip download` choose wheels for this system, whatever it runs on."""
        platforms = [f"manylinux_2_{minor}_{self.machine}" for minor in range(self.glibc, 16, -1)]
        tags = ["--python-version", self.python, "--implementation", "cp"]
        tags += [word for abi in (self.abi, "abi3", "none") for word in ("--abi", abi)]
        tags += [
            word for platform in (*platforms, f"manylinux2014_{self.machine}") for word in ("--platform", platform)
        ]
        return ["--only-binary", ":all:", *tags]

    def requirements(self, project: Path = REPOSITORY / "pyproject.toml", *, window: bool = True) -> list[str]:
        """What the app needs here, by pyproject.toml: the markers are evaluated for this system, not for the host.

        With `signed`: a board on which a public key is set must be able to check a signature.
        """
        table = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
        extras = ("app", "signed") if window else ("signed",)
        wanted = [*table["dependencies"], *(text for extra in extras for text in table["optional-dependencies"][extra])]
        environment = {
            "python_version": self.python,
            "python_full_version": f"{self.python}.0",
            "sys_platform": "linux",
            "platform_machine": self.machine,
            "platform_system": "Linux",
            "os_name": "posix",
            "extra": "",
        }
        parsed = [Requirement(text) for text in wanted]
        return [
            f"{one.name}{one.specifier}" for one in parsed if one.marker is None or one.marker.evaluate(environment)
        ]


SYSTEMS: tuple[System, ...] = (
    System("bookworm", "Raspberry Pi OS Bookworm or Debian 12, 64-bit", "3.11", 36),
    System("trixie", "Raspberry Pi OS Trixie or Debian 13, 64-bit", "3.13", 41),
)


def lock(system: System, folder: Path) -> None:
    """Chooses wheels for a system and writes their names and hashes to its lock file.

    Args:
        system: Which.
        folder: Where the wheels are put.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.whl"):
        old.unlink()
    pip_download([*system.pip_options(), *system.requirements(), PIP], folder)
    lines = []
    for path in folder.glob("*.whl"):
        name, version, _, _ = parse_wheel_filename(path.name)
        lines.append(f"{name}=={version} --hash=sha256:{sha256(path)}\n")
    head = f"# Wheels for {system.title}. Written by: python -m assets.pi.systems\n"
    system.lock_file.write_text(head + "".join(sorted(lines)), encoding="utf-8")


def fetch(system: System, folder: Path) -> list[Path]:
    """Gets the wheels of a lock file; those that are there already, with the right hash, are not fetched again.

    Args:
        system: Which.
        folder: Where wheels are kept from one build to the next.

    Returns:
        The wheels, by name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = set(re.findall(r"--hash=sha256:([0-9a-f]{64})", system.lock_file.read_text(encoding="utf-8")))
    found = {sha256(path): path for path in folder.glob("*.whl")}
    if not wanted <= found.keys():
        pip_download([*system.pip_options(), "--no-deps", "--require-hashes", "-r", str(system.lock_file)], folder)
        found = {sha256(path): path for path in folder.glob("*.whl")}
    return sorted((found[digest] for digest in wanted), key=lambda path: path.name)


def pip_download(arguments: list[str], folder: Path) -> None:
    """Runs `pip download` with the pip of this environment.

    Raises:
        subprocess.CalledProcessError: A wheel is not to be had; pip has said which.
    """
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", "download", "-d", str(folder)]
    # The lock file decides: what the checkout's own environment is held to does not count for another system.
    environment = {key: value for key, value in os.environ.items() if key != "PIP_CONSTRAINT"}
    subprocess.run([*command, *arguments], check=True, env=environment)


def glibc_needed(wheels: list[Path]) -> int:
    """The minor version of glibc 2.x that all of these wheels run on, by their own tags."""
    needed = 0
    for path in wheels:
        tags = parse_wheel_filename(path.name)[3]
        minors = [
            int(match[1]) if match[1] else _LEGACY_GLIBC[match[2]]
            for tag in tags
            if (match := _MANYLINUX.fullmatch(tag.platform))
        ]
        needed = max(needed, min(minors, default=0))
    return needed


def installed_bytes(wheels: list[Path]) -> int:
    """What the files of these wheels take when they are unpacked and their modules are compiled, about."""
    total = 0
    for path in wheels:
        with zipfile.ZipFile(path) as archive:
            total += sum(one.file_size * (2 if one.filename.endswith(".py") else 1) for one in archive.infolist())
    return total


def sha256(path: Path) -> str:
    """Hash of a file, 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


if __name__ == "__main__":
    for each in SYSTEMS:
        lock(each, REPOSITORY / "build" / "pi" / each.name)
