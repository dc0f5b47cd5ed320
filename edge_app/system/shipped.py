"""Folders of the shipped models and assets: beside the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_IN_WHEEL = _PACKAGE / "shipped_files"  # pyproject.toml copies models/ and assets/ there

ROOT = _IN_WHEEL if _IN_WHEEL.is_dir() else _PACKAGE.parent
"""Folder that contains `models` and `assets`."""
SHIPPED_BUNDLE = ROOT / "models" / "pneumonia"
"""The default model bundle."""
ASSETS = ROOT / "assets"
"""Icons, fonts, translations and sample films."""
