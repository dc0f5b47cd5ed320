"""Builds the archive that a technician carries to a Raspberry Pi: `python -m assets.pi.build`.

One archive serves every system: what most wheels have in common is there once, and nobody has to know beforehand which
system a board runs. It is a plain tar, because wheels are compressed already; the same sources and lock files give the
same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from assets.pi.systems import HERE, REPOSITORY, SYSTEMS, System, fetch, glibc_needed, installed_bytes, sha256
from edge_app import __version__
from edge_app.system.files import partial_file

_MTIME = 1580601600  # 2020-02-02, the date that the wheel's own files carry
SIGNATURE_NAMESPACE = "pneumoscope-archive"
"""What the signature is for; `install.sh` asks for the same, and for a signer who is called pneumoscope."""
_NO_WINDOW = ("pyside6_essentials", "shiboken6", "opencv_python_headless")
_FILES = {
    "install.sh": HERE / "install.sh",
    "uninstall.sh": HERE / "uninstall.sh",
    "README.txt": HERE / "README.txt",
    "LICENSE": REPOSITORY / "LICENSE",
    "setup/system-libraries.sh": REPOSITORY / "assets/setup/system-libraries.sh",
    "setup/packages.sh": REPOSITORY / "assets/setup/packages.sh",
    "desktop/pneumoscope.desktop": REPOSITORY / "assets/desktop/pneumoscope.desktop",
    "desktop/pneumoscope.svg": REPOSITORY / "assets/icons/pneumoscope.svg",
}


@dataclass(frozen=True, slots=True)
class Part:
    """What of an archive one system uses.

    Attributes:
        system: Which.
        wheels: Its wheels, ours among them.
    """

    system: System
    wheels: tuple[Path, ...]

    @property
    def bytes(self) -> int:
        """Size of the wheels, so of an archive for this system alone."""
        return sum(path.stat().st_size for path in self.wheels)


def build_wheel(source: Path, folder: Path) -> Path:
    """Builds our wheel from a checkout, with the build backend of this environment, and returns it."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", "wheel", "--no-deps"]
    with TemporaryDirectory() as fresh:
        subprocess.run([*command, "--no-build-isolation", "-w", fresh, str(source)], check=True)
        (built,) = Path(fresh).glob("*.whl")
        folder.mkdir(parents=True, exist_ok=True)
        with partial_file(folder / built.name) as partial:
            partial.write_bytes(built.read_bytes())
        return folder / built.name


def write_archive(
    target: Path, parts: Sequence[Part], *, version: str = __version__, signing_key: Path | None = None
) -> None:
    """Writes the archive, whole or not at all.

    Args:
        target: The `.tar`.
        parts: What goes into it; wheels that several systems use are stored once.
        version: Stated in the archive.
        signing_key: Private key of ssh that signs the list of files; without one the archive is not signed.

    Raises:
        subprocess.CalledProcessError: ssh-keygen could not sign; it has said why.
    """
    root = target.stem
    files: dict[str, bytes | Path] = {"VERSION": f"{version}\n".encode(), **_FILES}
    files |= {f"kiosk/{path.name}": path for path in (HERE / "kiosk").iterdir()}
    for part in parts:
        # The pip that installs is not itself installed.
        names = sorted(path.name for path in part.wheels if not path.name.startswith("pip-"))
        files[f"systems/{part.system.tag}/wheels"] = "".join(f"{name}\n" for name in names).encode()
        files[f"systems/{part.system.tag}/needs"] = _needs(part).encode()
        files |= {f"wheels/{path.name}": path for path in part.wheels}
    listing = files["SHA256SUMS"] = "".join(f"{_digest(files[name])}  {name}\n" for name in sorted(files)).encode()
    if signing_key is not None:
        files["SHA256SUMS.sig"] = _signature(listing, signing_key)
    with partial_file(target) as partial, tarfile.open(partial, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(files):
            _add(archive, f"{root}/{name}", files[name])


def _needs(part: Part) -> str:
    """What install.sh reads before it begins, in shell syntax."""
    megabytes = -(-installed_bytes(list(part.wheels)) // 1_000_000)
    pip = next((path.name for path in part.wheels if path.name.startswith("pip-")), "")
    return (
        f"title='{part.system.title}'\nglibc=2.{glibc_needed(list(part.wheels))}\ninstalled_mb={megabytes}\n"
        f"pip_wheel={pip}\n"
    )


def _signature(listing: bytes, key: Path) -> bytes:
    """Signs with ssh-keygen, which every Raspberry Pi has to check it: the same key and list give the same bytes."""
    command = ["ssh-keygen", "-Y", "sign", "-f", str(key), "-n", SIGNATURE_NAMESPACE]
    return subprocess.run(command, input=listing, stdout=subprocess.PIPE, check=True).stdout


def _digest(content: bytes | Path) -> str:
    if isinstance(content, Path):
        return sha256(content)
    return hashlib.sha256(content).hexdigest()


def _add(archive: tarfile.TarFile, name: str, content: bytes | Path) -> None:
    """Adds a file with nothing of this machine in it: no user, no date, no umask."""
    info = tarfile.TarInfo(name)
    info.mtime = _MTIME
    info.mode = 0o755 if name.endswith(".sh") else 0o644
    if isinstance(content, Path):
        info.size = content.stat().st_size
        with content.open("rb") as stream:
            archive.addfile(info, stream)
    else:
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))


def parts_for(systems: Iterable[System], folder: Path, *, window: bool = True) -> list[Part]:
    """Collects the wheels of some systems.

    Args:
        systems: Which.
        folder: Where wheels are kept from one build to the next.
        window: Without it PySide6 and OpenCV are left out: `predict` and `selftest` only.
    """
    ours = build_wheel(REPOSITORY, folder / "ours")
    parts = []
    for system in systems:
        wheels = fetch(system, folder / system.name)
        if not window:
            wheels = [path for path in wheels if not path.name.lower().startswith(_NO_WINDOW)]
        parts.append(Part(system, (ours, *wheels)))
    return parts


def main() -> None:
    """Builds the archive and says what it weighs."""
    names = [system.name for system in SYSTEMS]
    parser = argparse.ArgumentParser(prog="python -m assets.pi.build", description=__doc__.partition("\n")[0])
    parser.add_argument("--system", choices=names, action="append", help="only this one (default: all)")
    parser.add_argument("--without-window", action="store_true", help="for boards without a screen: no PySide6")
    parser.add_argument("--output", type=Path, default=REPOSITORY / "dist", metavar="DIR", help="default: dist")
    parser.add_argument("--sign", type=Path, metavar="KEY", help="sign the archive with this private key of ssh")
    options = parser.parse_args()
    systems = [system for system in SYSTEMS if system.name in (options.system or names)]
    parts = parts_for(systems, REPOSITORY / "build" / "pi", window=not options.without_window)
    only = f"-{'-'.join(options.system)}" if options.system else ""
    target = options.output / f"pneumoscope-{__version__}-pi{only}{'-headless' if options.without_window else ''}.tar"
    options.output.mkdir(parents=True, exist_ok=True)
    write_archive(target, parts, signing_key=options.sign)
    print(f"{target}: {target.stat().st_size / 1e6:.0f} MB, sha256 {sha256(target)}")
    for part in parts:
        installed = installed_bytes(list(part.wheels))
        print(f"  {part.system.name}: {part.bytes / 1e6:.0f} MB of it, about {installed / 1e6:.0f} MB installed")


if __name__ == "__main__":
    main()
