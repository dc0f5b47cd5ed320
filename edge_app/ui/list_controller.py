"""Connects the actions of the List menu with the session."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from edge_app.services.service_container import Services
from edge_app.services.session import Removed
from edge_app.ui.actions import Actions
from edge_app.ui.panels.worklist_panel import WorklistPanel


class ListController(QObject):
    """Goes through the list, cancels and removes.

    Attributes:
        said: A sentence for the status line.
    """

    said = Signal(str)

    def __init__(self, services: Services, panel: WorklistPanel, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._session = services.session
        self._panel = panel
        self._actions = actions
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
        services.session.items_added.connect(self._show)
        services.session.items_removed.connect(self._show)
        actions["cancel"].setEnabled(False)
        self._show()

    def _cancel(self) -> None:
        self._session.cancel()
        self.said.emit(self.tr("What was waiting is cancelled; what was done stays."))

    def _remove(self) -> None:
        ids = self._panel.selected_ids()
        if not ids:
            return
        here = self._panel.model.row_of(ids[0]) or 0
        self._removed = self._session.remove(ids)
        if self._session.current_id is None and (item := self._next(here)) is not None:
            self._session.set_current(item)
        self._show()
        self.said.emit(self.tr("Removed from the list. No file was touched."))

    def _next(self, row: int) -> int | None:
        item = self._panel.model.item_at(min(row, self._panel.model.rowCount() - 1))
        return item.item_id if item else None

    def _clear(self) -> None:
        self._removed = self._session.remove([item.item_id for item in self._session.items])
        self._show()

    def _restore(self) -> None:
        removed, self._removed = self._removed, None
        if removed is not None and removed.rows:
            self._session.restore(removed)
            self._session.set_current(removed.rows[0][1].item_id)
        self._show()

    def _on_progress(self, done: int, total: int) -> None:
        self._actions["cancel"].setEnabled(done < total)

    def _show(self, *_: object) -> None:
        count = len(self._session)
        self._actions.enable(("remove", "clear", "save_csv"), count > 0)
        self._actions.enable(("previous", "next"), count > 1)
        self._actions.enable(("restore",), self._removed is not None)
