"""Shows the Grad-CAM of the Keras model instead of the graph's evidence map, where TensorFlow is installed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from edge_app.report.wording import words_of
from edge_app.services.explainer import KerasEvidence, KerasExplainer
from edge_app.services.service_container import Services
from edge_app.system.messages import Message
from edge_app.ui.actions import Actions
from edge_app.ui.viewer.document import FilmDocument


class KerasController(QObject):
    """Connects the action `keras` with the explainer."""

    def __init__(
        self, services: Services, document: FilmDocument, actions: Actions, say: Callable[[str], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._document = document
        self._say = say
        self._switch = actions["keras"]
        self._explainer = KerasExplainer(services.queue.config, self)
        self._switch.setVisible(KerasExplainer.is_available())
        self._switch.toggled.connect(self._update)
        document.analysis_changed.connect(self._update)
        self._explainer.explained.connect(self._on_explained)
        self._explainer.failed.connect(self._on_failed)

    def close(self) -> None:
        """Ends the child process that runs TensorFlow."""
        self._explainer.close()

    def _update(self, *_: object) -> None:
        document = self._document
        analysis, film = document.analysis, document.film
        if not self._switch.isChecked():
            document.show_keras(None)
            return
        if film is None or analysis is None or analysis.evidence is None:
            return
        if document.keras is not None and document.keras.sha256 == analysis.sha256:
            return
        self._explainer.configure(self._services.queue.config)
        self._say(self.tr("The Keras model computes the heat map ..."))
        self._explainer.explain(film, document.name, analysis.evidence)

    def _on_explained(self, keras: KerasEvidence) -> None:
        # The document drops the map if it shows another film by now.
        if self._switch.isChecked() and self._document.show_keras(keras):
            self._say(self.tr("The heat map is the Keras model's own Grad-CAM."))

    def _on_failed(self, sha256: str, reason: Message) -> None:
        if self._document.film is not None and self._document.film.sha256 == sha256:
            self._switch.setChecked(False)
            self._say(str(words_of(reason)))
