"""Asks which films a PDF report covers, and shows the progress."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QRadioButton, QWidget

from edge_app.records.worklist import WorklistItem
from edge_app.report.wording import words_of
from edge_app.system.messages import Message
from edge_app.ui.dialogs.base import Dialog
from edge_app.ui.messages import outcome_words
from edge_app.ui.widgets import label


class ReportDialog(Dialog):
    """Asks for the films of a report, and shows its progress.

    Attributes:
        write_requested: The films of the report, `tuple[WorklistItem, ...]`.
        cancel_requested: The user cancels the report that is being written.
    """

    write_requested = Signal(object)
    cancel_requested = Signal()

    def __init__(
        self,
        current: WorklistItem | None,
        selected: tuple[WorklistItem, ...],
        everything: tuple[WorklistItem, ...],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(self.tr("Report"), parent)
        self._choices: list[tuple[QRadioButton, tuple[WorklistItem, ...]]] = []
        self._writing = False
        if current is not None:
            text = self.tr("This film: {name} ({outcome})").format(
                name=current.name, outcome=outcome_words(current.outcome)
            )
            self._choice(text, (current,))
        if len(selected) > 1:
            self._choice(self.tr("The {count} selected films").format(count=len(selected)), selected)
        if len(everything) > 1:
            self._choice(self.tr("All {count} films of the list").format(count=len(everything)), everything)
        if self._choices:
            self._choices[0][0].setChecked(True)
        words = self.tr(
            "One page for each film: film and heat map, result with its operating point, flags, model and hashes, your "
            "reading and comment. A film without a score is reported with its reason."
        )
        self.body.addWidget(label(words, "muted", wrap=True))
        self._status = label(wrap=True)
        self._progress = QProgressBar(textVisible=False)
        self._progress.hide()
        self.body.addStretch(1)
        self.body.addWidget(self._status)
        self.body.addWidget(self._progress)
        self._write = self.add_button(self.tr("Save PDF..."), primary=True)
        self._write.clicked.connect(self._ask)
        self._close = self.add_close()

    def show_progress(self, done: int, total: int) -> None:
        """Shows that `done` of `total` films are written."""
        self._writing = True
        self._write.setEnabled(False)
        self._close.setText(self.tr("Cancel"))
        self._progress.setVisible(True)
        self._progress.setRange(0, total)
        self._progress.setValue(done)
        self._status.setText(self.tr("{done} of {total}").format(done=done, total=total))

    def show_finished(self, path: Path) -> None:
        self._end(self.tr("Saved: {path}").format(path=path))

    def show_failed(self, message: Message) -> None:
        self._end(str(words_of(message)))

    def reject(self) -> None:
        # While a report is written, Cancel stops the report and leaves the dialog open.
        if self._writing:
            self.cancel_requested.emit()
            self._end(self.tr("The report was given up; no file was left."))
            return
        super().reject()

    def _end(self, text: str) -> None:
        self._writing = False
        self._write.setEnabled(True)
        self._close.setText(self.tr("Close"))
        self._progress.hide()
        self._status.setText(text)

    def _choice(self, text: str, items: tuple[WorklistItem, ...]) -> None:
        button = QRadioButton(text.replace("&", "&&"))
        self._choices.append((button, items))
        self.body.addWidget(button)

    def _ask(self) -> None:
        for button, items in self._choices:
            if button.isChecked():
                self.write_requested.emit(items)
