"""Takes the verdict of the reader, agree or disagree, and a comment."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QPlainTextEdit, QPushButton, QWidget

from edge_app.records.worklist import NO_REVIEW, Review, Verdict
from edge_app.ui.theme import theme
from edge_app.ui.widgets import column, label, row

_COMMENT_LINES = 2


class ReviewBox(QWidget):
    """Shows and changes a `Review`.

    Attributes:
        reviewed: The new `Review`; for a comment when its field loses the focus.
    """

    reviewed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._review = NO_REVIEW
        self._buttons: dict[Verdict, QPushButton] = {
            "agree": QPushButton(self.tr("I agree")),
            "disagree": QPushButton(self.tr("I disagree")),
        }
        self.comment = _CommentField()
        self.comment.setPlaceholderText(self.tr("Comment for the report"))
        self.comment.setAccessibleName(self.tr("Comment for the report"))
        self.comment.setTabChangesFocus(True)
        self.comment.left.connect(self.commit)
        self._row = row()
        for verdict, button in self._buttons.items():
            button.setCheckable(True)
            theme().bind_icon(button, verdict)
            self._row.addWidget(button, 1)
        self._buttons["agree"].clicked.connect(lambda on: self._choose("agree", on))
        self._buttons["disagree"].clicked.connect(lambda on: self._choose("disagree", on))
        layout = column(self, spacing_px=8)
        layout.addWidget(label(self.tr("Your reading"), "heading"))
        layout.addLayout(self._row)
        layout.addWidget(self.comment)
        theme().changed.connect(self._fit)
        self._fit()

    def show_review(self, review: Review) -> None:
        """Shows a review. Call `commit` before you show the review of another film."""
        self._review = review
        for verdict, button in self._buttons.items():
            button.setChecked(review.verdict == verdict)
        if self.comment.toPlainText() != review.comment:
            self.comment.setPlainText(review.comment)

    def fit_width(self, width_px: int) -> None:
        """Stacks the buttons if they do not fit side by side into `width_px`."""
        needed = sum(button.minimumSizeHint().width() for button in self._buttons.values()) + self._row.spacing()
        directions = QBoxLayout.Direction
        self._row.setDirection(directions.LeftToRight if needed <= width_px else directions.TopToBottom)

    def commit(self) -> None:
        """Emits `reviewed` if the comment changed."""
        self._set(Review(self._review.verdict, self.comment.toPlainText()))

    def _choose(self, verdict: Verdict, on: bool) -> None:
        self._set(Review(verdict if on else None, self.comment.toPlainText()))

    def _set(self, review: Review) -> None:
        if review != self._review:
            self.show_review(review)
            self.reviewed.emit(review)

    def _fit(self) -> None:
        self.comment.setFixedHeight(self.comment.fontMetrics().lineSpacing() * _COMMENT_LINES + 22)


class _CommentField(QPlainTextEdit):
    """Emits `left` when it loses the focus."""

    left = Signal()

    def focusOutEvent(self, event: object) -> None:
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self.left.emit()
