"""A button of a tool bar: the icon, the tip and the name of an action, in the size of the theme."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from edge_app.ui.actions import Actions
from edge_app.ui.theme import theme


class BarButton(QToolButton):
    """Shows an action."""

    def __init__(self, actions: Actions, key: str, *, label: str = "", parent: QWidget | None = None) -> None:
        """Makes a button.

        Args:
            actions: Of the window.
            key: The action.
            label: Shown under the icon; empty for an icon alone.
            parent: Owner.
        """
        super().__init__(parent)
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
        # A change of the action, such as being checked, puts its long text back.
        if self.text() != self._label:
            self.setText(self._label)

    def _fit_icon(self) -> None:
        side_px = theme().metrics.icon
        self.setIconSize(QSize(side_px, side_px))
