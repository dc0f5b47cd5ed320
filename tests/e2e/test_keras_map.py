"""The action that computes the heat map with the Keras model. The tests of the services cover the explainer."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.services.explainer import KerasEvidence, KerasExplainer
from edge_app.system.messages import Message
from edge_app.ui.viewer.corners import heat_caption
from tests.support.window import Driver


@pytest.fixture
def asked(monkeypatch):
    """Replaces the explainer on a machine without TensorFlow; records the requests."""
    calls = []
    monkeypatch.setattr(KerasExplainer, "is_available", staticmethod(lambda: True))
    monkeypatch.setattr(KerasExplainer, "explain", lambda self, *arguments: calls.append((self, *arguments)))
    return calls


def test_keras_map_is_shown_with_how_well_it_agrees(drive, films, asked):
    def script(w: Driver) -> None:
        w.wait_film("a.png")
        own = w.document.unit_evidence()
        w.trigger("keras")
        explainer, film, name, evidence = asked[0]
        assert film is w.document.film, "the pixels that are shown, not another reading"
        assert name == "a.png"
        assert evidence is w.document.analysis.evidence
        explainer.explained.emit(KerasEvidence(film.sha256, np.full((7, 7), 0.5, np.float32), 0.987))
        assert (w.document.unit_evidence() == 0.5).all()
        assert "correlation with the fast map 0.99" in heat_caption(w.document)
        w.trigger("keras")
        assert (w.document.unit_evidence() == own).all()

    drive(script, films("a.png", grey=0.8))


def test_map_of_another_film_is_dropped(drive, films, asked):
    def script(w: Driver) -> None:
        w.wait_film("a.png")
        w.trigger("keras")
        explainer, first, _, _ = asked[0]
        w.trigger("next")
        w.wait_film("b.png")
        explainer.explained.emit(KerasEvidence(first.sha256, np.full((7, 7), 0.5, np.float32), 1.0))
        assert w.document.keras is None
        w.wait(lambda: len(asked) == 2)
        assert asked[1][1] is w.document.film

    drive(script, films("a.png", grey=0.8), films("b.png", grey=0.7))


def test_failure_is_said_and_the_switch_goes_back(drive, films, asked):
    def script(w: Driver) -> None:
        w.wait_film()
        w.trigger("keras")
        explainer, film, _, _ = asked[0]
        explainer.failed.emit(film.sha256, Message("explain.failed"))
        assert not w.window.actions_table["keras"].isChecked()
        assert "no usable heat map" in w.window.statusBar().currentMessage()

    drive(script, films("a.png", grey=0.8))


def test_switch_is_not_there_without_tensorflow(drive, monkeypatch):
    monkeypatch.setattr(KerasExplainer, "is_available", staticmethod(lambda: False))

    def script(w: Driver) -> None:
        assert not w.window.actions_table["keras"].isVisible()

    drive(script)
