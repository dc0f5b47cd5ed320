"""Dialogs of text: consent, intended use, about, crash report."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QDialogButtonBox, QPushButton, QWidget

from edge_app import __version__
from edge_app.process.jobs import LoadedModel
from edge_app.report.wording import words, words_of
from edge_app.services.crash import CrashReport, versions
from edge_app.ui.dialogs.base import Dialog, reading_field
from edge_app.ui.widgets import label


class ConsentDialog(Dialog):
    """Asks for consent before the first film; `accepted` means that the user gave it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Before you start"), parent)
        points = (
            self.tr(
                "Pneumoscope is research software. It is not a medical device and must not decide about a patient."
            ),
            self.tr(
                "It knows frontal chest films of young children from one hospital. On adults, and on films of other "
                "hospitals, it can be worse than chance."
            ),
            self.tr("It looks for pneumonia only. It says nothing about any other finding."),
            self.tr("The heat map shows where the model looked. It is not the outline of a lesion."),
            self.tr("Films, results and reports stay on this computer. Nothing is sent anywhere."),
        )
        text = "\n\n".join(f"-  {point}" for point in points)
        self.body.addWidget(reading_field(text, self.tr("What you must know")), 1)
        self._check = QCheckBox(self.tr("I have read this, and I will not rely on the score alone."))
        self.body.addWidget(self._check)
        start = QPushButton(self.tr("Start"))
        start.setEnabled(False)
        start.setProperty("role", "primary")
        self.buttons.addButton(start, QDialogButtonBox.ButtonRole.AcceptRole)
        leave = self.buttons.addButton(self.tr("Quit"), QDialogButtonBox.ButtonRole.RejectRole)
        leave.setAutoDefault(False)
        self._check.toggled.connect(start.setEnabled)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._check.setFocus()


class IntendedUseDialog(Dialog):
    """Shows the intended use of the model, from its manifest."""

    def __init__(self, model: LoadedModel | None, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Intended use"), parent)
        if model is None:
            text = self.tr("The model is not loaded yet.")
        else:
            use = model.manifest.intended_use
            limits = "\n".join(f"-  {limit}" for limit in use.limits)
            parts = (
                use.statement,
                self.tr("Films it was made for") + "\n" + use.population,
                self.tr("Limits") + "\n" + limits,
            )
            text = "\n\n".join(parts)
        self.body.addWidget(label(words("research_use"), "warning"))
        self.body.addWidget(reading_field(text, self.tr("Intended use")), 1)
        self.add_close()


class AboutDialog(Dialog):
    """Shows versions and licences, to copy into a bug report."""

    def __init__(self, model: LoadedModel | None, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Pneumoscope {version}").format(version=__version__), parent)
        self.body.addWidget(
            label(
                self.tr("Reads a chest X-ray for pneumonia, and shows how sure it is and where it looked."), wrap=True
            )
        )
        self.body.addWidget(label(words("research_use"), "warning"))
        lines = [versions()]
        if model is not None:
            lines.append(f"{model.model.name} ({model.model.variant}), {model.model.runtime}")
            lines.append(model.model.sha256)
            how = "; ".join(words_of(message).text for message in model.confinement.messages)
            lines.append(self.tr("The film reader is locked up: {how}").format(how=how))
        lines += [self.tr("Data sent off this computer: none"), ""]
        lines.append(self.tr("Licence: Apache-2.0. Qt and PySide6: LGPL-3.0. Font Inter: SIL OFL 1.1."))
        text = "\n".join(lines)
        self.body.addWidget(reading_field(text, self.tr("System information")), 1)
        copy = self.add_button(self.tr("Copy system information"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
        self.add_close()


class CrashDialog(Dialog):
    """Shows the reports of earlier crashes; `accepted` means that the user wants to delete them."""

    def __init__(self, reports: tuple[CrashReport, ...], parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Pneumoscope ended unexpectedly"), parent)
        words = self.tr(
            "Last time something went wrong. This report was kept on this computer and sent to nobody. It holds no "
            "file names and nothing of a patient. Copy it if you want to report the fault."
        )
        self.body.addWidget(label(words, wrap=True))
        text = "\n\n".join(report.text for report in reports)
        self.body.addWidget(reading_field(text, self.tr("Crash report")), 1)
        copy = self.add_button(self.tr("Copy report"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
        self.add_button(self.tr("Delete report")).clicked.connect(self.accept)
        self.add_close().setText(self.tr("Keep for now"))
