"""Holds docs/dependencies.md against what is locked: `make audit`.

The registries of known holes cannot be asked without a network, so a person looks, and writes down when and what was
found. This command sees to it that every direct dependency is in that table, with the versions that are locked, and
that the next look is not overdue.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parents[2]
TABLE = REPOSITORY / "docs" / "dependencies.md"
LOCKS = ("assets/setup/all.lock", "assets/setup/app.lock", "assets/pi/bookworm.lock", "assets/pi/trixie.lock")
EXTRAS = ("app", "signed", "cluster", "train")
"""What runs beside patients' films. Tools of developers are locked, and not in the table."""
_ROW = re.compile(r"\| `([^`]+)` \| ([^|]*) \|")
_NEXT_LOOK = re.compile(r"Next look: (\d{4}-\d{2}-\d{2})")


def direct_dependencies() -> set[str]:
    """Names of what pyproject.toml asks for, in the form that pip compares."""
    table = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*table["dependencies"], *(text for extra in EXTRAS for text in table["optional-dependencies"][extra])]
    return {canonicalize_name(Requirement(text).name) for text in wanted}


def locked_versions(locks: Iterable[str] = LOCKS) -> dict[str, set[str]]:
    """The versions of each package in the lock files."""
    found: dict[str, set[str]] = {}
    for lock in locks:
        for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", (REPOSITORY / lock).read_text(), flags=re.MULTILINE):
            found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def faults(table: str, direct: set[str], locked: dict[str, set[str]], today: date) -> list[str]:
    """Compares the table with what is locked.

    Args:
        table: The page's text.
        direct: Names of the direct dependencies.
        locked: Versions by name.
        today: Date from which the next check is counted.

    Returns:
        What is wrong, one sentence each; empty when all is well.
    """
    rows = {canonicalize_name(name): set(versions.split(", ")) for name, versions in _ROW.findall(table)}
    wrong = [f"{name} is not in the table." for name in sorted(direct - rows.keys())]
    for name, versions in sorted(rows.items()):
        if name not in locked:
            wrong.append(f"{name} is in the table and not locked.")
        elif versions != locked[name]:
            wrong.append(f"{name}: the table says {_words(versions)}, locked is {_words(locked[name])}.")
    due = _NEXT_LOOK.search(table)
    if due is None:
        wrong.append("The table does not say when the next look is due.")
    elif date.fromisoformat(due[1]) < today:
        wrong.append(f"The next look was due on {due[1]}: look again, and write down what was found.")
    return wrong


def _words(versions: set[str]) -> str:
    return ", ".join(sorted(versions))


def main() -> int:
    """Prints what is wrong; returns 1 if anything is."""
    wrong = faults(
        TABLE.read_text(encoding="utf-8"), direct_dependencies(), locked_versions(), datetime.now(UTC).date()
    )
    for sentence in wrong:
        sys.stderr.write(f"{sentence}\n")
    sys.stdout.write(f"{TABLE.relative_to(REPOSITORY)}: {'see above' if wrong else 'as locked'}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
