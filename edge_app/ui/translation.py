"""Loads the translations of the program and those of Qt for its standard buttons."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from edge_app.ui.resources import TRANSLATIONS

SOURCE_LANGUAGE = "en"


def languages() -> dict[str, str]:
    """Returns code and native name of each available language."""
    codes = [SOURCE_LANGUAGE, *sorted(file.stem.rpartition("_")[2] for file in TRANSLATIONS.glob("pneumoscope_*.qm"))]
    return {code: QLocale(code).nativeLanguageName().capitalize() for code in codes}


def install_translations(application: QApplication, language: str) -> str:
    """Installs the translations of a language.

    Args:
        application: Owner of the translators.
        language: A code such as `de`; `system` for the language of the desktop.

    Returns:
        Code of the language in use: English if there is no translation.
    """
    for old in application.findChildren(QTranslator):
        application.removeTranslator(old)
        old.deleteLater()
    code = QLocale.system().name().partition("_")[0] if language == "system" else language
    if code not in languages() or code == SOURCE_LANGUAGE:
        QLocale.setDefault(QLocale(SOURCE_LANGUAGE))
        return SOURCE_LANGUAGE
    QLocale.setDefault(QLocale(code))
    for name, folder in (
        (f"qtbase_{code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
        (f"pneumoscope_{code}", str(TRANSLATIONS)),
    ):
        translator = QTranslator(application)
        if translator.load(name, folder):
            application.installTranslator(translator)
    return code
