"""Shows the result of the current film: band, probability, warnings, and the verdict of the reader."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QWidget

from edge_app.analysis.analysis import Analysis
from edge_app.analysis.record import record_of
from edge_app.process.jobs import LoadedModel
from edge_app.records.worklist import NO_REVIEW, WorklistItem
from edge_app.report.wording import details, heading_without_score, words, words_of
from edge_app.ui.messages import BAND_ICONS, meaning, outcome_words
from edge_app.ui.panels.probability_scale import ProbabilityScale, ScaleValues
from edge_app.ui.panels.review_box import ReviewBox
from edge_app.ui.panels.warning_bar import WarningBar
from edge_app.ui.theme import theme
from edge_app.ui.widgets import card, column, label, row

_HASH_LENGTH, _HASH_SHOWN = 64, 12
_MARGIN_PX = 14
_LEAST_WIDTH_PX = 285


class ResultPanel(QScrollArea):
    """Shows one row of the worklist.

    Attributes:
        reviewed: The reader's `Review` changed.
        retry_requested: The user wants to analyse the film again.
    """

    reviewed = Signal(object)
    retry_requested = Signal()

    def __init__(self) -> None:
        super().__init__(widgetResizable=True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._item: WorklistItem | None = None
        self._model: LoadedModel | None = None

        self._icon = label()
        self._band = label(role="band", wrap=True)
        self._probability = label(role="big")
        self._caption = label(self.tr("probability of pneumonia, as the model sees it"), "muted", wrap=True)
        self._scale = ProbabilityScale()
        self._meaning = label(wrap=True)
        self._retry = QPushButton(self.tr("Try again"))
        self._retry.clicked.connect(self.retry_requested)
        self._flags, self._flags_layout = card(spacing_px=6)
        self._warning = WarningBar(words("outside.loud"))
        self._details = label(role="mono", wrap=True, selectable=True)
        self._details.setAccessibleName(self.tr("Details of the analysis"))
        self._review = ReviewBox()
        self._review.reviewed.connect(self.reviewed)

        body = QWidget()
        body.setObjectName("Panel")
        layout = column(body, spacing_px=12, margins=(_MARGIN_PX, 12, _MARGIN_PX, 12))
        for widget in (self._warning, self._result_card(), self._flags, self._review, self._details):
            layout.addWidget(widget)
        layout.addStretch(1)
        self.setWidget(body)
        theme().changed.connect(self._show)
        theme().changed.connect(self._fit_width_later)
        self._fit_width_later()
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_width()

    def _fit_width_later(self) -> None:
        self.setMinimumWidth(theme().scaled_width(_LEAST_WIDTH_PX))
        # The buttons get their new size later, when the style polishes them.
        QTimer.singleShot(0, self, self._fit_width)

    def _fit_width(self) -> None:
        self._review.fit_width(self.viewport().width() - 2 * _MARGIN_PX)

    def sizeHint(self) -> QSize:
        return QSize(330, 500)

    def set_model(self, model: LoadedModel | None) -> None:
        """Sets the model whose measured sensitivity and specificity are shown."""
        self._model = model
        self._show()

    @property
    def item_id(self) -> int | None:
        return self._item.item_id if self._item else None

    def commit_review(self) -> None:
        """Emits `reviewed` for a comment that is still being typed."""
        if self._item is not None:
            self._review.commit()

    def show_item(self, item: WorklistItem | None) -> None:
        """Shows a row of the worklist; None for none."""
        self._item = item
        self._show()

    def _result_card(self) -> QFrame:
        frame, layout = card(spacing_px=6)
        head = row(spacing_px=10)
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._band, 1)
        number = row(spacing_px=10)
        number.addWidget(self._probability)
        number.addWidget(self._caption, 1, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(head)
        layout.addLayout(number)
        layout.addWidget(self._scale)
        layout.addWidget(self._meaning)
        layout.addWidget(self._retry, 0, Qt.AlignmentFlag.AlignLeft)
        return frame

    def _show(self) -> None:
        item = self._item
        analysis = item.analysis if item is not None and item.state == "done" else None
        decision = analysis.decision if analysis else None
        for widget in (self._probability, self._caption, self._scale):
            widget.setVisible(decision is not None)
        self._retry.setVisible(item is not None and item.outcome in ("failed", "cancelled"))
        self._review.setVisible(decision is not None)
        self._review.show_review(item.review if item else NO_REVIEW)
        self._details.setVisible(analysis is not None and bool(analysis.model.name))
        self._details.setText(_detail_lines(analysis) if analysis else "")
        self._show_flags(analysis)
        outside = item is not None and item.is_outside_population and decision is not None
        self._warning.setVisible(outside)
        # The probability must not be used here; it stays visible, greyed out, for those who evaluate the model.
        self._probability.setEnabled(not outside)
        if item is None:
            text = self.tr("Open a film to see what the model says.")
            if self._model is not None:
                text += "\n\n" + self._model.manifest.intended_use.statement
            self._head("info", theme().tokens.muted, self.tr("No film"), text)
        elif analysis is None:
            waiting = {
                "running": self.tr("The film is being analysed."),
                "cancelled": self.tr("This film was not analysed: it was cancelled."),
            }
            text = waiting.get(item.state, self.tr("The film waits for its analysis."))
            self._head(BAND_ICONS[item.outcome], theme().tokens.muted, outcome_words(item.outcome).capitalize(), text)
        elif decision is None:
            reason = analysis.reason
            text = "\n\n".join(part for part in words_of(reason) if part) if reason else ""
            title = words(heading_without_score(analysis))
            self._head(BAND_ICONS[item.outcome], theme().tokens.refused, title, text)
        else:
            self._show_decision(analysis)

    def _show_decision(self, analysis: Analysis) -> None:
        decision, model = analysis.decision, self._model
        if decision is None:
            return
        outside = analysis.is_outside_population
        colour = theme().tokens.muted if outside else getattr(theme().tokens, decision.band)
        self._probability.setText(self.tr("{percent} %").format(percent=round(decision.probability * 100)))
        known = model is not None and model.model.sha256 == analysis.model.sha256
        low = high = decision.threshold
        text = ""
        if model is not None and known:
            uncertain = model.manifest.variant(model.model.variant).uncertain  # type: ignore[arg-type]
            low, high = uncertain.low, uncertain.high
            if outside:
                text = self.tr("What was measured does not hold for this film.")
            else:
                text = meaning(decision.band, model.operating_point)
        self._scale.show_values(ScaleValues(decision.probability, decision.threshold, low, high))
        self._head(BAND_ICONS[decision.band], colour, words(f"band.{decision.band}"), text)

    def _head(self, icon: str, colour: str, title: str, text: str) -> None:
        side_px = round(theme().metrics.text * 1.9)
        self._icon.setPixmap(theme().pixmap(icon, colour, side_px))
        self._band.setText(title)
        self._band.setStyleSheet(f"color: {colour};")
        self._meaning.setText(text)
        self._meaning.setVisible(bool(text))

    def _show_flags(self, analysis: Analysis | None) -> None:
        while (entry := self._flags_layout.takeAt(0)) is not None:
            if (widget := entry.widget()) is not None:
                widget.deleteLater()
        notices = analysis.quality if analysis else ()
        self._flags.setVisible(bool(notices))
        if notices:
            self._flags_layout.addWidget(label(words("heading.warnings"), "heading"))
        for notice in notices:
            self._flags_layout.addWidget(_flag_row(words_of(notice).text))


def _detail_lines(analysis: Analysis) -> str:
    return "\n".join(
        f"{label}: {value[:_HASH_SHOWN] if len(value) == _HASH_LENGTH else value}"
        for label, value in details(record_of(analysis))
    )


def _flag_row(text: str) -> QWidget:
    flag = QWidget()
    layout = row(flag)
    sign = label()
    sign.setPixmap(theme().pixmap("flag", theme().tokens.refused, 16))
    layout.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
    layout.addWidget(label(text, wrap=True), 1)
    return flag
