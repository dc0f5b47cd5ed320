"""What `make` installs is of one version each and known by its hash; what is known against it is written down."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from assets.setup import audit
from assets.setup.lock import LOCKS, lock_file, shorten_markers

ROOT = Path(__file__).resolve().parents[2]
BEFORE_THE_NEXT_LOOK = date(2026, 11, 28)


@pytest.mark.reliability("B9")
@pytest.mark.parametrize("name", LOCKS)
def test_every_package_has_hashes_and_no_address(name: str) -> None:
    text = lock_file(name).read_text()
    packages = re.findall(r"^\S+==[^\n]*\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", text, flags=re.MULTILINE)
    assert len(packages) == len(re.findall("==", re.sub(r";.*", "", text)))
    assert len(packages) > 20
    assert "://" not in text
    assert "--index-url" not in text


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_has_all_that_is_asked_for_in_the_tested_versions(name: str) -> None:
    import tomllib

    table = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        *table["dependencies"],
        *(text for extra in LOCKS[name] for text in table["optional-dependencies"][extra]),
    ]
    locked = audit.locked_versions([f"assets/setup/{name}.lock"])
    for requirement in map(Requirement, wanted):
        if requirement.marker is None or requirement.marker.evaluate():
            versions = locked[canonicalize_name(requirement.name)]
            assert any(version in requirement.specifier for version in versions), f"{requirement}: make lock"
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    tested = [Requirement(line) for line in lines if line and not line.startswith("#")]
    for requirement in tested:
        if (versions := locked.get(canonicalize_name(requirement.name))) is not None:
            assert any(version in requirement.specifier for version in versions), f"{requirement}: make lock"


def test_markers_are_said_in_a_few_words() -> None:
    long = "platform_python_implementation == 'CPython' and sys_platform == 'linux' and python_full_version < '3.14'"
    text = f"a==1 ; {long} \\\nb==2 ; python_full_version < '3.12' and {long} \\\nc==3 ; os_name == 'nt'\n"
    assert shorten_markers(text) == "a==1 \\\nb==2 ; python_version < '3.12' \\\nc==3 ; os_name == 'nt'\n"


@pytest.mark.reliability("B9")
def test_the_table_says_what_is_locked() -> None:
    table = audit.TABLE.read_text()
    assert audit.faults(table, audit.direct_dependencies(), audit.locked_versions(), BEFORE_THE_NEXT_LOOK) == []


def test_what_the_table_lacks_is_named() -> None:
    table = "Next look: 2026-01-31\n| package | versions |\n| `one` | 1.0 | x |\n| `gone` | 3 | x |\n"
    found = audit.faults(table, {"one", "two"}, {"one": {"1.0", "1.1"}}, date(2026, 2, 1))
    assert found == [
        "two is not in the table.",
        "gone is in the table and not locked.",
        "one: the table says 1.0, locked is 1.0, 1.1.",
        "The next look was due on 2026-01-31: look again, and write down what was found.",
    ]
    assert audit.faults("", set(), {}, date(2026, 2, 1)) == ["The table does not say when the next look is due."]
