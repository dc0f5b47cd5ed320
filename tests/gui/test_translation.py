from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator

from edge_app.analysis.gate.population import OUTSIDE_CODE
from edge_app.ui.message_table import NOTICES, REASONS
from edge_app.ui.resources import ASSETS, TRANSLATIONS
from edge_app.ui.translation import languages

ROOT = ASSETS.parent
_FIELD = re.compile(r"\{[a-z0-9_]*\}")


def messages(file: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """By context and source: the translation and its state."""
    found = {}
    for context in ElementTree.parse(file).iter("context"):
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            translation = message.find("translation")
            found[name, message.findtext("source") or ""] = (translation.text or "", translation.get("type", ""))
    return found


def updater():
    spec = importlib.util.spec_from_file_location("update_translations", TRANSLATIONS / "update.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_nothing_is_left_untranslated(tmp_path):
    update = updater()
    fresh = tmp_path / "fresh.ts"
    command = [update.tool("pyside6-lupdate"), "-silent", "-locations", "none", *update.sources(), "-ts", str(fresh)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    wanted = set(messages(fresh))
    german = messages(TRANSLATIONS / "pneumoscope_de.ts")
    assert not wanted - set(german), "new words: run assets/translations/update.py and translate them"
    open_ones = [source for (_, source), (text, state) in german.items() if state == "unfinished" or not text]
    assert not open_ones


def test_fields_survive_translation():
    for (_, source), (text, _) in messages(TRANSLATIONS / "pneumoscope_de.ts").items():
        assert sorted(_FIELD.findall(source)) == sorted(_FIELD.findall(text)), source
        assert source.count("\n") == text.count("\n"), source
        assert source.endswith("...") == text.endswith("..."), source


def test_compiled_translation_is_that_of_the_source(qapp):
    translator = QTranslator()
    assert translator.load("pneumoscope_de", str(TRANSLATIONS))
    for (context, source), (text, _) in messages(TRANSLATIONS / "pneumoscope_de.ts").items():
        assert translator.translate(context, source) == text, "run assets/translations/update.py"


def test_languages_name_themselves(qapp):
    assert list(languages()) == ["en", "de"]
    assert languages()["de"] == "Deutsch"


@pytest.mark.parametrize("kind", ["notices", "reasons"])
def test_every_code_of_the_analysis_has_words(kind):
    """A notice or a reason of the Qt-free half without words of its own would stay English."""
    known = set(NOTICES) if kind == "notices" else set(REASONS)
    missing = {code: place for code, place in codes(kind).items() if code not in known}
    assert not missing, f"add them to edge_app/ui/message_table.py: {missing}"


def test_code_that_is_named_elsewhere_has_words():
    assert OUTSIDE_CODE in NOTICES


def codes(kind: str) -> dict[str, str]:
    calls = {"Notice"} if kind == "notices" else {"FilmUnreadableError", "FilmRefusedError", "Reason"}
    found = {}
    for file in (ROOT / "edge_app").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = node.args[0]
            if name in calls and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found[first.value] = f"{file.name}:{node.lineno}"
    return found
