"""Marks words for translation that are translated later."""

from __future__ import annotations


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # lupdate finds the words by this name
    """Returns `text` as it is; lupdate puts it into the translations under `context`.

    PySide6's own function of this name says that it returns `object`.
    """
    del context
    return text
