"""Where what is shipped with the code lies: in a checkout beside the package, in an installed wheel inside it."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_IN_WHEEL = _PACKAGE / "shipped_files"  # where pyproject.toml puts models/ and assets/ in the wheel

ROOT = _IN_WHEEL if _IN_WHEEL.is_dir() else _PACKAGE.parent
"""Folder of `models` and `assets`."""
SHIPPED_BUNDLE = ROOT / "models" / "pneumonia"
"""The model bundle that is used unless another is asked for."""
ASSETS = ROOT / "assets"
"""Icons, fonts, translations and sample films."""
