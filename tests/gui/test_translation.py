from __future__ import annotations

import importlib.util
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QTranslator

from edge_app.report.wording import CONTEXT, words_of
from edge_app.system.catalogue import CATALOGUE
from edge_app.system.messages import Message, placeholders
from edge_app.ui.resources import ASSETS, TRANSLATIONS
from edge_app.ui.translation import install_translations, languages

ROOT = ASSETS.parent


def messages(file: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """Returns translation and state for each context and source text."""
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
    command = [
        update.tool("pyside6-lupdate"),
        "-silent",
        "-locations",
        "none",
        *update.sources(tmp_path),
        "-ts",
        str(fresh),
    ]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    wanted = set(messages(fresh))
    german = messages(TRANSLATIONS / "pneumoscope_de.ts")
    assert not wanted - set(german), "new words: run assets/translations/update.py and translate them"
    open_ones = [source for (_, source), (text, state) in german.items() if state == "unfinished" or not text]
    assert not open_ones


def test_fields_survive_translation():
    for (_, source), (text, _) in messages(TRANSLATIONS / "pneumoscope_de.ts").items():
        assert placeholders(source) == placeholders(text), source
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


@pytest.fixture
def german(qapp):
    before = QLocale()
    assert install_translations(qapp, "de") == "de"
    yield
    install_translations(qapp, "en")
    QLocale.setDefault(before)


def test_german_says_ages_views_sizes_and_numbers_too(german):
    reasons = (Message("population.years", years=45.0), Message("population.view", view="PA"))
    outside = words_of(Message("population.outside", reasons=reasons, least=1.0, greatest=5.0)).text
    assert "das Alter ist 45 Jahre und die Ansicht ist PA" in outside
    assert "von 1 bis 5 Jahren" in outside
    small = words_of(Message("gate.too_small", columns=2000, rows=150, least=160)).text
    assert small.startswith("Der Film hat 2000 x 150 Bildpunkte")
    slow = words_of(Message("worker.timeout", name="a.png", limit_s=2.5))
    assert slow == ("a.png wurde nicht analysiert: Es dauerte länger als 2,5 s.", "Andere Filme sind nicht betroffen.")


def test_every_template_has_german_with_the_same_parameters(german):
    german_texts = messages(TRANSLATIONS / "pneumoscope_de.ts")
    for code, templates in CATALOGUE.items():
        for template in templates:
            if template and template != "{hints}":
                text, _ = german_texts[CONTEXT, template]
                assert placeholders(text) == placeholders(template), code
