"""Writes the lock files that `make` installs from: every package of one version, with the hashes of all its wheels.

    python -m assets.setup.lock

Versions for Python 3.11 are those of constraints.txt; uv chooses the rest from what pyproject.toml asks for.
"""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
LOCKS = {
    "app": ("app", "signed", "build"),
    "dev": ("app", "dev", "signed", "cluster", "build"),
    "all": ("app", "train", "dev", "signed", "cluster", "build"),
}
"""By name of the file: the extras of pyproject.toml in it."""
_PYTHONS = ("3.11", "3.12", "3.13")
_MACHINES = ("x86_64", "aarch64")
_BY_PYTHON = [f"python_version {sign} '{version}'" for version in _PYTHONS[1:] for sign in ("<", ">=")]
_BY_MACHINE = [f"platform_machine == '{machine}'" for machine in _MACHINES]
_BY_BOTH = [f"{one} {word} {two}" for word in ("and", "or") for one in _BY_PYTHON for two in _BY_MACHINE]
_SHORT_MARKERS = ("", *_BY_PYTHON, *_BY_MACHINE, *_BY_BOTH)


def lock_file(name: str) -> Path:
    """Where a lock lies."""
    return HERE / f"{name}.lock"


def compile_lock(name: str) -> str:
    """Has uv choose versions and list hashes.

    Args:
        name: A key of `LOCKS`.

    Returns:
        The lock's text, without addresses of any registry.

    Raises:
        subprocess.CalledProcessError: No versions fit together, or no registry answered; uv has said why.
    """
    command = [
        *(
            sys.executable,
            "-m",
            "uv",
            "pip",
            "compile",
            "pyproject.toml",
            "--universal",
            "--python-version",
            _PYTHONS[0],
        ),
        *(
            "--generate-hashes",
            "--no-emit-index-url",
            "--no-emit-find-links",
            "--no-annotate",
            "--no-header",
            "--quiet",
        ),
        *("--constraints", "constraints.txt"),
        *(word for extra in LOCKS[name] for word in ("--extra", extra)),
    ]
    found = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True).stdout
    head = f"# Extras {', '.join(LOCKS[name])} on Linux, x86_64 and aarch64. Written by: make lock\n"
    return head + shorten_markers(found)


def shorten_markers(lock: str) -> str:
    """Says in a few words what only tells Pythons or machines apart, and nothing where a marker always holds."""
    return re.sub(r"^(\S+==\S+) ; ([^\\\n]+?)( \\)?$", _shortened, lock, flags=re.MULTILINE)


def _shortened(line: re.Match[str]) -> str:
    wanted = _where(Requirement(f"{line[1]} ; {line[2]}").marker)
    short = next((text for text in _SHORT_MARKERS if _where(Marker(text) if text else None) == wanted), line[2])
    return line[1] + (f" ; {short}" if short else "") + (line[3] or "")


def _where(marker: Marker | None) -> frozenset[tuple[str, str]]:
    """The Pythons and machines on which a marker holds."""

    def environment(python: str, machine: str) -> dict[str, str]:
        linux = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
        cpython = {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
        version = {
            "python_version": python,
            "python_full_version": f"{python}.2",
            "implementation_version": f"{python}.2",
        }
        return {**linux, **cpython, **version, "platform_machine": machine, "extra": ""}

    places = itertools.product(_PYTHONS, _MACHINES)
    return frozenset(place for place in places if marker is None or marker.evaluate(environment(*place)))


if __name__ == "__main__":
    for each in LOCKS:
        lock_file(each).write_text(compile_lock(each), encoding="utf-8")
