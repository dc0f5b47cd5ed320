"""Collects the words of the window into the `.ts` files and compiles them: `python assets/translations/update.py`.

Translate what is new with Qt Linguist (`pyside6-linguist assets/translations/pneumoscope_de.ts`), then run it again.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from edge_app.report.wording import CONTEXT
from edge_app.system.catalogue import CATALOGUE

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LANGUAGES = ("de",)


def sources(folder: Path) -> list[str]:
    """Every module with words for users.

    Args:
        folder: Takes a module that marks the templates of the catalogue of messages, which names no translation itself.
    """
    rooms = ("edge_app/ui", "edge_app/report", "edge_app/services")
    files = [str(path.relative_to(ROOT)) for room in rooms for path in (ROOT / room).rglob("*.py")]
    marked = folder / "catalogue.py"
    templates = sorted({template for pair in CATALOGUE.values() for template in pair} - {"", "{hints}"})
    marked.write_text("".join(f"QCoreApplication.translate({CONTEXT!r}, {template!r})\n" for template in templates))
    return [*sorted(files), "edge_app/app.py", str(marked)]


def tool(name: str) -> str:
    """Path of a PySide6 tool beside this interpreter."""
    return str(Path(sys.executable).with_name(name))


def update(folder: Path = HERE) -> None:
    """Writes `.ts` and `.qm` files into a folder that may hold older ones."""
    with tempfile.TemporaryDirectory() as marked:
        words = sources(Path(marked))
        for language in LANGUAGES:
            _update(folder / f"pneumoscope_{language}.ts", language, words)


def _update(target: Path, language: str, words: list[str]) -> None:
    command = [tool("pyside6-lupdate"), "-no-obsolete", "-locations", "none", "-source-language", "en"]
    subprocess.run([*command, "-target-language", language, *words, "-ts", str(target)], cwd=ROOT, check=True)
    subprocess.run(
        [tool("pyside6-lrelease"), "-silent", str(target), "-qm", str(target.with_suffix(".qm"))], check=True
    )


if __name__ == "__main__":
    update()
