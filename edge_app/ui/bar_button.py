"""A tool-bar button for an action, with the icon size of the theme."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton

from edge_app.ui.actions import Actions
from edge_app.ui.theme import theme


class BarButton(QToolButton):
    """Shows the icon, tooltip and name of an action."""

    def __init__(self, actions: Actions, key: str, *, label: str = "") -> None:
        """Makes a button.

        Args:
            actions: Actions of the window.
            key: Key of the action.
            label: Text under the icon; empty for an icon alone.
        """
        super().__init__()
        self._label = label
        self.setDefaultAction(actions[key])
        self.setAccessibleName(actions[key].text().removesuffix("..."))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if label:
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            self.setText(label)
            actions[key].changed.connect(self._keep_label)
        theme().changed.connect(self._fit_icon)
        self._fit_icon()

    def _keep_label(self) -> None:
        # Qt resets the text to the action's whenever the action changes, for example when it is checked.
        if self.text() != self._label:
            self.setText(self._label)

    def _fit_icon(self) -> None:
        side_px = theme().metrics.icon
        self.setIconSize(QSize(side_px, side_px))
