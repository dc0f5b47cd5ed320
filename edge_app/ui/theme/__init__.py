"""Colours, fonts, icons and sizes: the one place that knows how things look."""

from edge_app.ui.theme.theme import Theme, theme
from edge_app.ui.theme.tokens import Density, Scheme, Tokens

__all__ = ["Density", "Scheme", "Theme", "Tokens", "theme"]
