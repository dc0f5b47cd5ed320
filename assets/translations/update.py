"""Collects the words of the window into the `.ts` files and compiles them: `python assets/translations/update.py`.

Translate what is new with Qt Linguist (`pyside6-linguist assets/translations/pneumoscope_de.ts`), then run it again.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LANGUAGES = ("de",)


def sources() -> list[str]:
    """Every module with words for users, relative to the repository."""
    folders = ("edge_app/ui", "edge_app/report", "edge_app/services")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    files.append(ROOT / "edge_app" / "app.py")
    return sorted(str(path.relative_to(ROOT)) for path in files)


def tool(name: str) -> str:
    """Path of a PySide6 tool beside this interpreter."""
    return str(Path(sys.executable).with_name(name))


def update(folder: Path = HERE) -> None:
    """Writes `.ts` and `.qm` files into a folder that may hold older ones."""
    for language in LANGUAGES:
        target = folder / f"pneumoscope_{language}.ts"
        command = [tool("pyside6-lupdate"), "-no-obsolete", "-locations", "none", "-source-language", "en"]
        subprocess.run([*command, "-target-language", language, *sources(), "-ts", str(target)], cwd=ROOT, check=True)
        subprocess.run(
            [tool("pyside6-lrelease"), "-silent", str(target), "-qm", str(target.with_suffix(".qm"))], check=True
        )


if __name__ == "__main__":
    update()
