"""Shows identity, performance and limits of the model, from its manifest and its model card."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtWidgets import QWidget

from edge_app.bundle.manifest import Estimate, ModelFile
from edge_app.process.jobs import LoadedModel, WorkerState
from edge_app.report.wording import point_words, words_of
from edge_app.ui.dialogs.base import Dialog, form_page, reading_field
from edge_app.ui.widgets import label

_LOG = logging.getLogger(__name__)
_MODEL_CARD = "MODEL_CARD.md"
_MOST_CHARACTERS = 200_000


class ModelDialog(Dialog):
    """Four tabs: model, performance, limits and origin, model card."""

    def __init__(self, state: WorkerState, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("About the model"), parent)
        model = state.model
        if model is None:
            reason = str(words_of(state.reason)) if state.reason else self.tr("The model is being loaded.")
            self.body.addWidget(label(reason, wrap=True))
            self.body.addStretch(1)
            self.add_close()
            return
        pages = [
            (self.tr("Model"), form_page(self._identity(model))),
            (self.tr("Performance"), form_page(self._performance(model))),
            (self.tr("Limits and origin"), form_page(self._origin(model))),
        ]
        if card := _model_card(model):
            pages.append((self.tr("Model card"), reading_field(card, self.tr("Model card"))))
        self.add_tabs(pages)
        self.add_close()

    def _identity(self, model: LoadedModel) -> list[tuple[str, str]]:
        identity = model.manifest.identity
        return [
            (self.tr("Name"), f"{identity.name} {identity.version}"),
            (self.tr("Made by"), f"{identity.creator}, {identity.created}"),
            (self.tr("UID"), identity.uid),
            (self.tr("File in use"), f"{_file(model).file.path} ({model.model.variant})"),
            (self.tr("SHA-256"), model.model.sha256),
            (self.tr("Manifest SHA-256"), model.manifest_sha256),
            (self.tr("Runtime"), model.model.runtime),
            (
                self.tr("Self-test"),
                self.tr("{films} known answers reproduced, largest difference {difference}").format(
                    films=model.selftest_films, difference=f"{model.selftest_difference:.4f}"
                ),
            ),
        ]

    def _performance(self, model: LoadedModel) -> list[tuple[str, str]]:
        record = _file(model)
        rows = []
        for point in record.operating_points:
            in_use = " " + self.tr("(in use)") if point.name == model.operating_point.name else ""
            text = self.tr(
                "threshold {threshold}: sensitivity {sensitivity}, specificity {specificity}, measured on {films}"
            ).format(
                threshold=f"{point.threshold:.2f}",
                sensitivity=_percent(point.sensitivity),
                specificity=_percent(point.specificity),
                films=point.measured_on,
            )
            rows.append((point_words(point.name).capitalize() + in_use, text))
        band = self.tr("probability {low} to {high}").format(
            low=f"{record.uncertain.low:.2f}", high=f"{record.uncertain.high:.2f}"
        )
        rows.append((self.tr("Uncertain band"), band))
        for name, estimate in model.manifest.metrics.get(model.model.variant, {}).items():  # type: ignore[call-overload]
            rows.append((name, f"{estimate.value:.3f} ({estimate.low:.3f} - {estimate.high:.3f})"))
        return rows

    def _origin(self, model: LoadedModel) -> list[tuple[str, str]]:
        manifest = model.manifest
        films = ", ".join(f"{name} {count}" for name, count in manifest.training.films.items())
        return [
            (self.tr("Intended use"), manifest.intended_use.statement),
            (self.tr("Films it was made for"), manifest.intended_use.population),
            (self.tr("Limits"), "\n".join(f"-  {limit}" for limit in manifest.intended_use.limits)),
            (self.tr("Trained on"), f"{manifest.training.dataset} ({films})"),
            (self.tr("Network"), f"{manifest.training.backbone}, {manifest.training.initial_weights}"),
        ]


def _file(model: LoadedModel) -> ModelFile:
    return model.manifest.variant("float" if model.model.variant == "float" else "quant")


def _percent(estimate: Estimate) -> str:
    return f"{estimate.value * 100:.0f} % ({estimate.low * 100:.0f}-{estimate.high * 100:.0f})"


def _model_card(model: LoadedModel) -> str:
    path = Path(model.bundle) / _MODEL_CARD
    try:
        if model.bundle and path.is_file():
            return path.read_text("utf-8", errors="replace")[:_MOST_CHARACTERS]
    except OSError:
        _LOG.warning("The model card could not be read")
    return ""
