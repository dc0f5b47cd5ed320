"""Applies colours, sizes and fonts to the application and signals each change."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Literal
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication
from shiboken6 import isValid

from edge_app.ui.resources import FONTS
from edge_app.ui.theme import icons
from edge_app.ui.theme.stylesheet import Metrics, metrics, stylesheet
from edge_app.ui.theme.tokens import Density, Scheme, Tokens, tokens

Choice = Literal["dark", "light", "system"]
FAMILY = "Inter"

_HasIcon = QAction | QAbstractButton


class Theme(QObject):
    """The look of the application.

    Attributes:
        changed: Emitted after the scheme, the density or the text scale changed.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.scheme: Scheme = "dark"
        self.density: Density = "comfortable"
        self.text_scale = 1.0
        self.choice: Choice = "dark"
        self._sheet_icons = tempfile.TemporaryDirectory(prefix="pneumoscope-")
        self._icons: WeakKeyDictionary[_HasIcon, str] = WeakKeyDictionary()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)

    def scaled_width(self, width_px: int) -> int:
        """Returns the width of a side column, pixels: it grows with the text, by 30 % at most."""
        return round(width_px * min(1.3, max(1.0, self.text_scale)))

    @property
    def tokens(self) -> Tokens:
        return tokens(self.scheme)

    @property
    def metrics(self) -> Metrics:
        return metrics(self.density, self.text_scale)

    def apply(self, choice: Choice, density: Density = "comfortable", text_scale: float = 1.0) -> None:
        """Applies a look to the whole application.

        Args:
            choice: A scheme, or `system` to follow the desktop.
            density: `touch` makes all controls at least 44 pixels high.
            text_scale: 1.0 for the designed size.
        """
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            return
        self.choice = choice
        hints = QGuiApplication.styleHints()
        wanted = {"dark": Qt.ColorScheme.Dark, "light": Qt.ColorScheme.Light, "system": Qt.ColorScheme.Unknown}[choice]
        hints.setColorScheme(wanted)
        self.scheme = choice if choice != "system" else _system_scheme()
        self.density, self.text_scale = density, text_scale
        app.setStyle("Fusion")
        app.setPalette(_palette(self.tokens))
        font = QFont(FAMILY)
        font.setPixelSize(self.metrics.text)
        app.setFont(font)
        app.setStyleSheet(stylesheet(self.tokens, self.metrics, self._write_sheet_icons()))
        self._retint()
        self.changed.emit()

    def bind_icon(self, owner: _HasIcon, name: str) -> None:
        """Gives an action or a button an icon that follows the scheme."""
        self._icons[owner] = name
        owner.setIcon(self.icon(name))

    def icon(self, name: str) -> QIcon:
        """Returns an icon in the colours of the scheme."""
        return icons.icon(name, self.tokens.text, self.tokens.strong_border, self.tokens.accent)

    def pixmap(self, name: str, colour: str, side_px: int) -> QPixmap:
        """Returns an icon in one colour, at the highest pixel ratio of the screens."""
        app = QGuiApplication.instance()
        ratio = app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0
        return icons.pixmap(name, colour, side_px, ratio)

    def _follow_system(self) -> None:
        if self.choice == "system" and _system_scheme() != self.scheme:
            self.apply("system", self.density, self.text_scale)

    def _retint(self) -> None:
        for owner, name in list(self._icons.items()):
            if isValid(owner):  # Qt deletes it together with its window
                owner.setIcon(self.icon(name))
            else:
                del self._icons[owner]

    def _write_sheet_icons(self) -> dict[str, str]:
        """Qt style sheets read icons from files only."""
        folder = Path(self._sheet_icons.name)
        written = {}
        for name, source, colour in (
            ("down", "down", self.tokens.muted),
            ("up", "up", self.tokens.muted),
            ("check", "check", self.tokens.on_accent),
            ("tick", "check", self.tokens.accent),
        ):
            path = folder / f"{name}-{self.scheme}.png"
            if not path.exists():
                icons.pixmap(source, colour, 18, 2.0).save(str(path))
            written[name] = path.as_posix()
        return written


@cache
def theme() -> Theme:
    """Returns the theme of the application; needs a `QApplication`."""
    for file in sorted(FONTS.glob("*.otf")):
        QFontDatabase.addApplicationFont(str(file))
    return Theme()


def _system_scheme() -> Scheme:
    light = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
    return "light" if light else "dark"


def _palette(colours: Tokens) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: colours.window,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Base: colours.field,
        QPalette.ColorRole.AlternateBase: colours.panel,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.Button: colours.raised,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.BrightText: colours.refused,
        QPalette.ColorRole.Highlight: colours.selection,
        QPalette.ColorRole.HighlightedText: colours.text,
        QPalette.ColorRole.ToolTipBase: colours.raised,
        QPalette.ColorRole.ToolTipText: colours.text,
        QPalette.ColorRole.PlaceholderText: colours.muted,
        QPalette.ColorRole.Link: colours.accent,
        QPalette.ColorRole.LinkVisited: colours.accent,
        QPalette.ColorRole.Accent: colours.accent,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.muted))
    return palette
