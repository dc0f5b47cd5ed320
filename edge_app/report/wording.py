"""Formats messages in the language of the user, with the translations and number formats of Qt."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from edge_app.analysis.analysis import Analysis
from edge_app.analysis.record import Record, to_row
from edge_app.system.catalogue import CATALOGUE
from edge_app.system.messages import Message, Words, render

_OF_THE_FILE = ("file", "folder", "film", "dicom")
"""First parts of the codes of messages about files that could not be read."""

CONTEXT = "Message"
"""Context of the catalogue in the translation files."""


def words_of(message: Message) -> Words:
    """Formats a message in the language of the application and with the numbers of its locale."""
    return render(message, lambda template: QCoreApplication.translate(CONTEXT, template), _number)


def words(code: str) -> str:
    """Returns the text of a code without parameters, in the language of the user."""
    return words_of(Message(code)).text


def point_words(name: str) -> str:
    """Returns the translated name of an operating point; a name without translation stays as it is."""
    code = f"point.{name}"
    shown = words(code)
    return name if shown == code else shown


def heading_without_score(analysis: Analysis) -> str:
    """Returns the code of the heading of a film that has no score."""
    if analysis.status == "refused":
        return "heading.not_scored"
    # If only the analysis failed, the file can be intact.
    subject = analysis.reason.code.partition(".")[0] if analysis.reason else ""
    return "heading.not_read" if subject in _OF_THE_FILE else "heading.not_analysed"


def details(record: Record) -> list[tuple[str, str]]:
    """Returns label and value of each column that has a label in the catalogue and a value."""
    return [
        (words(f"column.{name}"), decimal(value, 0) if isinstance(value, int | float) else str(value))
        for name, value in to_row(record).items()
        if f"column.{name}" in CATALOGUE and value
    ]


def decimal(value: float, decimals: int) -> str:
    """Formats a number for the locale, without group separators."""
    locale = QLocale()
    locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    return locale.toString(float(value), "f", decimals)


def _number(value: int | float, specification: str) -> str:
    if specification.endswith("f"):
        return decimal(value, int(specification.strip(".f") or 6))
    if isinstance(value, int):
        return str(value)
    locale = QLocale()
    locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    return locale.toString(value, "g", 6)
