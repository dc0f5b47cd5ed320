"""Applies a scheme to the application, and tells whoever paints for himself that it changed."""

from __future__ import annotations

import contextlib
import tempfile
import weakref
from functools import cache
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication

from edge_app.ui.resources import FONTS
from edge_app.ui.theme import icons
from edge_app.ui.theme.stylesheet import Metrics, metrics, stylesheet
from edge_app.ui.theme.tokens import Density, Scheme, Tokens, tokens

Choice = Literal["dark", "light", "system"]
FAMILY = "Inter"

_Bearer = QAction | QAbstractButton


class Theme(QObject):
    """The look of the application.

    Attributes:
        changed: Emitted after another scheme, density or text scale was applied.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.scheme: Scheme = "dark"
        self.density: Density = "comfortable"
        self.text_scale = 1.0
        self.choice: Choice = "dark"
        self._sheet_icons = tempfile.TemporaryDirectory(prefix="pneumoscope-")
        self._bearers: list[tuple[weakref.ref[_Bearer], str]] = []
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)

    @property
    def tokens(self) -> Tokens:
        """Colours of the scheme."""
        return tokens(self.scheme)

    @property
    def metrics(self) -> Metrics:
        """Sizes of the density."""
        return metrics(self.density, self.text_scale)

    def apply(self, choice: Choice, density: Density = "comfortable", text_scale: float = 1.0) -> None:
        """Applies a look to the whole application.

        Args:
            choice: A scheme, or `system` to follow the desktop's.
            density: `touch` makes what is operated at least 44 pixels high.
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

    def bind_icon(self, bearer: _Bearer, name: str) -> None:
        """Gives an action or a button an icon that follows the scheme."""
        self._bearers = [(ref, other) for ref, other in self._bearers if ref() not in (None, bearer)]
        self._bearers.append((weakref.ref(bearer), name))
        bearer.setIcon(self.icon(name))

    def icon(self, name: str) -> QIcon:
        """Returns an icon in the colours of the scheme."""
        return icons.icon(name, self.tokens.text, self.tokens.strong_border, self.tokens.accent)

    def pixmap(self, name: str, colour: str, side_px: int) -> QPixmap:
        """Returns an icon's picture in a colour, for the sharpest screen there is."""
        app = QGuiApplication.instance()
        ratio = app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0
        return icons.pixmap(name, colour, side_px, ratio)

    def _follow_system(self) -> None:
        if self.choice == "system" and _system_scheme() != self.scheme:
            self.apply("system", self.density, self.text_scale)

    def _retint(self) -> None:
        alive = []
        for ref, name in self._bearers:
            bearer = ref()
            if bearer is None:
                continue
            with contextlib.suppress(RuntimeError):  # its C++ half went first, with its window
                bearer.setIcon(self.icon(name))
                alive.append((ref, name))
        self._bearers = alive

    def _write_sheet_icons(self) -> dict[str, str]:
        """Style sheets take pictures from files only."""
        folder = Path(self._sheet_icons.name)
        written = {}
        for name, picture, colour in (
            ("down", "down", self.tokens.muted),
            ("up", "up", self.tokens.muted),
            ("check", "check", self.tokens.on_accent),
            ("tick", "check", self.tokens.accent),
        ):
            path = folder / f"{name}-{self.scheme}.png"
            if not path.exists():
                icons.pixmap(picture, colour, 18, 2.0).save(str(path))
            written[name] = path.as_posix()
        return written


@cache
def theme() -> Theme:
    """The theme of this process's application; needs a `QApplication`."""
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
