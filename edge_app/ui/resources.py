"""Folders of icons, fonts, translations and sample films."""

from __future__ import annotations

from pathlib import Path

from edge_app.system.shipped import ASSETS

ICONS = ASSETS / "icons"
FONTS = ASSETS / "fonts"
TRANSLATIONS = ASSETS / "translations"
SAMPLES = ASSETS / "samples"


def sample_films() -> list[Path]:
    """Returns the synthetic films of the program, sorted by name; empty if they are not installed."""
    return sorted(SAMPLES.glob("*.png"))
