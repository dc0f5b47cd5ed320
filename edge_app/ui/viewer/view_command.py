"""An undo step: the view before and after a change."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from edge_app.display.view_state import ViewState


class ViewCommand(QUndoCommand):
    """Replaces a view by another; the moves of one drag are merged into one step."""

    def __init__(
        self, apply: Callable[[ViewState], None], before: ViewState, after: ViewState, text: str, drag: int | None
    ) -> None:
        super().__init__(text)
        self._apply = apply
        self._before = before
        self._after = after
        self._drag = drag

    def id(self) -> int:
        # Qt merges commands of the same id, except -1; an id has 31 bits.
        return -1 if self._drag is None else self._drag & 0x7FFFFFFF

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, ViewCommand) or other._drag != self._drag:
            return False
        self._after = other._after
        return True

    def redo(self) -> None:
        self._apply(self._after)

    def undo(self) -> None:
        self._apply(self._before)
