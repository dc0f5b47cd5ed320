"""`make test-fresh`: README's two commands on a new Debian 12 that has python3, make and ca-certificates only.

Needs root, debootstrap and the package registries. The checkout is what is committed (`git archive HEAD`), with no
data set and no `../shared` beside it. This module needs the standard library only, not the environment it checks.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
ROOT = REPOSITORY / "build" / "fresh" / "debian"
CHECKOUT = "/root/pneumoscope"
PACKAGES = "python3,make,ca-certificates"
_CERTIFICATES = Path("/usr/local/share/ca-certificates")
_KEPT_PREFIXES = ("http_proxy", "https_proxy", "no_proxy", "OPENBLAS_")
"""Variables of this machine that hold there too: its way to the network, and workarounds for its processor."""


def pip_settings() -> dict[str, str]:
    """The settings of this machine's pip, as PIP_* variables; constraints are the checkout's own."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    settings = {}
    for line in listed.stdout.splitlines():
        key, _, value = line.partition("=")
        name = key.rpartition(".")[2]
        if name not in ("constraint", "cert"):
            settings[f"PIP_{name.upper().replace('-', '_')}"] = value.strip("'\"")
    return settings


def local_indexes(settings: Mapping[str, str]) -> list[Path]:
    """Folders of this machine that pip takes packages from; an index keeps its files beside its `simple` folder."""
    words = " ".join(settings.values()).replace("file://", "").split()
    folders = [Path(word) for word in words if word.startswith("/") and Path(word).is_dir()]
    return [folder.parent if folder.name == "simple" else folder for folder in folders]


def enter(command: str, environment: Mapping[str, str], shared: list[Path]) -> None:
    """Runs a shell command in the new system; its processes and mounts end with it.

    Raises:
        subprocess.CalledProcessError: The command failed.
    """
    mounts = [f"mount -t proc proc {ROOT}/proc", f"mount --bind -o ro /sys {ROOT}/sys"]
    for folder in shared:
        (ROOT / folder.relative_to("/")).mkdir(parents=True, exist_ok=True)
        mounts.append(f"mount --bind -o ro {folder} {ROOT}{folder}")
    settings = [f"{key}={value}" for key, value in environment.items()]
    script = " && ".join([*mounts, f'exec chroot {ROOT} env -i "$@" sh -c {json.dumps(command)}'])
    subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script, "sh", *settings], check=True
    )


def make_system() -> None:
    """Builds the new system and lays the committed files in it."""
    if ROOT.exists():
        shutil.rmtree(ROOT)
    ROOT.parent.mkdir(parents=True, exist_ok=True)
    with (ROOT.parent / "debootstrap.log").open("wb") as log:
        # debootstrap mounts /proc and leaves it so: in a name space of its own the mount ends with it.
        line = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", str(ROOT)]
        subprocess.run(["unshare", "--mount", *line], stdout=log, stderr=log, check=True)
    for name in ("proc", "sys"):  # in a container debootstrap leaves links to the host's own
        if (ROOT / name).is_symlink():
            (ROOT / name).unlink()
        (ROOT / name).mkdir(exist_ok=True)
    shutil.copy("/etc/resolv.conf", ROOT / "etc")
    for certificate in _CERTIFICATES.glob("*.crt"):
        shutil.copy(certificate, ROOT / _CERTIFICATES.relative_to("/"))
    checkout = ROOT / CHECKOUT.lstrip("/")
    checkout.mkdir(parents=True)
    with subprocess.Popen(["git", "-C", str(REPOSITORY), "archive", "HEAD"], stdout=subprocess.PIPE) as files:
        subprocess.run(["tar", "-x", "-C", str(checkout)], stdin=files.stdout, check=True)


def main() -> int:
    """Runs the steps and prints how long each took; returns 1 as soon as one fails."""
    missing = [tool for tool in ("debootstrap", "unshare", "git", "tar") if shutil.which(tool) is None]
    if missing or os.geteuid() != 0:
        print("Needs root" + "".join(f", {tool}" for tool in missing) + ". Run: sudo apt-get install debootstrap")
        return 1
    kept = {key: value for key, value in os.environ.items() if key.lower().startswith(_KEPT_PREFIXES)}
    settings = pip_settings()
    environment = {"HOME": "/root", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **kept, **settings}
    shared = local_indexes(settings)

    def inside(command: str) -> Callable[[], None]:
        return lambda: enter(f"cd {CHECKOUT} && {command}", environment, shared)

    screenshot = "QT_QPA_PLATFORM=offscreen make app ARGS='--screenshot /tmp/window.png'"
    steps = {
        "debootstrap": make_system,
        "certificates": inside("update-ca-certificates"),
        "make app": inside(f"{screenshot} && test -s /tmp/window.png"),
        "make app, again": inside(f"rm /tmp/window.png && {screenshot} && test -s /tmp/window.png"),
        "make test": inside("make test"),
    }
    times = []
    for name, step in steps.items():
        print(f"== {name}", flush=True)
        started = time.monotonic()
        try:
            step()
        except subprocess.CalledProcessError as error:
            print(f"FAILED: {name} ended with status {error.returncode}. The system is still in {ROOT}.")
            return 1
        times.append(f"{name:16} {time.monotonic() - started:6.0f} s")
    print("\n".join(["== A new Debian 12: both commands succeed", *times]))
    shutil.rmtree(ROOT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
