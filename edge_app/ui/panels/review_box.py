"""The reader's own word: agrees or disagrees, and a comment."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from edge_app.records.worklist import NO_REVIEW, Review, Verdict
from edge_app.ui.plain_label import label
from edge_app.ui.theme import theme

_COMMENT_LINES = 2


class ReviewBox(QWidget):
    """Shows and changes a `Review`.

    Attributes:
        reviewed: The new `Review`. A comment is handed on when the field is left.
    """

    reviewed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._review = NO_REVIEW
        self._buttons: dict[Verdict, QPushButton] = {
            "agree": QPushButton(self.tr("I agree")),
            "disagree": QPushButton(self.tr("I disagree")),
        }
        self.comment = _CommentField()
        self.comment.setPlaceholderText(self.tr("Comment for the report"))
        self.comment.setAccessibleName(self.tr("Comment for the report"))
        self.comment.setTabChangesFocus(True)
        self.comment.left.connect(self._emit)
        self._row = row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setSpacing(8)
        for verdict, button in self._buttons.items():
            button.setCheckable(True)
            theme().bind_icon(button, verdict)
            row.addWidget(button, 1)
        self._buttons["agree"].clicked.connect(lambda on: self._choose("agree", on))
        self._buttons["disagree"].clicked.connect(lambda on: self._choose("disagree", on))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(label(self.tr("Your reading"), "heading"))
        layout.addLayout(row)
        layout.addWidget(self.comment)
        theme().changed.connect(self._fit)
        self._fit()

    def show_review(self, review: Review) -> None:
        """Shows a review; what was typed for another film was handed on before."""
        self._review = review
        for verdict, button in self._buttons.items():
            button.setChecked(review.verdict == verdict)
        if self.comment.toPlainText() != review.comment:
            self.comment.setPlainText(review.comment)

    def fit_width(self, width_px: int) -> None:
        """Puts the buttons one above the other where there is no room side by side."""
        needed = sum(button.minimumSizeHint().width() for button in self._buttons.values()) + self._row.spacing()
        directions = QBoxLayout.Direction
        self._row.setDirection(directions.LeftToRight if needed <= width_px else directions.TopToBottom)

    def commit(self) -> None:
        """Hands on a comment that is still being typed."""
        self._emit()

    def _choose(self, verdict: Verdict, on: bool) -> None:
        self._set(Review(verdict if on else None, self.comment.toPlainText()))

    def _emit(self) -> None:
        self._set(Review(self._review.verdict, self.comment.toPlainText()))

    def _set(self, review: Review) -> None:
        if review != self._review:
            self.show_review(review)
            self.reviewed.emit(review)

    def _fit(self) -> None:
        self.comment.setFixedHeight(self.comment.fontMetrics().lineSpacing() * _COMMENT_LINES + 22)


class _CommentField(QPlainTextEdit):
    """Tells when it is left."""

    left = Signal()

    def focusOutEvent(self, event: object) -> None:
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self.left.emit()
