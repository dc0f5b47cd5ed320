"""The errors: counted, described, the worst first; and no film is named in the model card."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.analysis.gate import Verdict
from edge_app.system.messages import Message
from tests.support.manifests import manifest
from trainer.data.film_set import FilmSet
from trainer.evaluation.error_analysis import analyse_errors, errors_section, errors_summary
from trainer.evaluation.figures import ErrorFigures


@pytest.fixture
def found() -> ErrorFigures:
    """40 films at a threshold of 0.5: films 1 and 3 are missed, film 2 is a false alarm and nearly black."""
    random = np.random.default_rng(0)
    films = random.integers(60, 200, (40, 32, 32), dtype=np.uint8)
    films[2] //= 8
    labels = np.arange(40) % 2
    probabilities = np.where(labels == 1, 0.9, 0.1)
    probabilities[[1, 2, 3]] = 0.45, 0.99, 0.02
    kinds = np.where(labels == 0, "normal", np.where(np.arange(40) % 4 == 1, "viral", "bacterial"))
    test = FilmSet(films, labels, np.arange(40).astype(str), kinds, tuple(f"film{i}" for i in range(40)))
    verdicts = [Verdict(0.0, None, (Message("quality.dark"),) if i == 2 else ()) for i in range(40)]
    return analyse_errors(test, probabilities, manifest().variant("quant"), verdicts)


def test_errors_are_counted_and_the_worst_come_first(found: ErrorFigures) -> None:
    assert found.missed.films == 2
    assert [row.film for row in found.missed.worst] == ["film3", "film1"]
    assert found.missed.kinds == {"bacterial": 1, "viral": 1}
    assert found.missed.uncertain == 1  # film 1 lies in the band from 0.4 to 0.6
    assert found.false_alarms.films == found.false_alarms.gate == 1


def test_what_is_unusual_in_a_film_is_said(found: ErrorFigures) -> None:
    assert "dark" in found.false_alarms.worst[0].unusual
    assert found.false_alarms.unusual["dark"] == 1


def test_the_summary_names_no_film_and_the_section_does(found: ErrorFigures) -> None:
    assert "film3" in errors_section(found)
    assert "film" + "3" not in errors_summary(found)
    assert "2 positive films missed (1 bacterial, 1 viral)" in errors_summary(found)
