"""A Raspberry Pi without the board: an arm64 Debian in a folder, run by proot and qemu-user, without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.pi.systems import REPOSITORY, System

TOOLS = {
    "debootstrap": "debootstrap",
    "proot": "proot",
    "qemu-aarch64-static": "qemu-user-static",
    "qemu-aarch64": "qemu-user",
    "dpkg-deb": "dpkg",
    "unshare": "util-linux",
    "gcc": "gcc",
}
_LIBRARIES = """
    libegl1 libgl1 libglib2.0-0 libfontconfig1 libxkbcommon0 libdbus-1-3 fonts-dejavu-core libxcb-cursor0
    libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0
    libxcb-xkb1 libxkbcommon-x11-0 libwayland-client0 libwayland-cursor0 libwayland-egl1
"""
CPUS = {"bookworm": "cortex-a72", "trixie": "cortex-a76"}
"""The cores of a Raspberry Pi 4 and of a 5."""
_CPU_INFO = {
    "cortex-a72": ("fp asimd evtstrm crc32 cpuid", "0x0", "0xd08", "3"),
    "cortex-a76": (
        "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp",
        "0x4",
        "0xd0b",
        "1",
    ),
}
"""Features, variant, part and revision from `/proc/cpuinfo` of the boards. The runtimes choose their kernels by it and
must not see the host's."""
_MODELS = {"bookworm": "Raspberry Pi 4 Model B Rev 1.4", "trixie": "Raspberry Pi 5 Model B Rev 1.0"}
_RENAMED = {"trixie": {"libglib2.0-0": "libglib2.0-0t64"}}
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class ToolsMissingError(Exception):
    """The host lacks a tool for the emulation; the message has the line to paste."""


def check_tools() -> None:
    """Checks that the host has the tools for the emulation.

    Raises:
        ToolsMissingError: One is missing.
    """
    absent = {package for tool, package in TOOLS.items() if shutil.which(tool) is None}
    if absent:
        raise ToolsMissingError(f"Missing here: apt-get install -y --no-install-recommends {' '.join(sorted(absent))}")
    if os.geteuid() != 0:
        raise ToolsMissingError("debootstrap makes files of other owners: run this as root, or in a container.")


def mirror() -> str:
    """The package mirror that apt uses on this machine, for the same distribution.

    Raises:
        ToolsMissingError: apt knows none.
    """
    said = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN) $(SITE)|$(REPO_URI)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    uris = [line.partition("|")[2].rstrip("/") for line in said.splitlines() if line.startswith("Debian ")]
    plain = [uri for uri in uris if uri.endswith("/debian")]
    if not plain:
        raise ToolsMissingError("apt on this machine knows no Debian mirror: run apt-get update, or add one.")
    return plain[0]


@dataclass(frozen=True, slots=True)
class Board:
    """A root file system, and the way to run commands in it.

    Attributes:
        system: The operating system.
        root: Folder that is its `/`.
    """

    system: System
    root: Path

    def command(self, words: Sequence[str], environment: Mapping[str, str] | None = None) -> list[str]:
        """The host's command line that runs something in the root, with no network."""
        packages = f"/opt/pneumoscope/current/lib/python{self.system.python}/site-packages"
        settings = {
            "HOME": "/root",
            "PATH": _PATH,
            "LC_ALL": "C.UTF-8",
            # Qt does not find its own folder through /proc/self/exe under proot.
            "QT_PLUGIN_PATH": f"{packages}/PySide6/Qt/plugins",
            "QT_QPA_PLATFORM": "offscreen",
            "PNEUMOSCOPE_HOME": "/root/pneumoscope",
            **(environment or {}),
        }
        emulated = [
            "proot",
            "-0",
            "-q",
            f"qemu-aarch64-static -cpu {CPUS[self.system.name]}",
            "-r",
            str(self.root),
            "-w",
            "/",
        ]
        emulated += [word for folder in ("/dev", "/proc", "/sys") for word in ("-b", folder)]
        emulated += ["-b", f"{self.root}/proc/cpuinfo:/proc/cpuinfo"]
        return ["unshare", "--net", "env", "-i", *(f"{k}={v}" for k, v in settings.items()), *emulated, *words]

    def run(self, *words: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Runs a command in the root to its end."""
        command = self.command(words, environment)
        return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, env=os.environ)


def make_board(system: System, folder: Path = REPOSITORY / "build" / "pi" / "roots") -> Board:
    """Builds the root of a system, or returns the one that was built before.

    debootstrap fetches and checks the packages. The host unpacks them and records them as installed: their maintainer
    scripts take very long under emulation, and the app needs none of them.
    """
    root = folder / system.name
    done = root / "etc" / "pneumoscope-test-root"
    if done.exists():
        return Board(system, root)
    if root.exists():
        shutil.rmtree(root)
    root.mkdir(parents=True)
    renamed = _RENAMED.get(system.name, {})
    wanted = ["python3", *(renamed.get(name, name) for name in _LIBRARIES.split())]
    line = ["debootstrap", "--foreign", "--arch=arm64", "--variant=minbase", f"--include={','.join(wanted)}"]
    log = folder / f"{system.name}.log"
    with log.open("wb") as stream:
        fetched = subprocess.run([*line, system.name, str(root), mirror()], stdout=stream, stderr=stream, check=False)
    if fetched.returncode:
        raise ToolsMissingError(f"debootstrap could not make {system.name}; {log} says why.")
    # In a container debootstrap leaves links to the host's own.
    for name in ("proc", "sys"):
        (root / name).unlink() if (root / name).is_symlink() else None
        (root / name).mkdir(exist_ok=True)
    _unpack(root)
    (root / "proc" / "cpuinfo").write_text(_cpu_info(system))
    done.write_text(f"{system.title}\n")
    return Board(system, root)


def _cpu_info(system: System) -> str:
    features, variant, part, revision = _CPU_INFO[CPUS[system.name]]
    cores = [
        f"processor\t: {number}\nBogoMIPS\t: 108.00\nFeatures\t: {features}\nCPU implementer\t: 0x41\n"
        f"CPU architecture: 8\nCPU variant\t: {variant}\nCPU part\t: {part}\nCPU revision\t: {revision}\n"
        for number in range(4)
    ]
    return "\n".join([*cores, f"Model\t\t: {_MODELS[system.name]}\n"])


def _unpack(root: Path) -> None:
    """Unpacks the packages, and writes what their maintainer scripts would write: users, links, the package status."""
    status = []
    for package in sorted((root / "var/cache/apt/archives").glob("*.deb")):
        # Through tar, because dpkg-deb --extract would replace the links /bin, /lib and /sbin by folders.
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(package)], stdout=subprocess.PIPE) as data:
            subprocess.run(["tar", "-x", "--keep-directory-symlink", "-C", str(root)], stdin=data.stdout, check=True)
        control = subprocess.run(["dpkg-deb", "--field", str(package)], capture_output=True, text=True, check=True)
        name, rest = control.stdout.split("\n", 1)
        status.append(f"{name}\nStatus: install ok installed\n{rest}")
    (root / "var/lib/dpkg").mkdir(parents=True, exist_ok=True)
    (root / "var/lib/dpkg/status").write_text("\n".join(status))
    for name in ("passwd", "group"):
        shutil.copy(root / f"usr/share/base-passwd/{name}.master", root / f"etc/{name}")
    awk = root / "usr/bin/awk"
    if not awk.exists():
        awk.symlink_to("mawk")
    (root / "tmp").chmod(0o1777)
