"""Colours, fonts, icons and sizes of the window."""

from edge_app.ui.theme.theme import Theme, theme
from edge_app.ui.theme.tokens import Density, Scheme, Tokens

__all__ = ["Density", "Scheme", "Theme", "Tokens", "theme"]
