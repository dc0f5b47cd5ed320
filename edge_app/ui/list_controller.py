"""Connects the actions of the List menu with the session."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from edge_app.services.service_container import Services
from edge_app.services.session import Removed
from edge_app.ui.actions import Actions
from edge_app.ui.panels.worklist_panel import WorklistPanel


class ListController(QObject):
    """Steps through the list, cancels analyses, and removes and restores films."""

    def __init__(
        self, services: Services, panel: WorklistPanel, actions: Actions, say: Callable[[str], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = services.session
        self._panel = panel
        self._actions = actions
        self._say = say
        self._removed: Removed | None = None
        actions.connect(
            {
                "previous": lambda: panel.step(-1),
                "next": lambda: panel.step(1),
                "cancel": self._cancel,
                "remove": self._remove,
                "clear": self._clear,
                "restore": self._restore,
            }
        )
        services.queue.progress.connect(self._on_progress)
        services.session.items_added.connect(self._enable)
        services.session.items_removed.connect(self._enable)
        actions["cancel"].setEnabled(False)
        self._enable()

    def _cancel(self) -> None:
        self._session.cancel()
        self._say(self.tr("What was waiting is cancelled; what was done stays."))

    def _remove(self) -> None:
        ids = self._panel.selected_ids()
        if not ids:
            return
        model = self._panel.model
        first = model.row_of(ids[0]) or 0
        self._removed = self._session.remove(ids)
        if self._session.current_id is None and (item := model.item_at(min(first, model.rowCount() - 1))) is not None:
            self._session.set_current(item.item_id)
        self._enable()
        self._say(self.tr("Removed from the list. No file was touched."))

    def _clear(self) -> None:
        self._removed = self._session.remove([item.item_id for item in self._session.items])
        self._enable()

    def _restore(self) -> None:
        removed, self._removed = self._removed, None
        if removed is not None and removed.rows:
            self._session.restore(removed)
            self._session.set_current(removed.rows[0][1].item_id)
        self._enable()

    def _on_progress(self, done: int, total: int) -> None:
        self._actions["cancel"].setEnabled(done < total)

    def _enable(self, *_: object) -> None:
        count = len(self._session)
        self._actions.enable(("remove", "clear", "save_csv"), count > 0)
        self._actions.enable(("previous", "next"), count > 1)
        self._actions.enable(("restore",), self._removed is not None)
