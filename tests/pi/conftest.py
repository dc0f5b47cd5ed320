from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assets.pi.build import Part, build_wheel, write_archive
from assets.pi.systems import PIP, System, pip_download

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our wheel, built from this checkout."""
    return build_wheel(REPOSITORY, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder such as site-packages, with our wheel in it."""
    folder = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(folder), str(wheel)]
    subprocess.run(pip, check=True)
    return folder


HOST = System(
    "host",
    "this machine",
    f"{sys.version_info.major}.{sys.version_info.minor}",
    int(platform.libc_ver()[1].partition(".")[2] or 0),
    platform.machine(),
)


@pytest.fixture(scope="session")
def host_wheels() -> tuple[Path, ...]:
    """Wheels of everything `predict` needs on this machine; kept, so that they are fetched once."""
    folder = REPOSITORY / "build" / "pi" / "host"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [*HOST.requirements(window=False), PIP]
    note = folder / "wanted.txt"
    if not note.exists() or note.read_text().split("\n") != wanted:
        for old in folder.glob("*.whl"):
            old.unlink()
        pip_download(["--only-binary", ":all:", "-c", str(REPOSITORY / "constraints.txt"), *wanted], folder)
        note.write_text("\n".join(wanted))
    return tuple(sorted(folder.glob("*.whl")))


@pytest.fixture(scope="session")
def next_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our wheel of a later version."""
    copy = tmp_path_factory.mktemp("later")
    for name in ("edge_app", "models", "assets"):
        shutil.copytree(REPOSITORY / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, copy)
    for name in ("pyproject.toml", "edge_app/__init__.py"):
        text = (copy / name).read_text()
        assert '"0.1.0"' in text
        (copy / name).write_text(text.replace('"0.1.0"', '"0.1.1"', 1))
    return build_wheel(copy, copy / "dist")


@pytest.fixture(scope="session")
def unpack(host_wheels: tuple[Path, ...], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Path], Path]:
    """Gives the unpacked archive of a version for this machine, with the wheel given."""

    def make(version: str, wheel: Path) -> Path:
        folder = tmp_path_factory.mktemp("stick")
        archive = folder / f"pneumoscope-{version}-pi.tar"
        write_archive(archive, [Part(HOST, (wheel, *host_wheels))], version=version)
        # As docs/pi tells the user; TarFile.extractall has its safe filter only since Python 3.11.4.
        subprocess.run(["tar", "-xf", str(archive), "-C", str(folder)], check=True)
        return folder / archive.stem

    return make


@pytest.fixture(scope="session")
def first(unpack: Callable[[str, Path], Path], wheel: Path) -> Path:
    """The unpacked archive of this version."""
    return unpack("0.1.0", wheel)


@pytest.fixture(scope="session")
def later(unpack: Callable[[str, Path], Path], next_wheel: Path) -> Path:
    """The unpacked archive of a later version."""
    return unpack("0.1.1", next_wheel)


@dataclass
class Machine:
    """Folders that stand for a Raspberry Pi's.

    Attributes:
        root: Of all of them.
        environment: For what is run there: no network, own home.
    """

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "PYTHON"))}
        # An index that is not there: whoever asks for one fails.
        self.environment = {
            **kept, "HOME": str(self.root / "home"), "PIP_INDEX_URL": "http://127.0.0.1:9", "PYTHONPATH": "/nowhere"
        }  # fmt: skip
        (self.root / "home").mkdir()

    @property
    def prefix(self) -> Path:
        return self.root / "opt" / "pneumoscope"

    def places(self) -> list[str]:
        folders = {"--prefix": self.prefix, "--bin": self.root / "bin", "--share": self.root / "share"}
        return [word for option, folder in folders.items() for word in (option, str(folder))]

    def command(self, archive: Path, *options: str, script: str = "install.sh") -> list[str]:
        python = ["--python", sys.executable] if script == "install.sh" else []
        return ["sh", str(archive / script), *self.places(), *python, *options]

    def run(self, archive: Path, *options: str, script: str = "install.sh") -> subprocess.CompletedProcess[str]:
        command = self.command(archive, *options, script=script)
        return subprocess.run(command, capture_output=True, text=True, env=self.environment, check=False)

    def app(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.root / "bin" / "pneumoscope"), *arguments]
        environment = {key: value for key, value in self.environment.items() if key != "PYTHONPATH"}
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    def version(self) -> str:
        return self.app("--version").stdout.strip()

    def versions(self) -> list[str]:
        return sorted(path.name.partition("-")[0] for path in (self.prefix / "versions").iterdir())


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)
