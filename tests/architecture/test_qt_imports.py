"""Which parts of Qt a package may know. import-linter sees PySide6 as one; here its modules are told apart."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "edge_app"


def qt_modules(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[2] for alias in node.names if alias.name.startswith("PySide6."))
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "PySide6":
            module = node.module.partition(".")[2]
            found.update([module] if module else [alias.name for alias in node.names])
    return found


@pytest.mark.parametrize(
    ("package", "allowed"), [("services", {"QtCore"}), ("report", {"QtCore", "QtGui"})], ids=["services", "report"]
)
def test_packages_know_only_the_qt_they_need(package: str, allowed: set[str]) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    assert {file.name: bad for file in files if (bad := qt_modules(file) - allowed)} == {}


def test_the_check_sees_each_way_to_import(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text(
        "import PySide6.QtGui\nfrom PySide6 import QtSvg\ndef f():\n    from PySide6.QtWidgets import QLabel\n"
    )
    assert qt_modules(file) == {"QtGui", "QtSvg", "QtWidgets"}


def test_csv_is_written_without_qt() -> None:
    import subprocess
    import sys

    code = "import sys, edge_app.commands.predict; print('PySide6' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT.parent, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
