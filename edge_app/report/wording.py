"""Sentences that every export carries."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def research_use_line() -> str:
    """The line on every page and picture."""
    return QCoreApplication.translate("Report", "Research use only. Not a medical device.")


def heat_map_caption(any_evidence: bool) -> str:
    """What belongs under a heat map."""
    if any_evidence:
        return QCoreApplication.translate("Report", "Where the model looked, not a lesion outline")
    return QCoreApplication.translate("Report", "No positive evidence")


def band_words(band: str) -> str:
    """A band in words."""
    words = {
        "positive": QCoreApplication.translate("Report", "Above the threshold: looks like pneumonia to the model"),
        "uncertain": QCoreApplication.translate("Report", "Uncertain: too close to the threshold to rely on"),
        "negative": QCoreApplication.translate("Report", "Below the threshold: looks normal to the model"),
    }
    return words.get(band, band)
