"""Where icons, fonts, translations and sample films lie."""

from __future__ import annotations

from pathlib import Path

from edge_app.system.shipped import ASSETS

ICONS = ASSETS / "icons"
FONTS = ASSETS / "fonts"
TRANSLATIONS = ASSETS / "translations"
SAMPLES = ASSETS / "samples"


def sample_films() -> list[Path]:
    """The synthetic films that come with the program, by name; empty where they were not installed."""
    return sorted(SAMPLES.glob("*.png"))
