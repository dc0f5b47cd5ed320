"""The look at another hospital: which films are counted where, and what is not stated for want of films."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.analysis.gate import Verdict
from edge_app.analysis.gate.population import OUTSIDE_CODE
from edge_app.system.errors import FilmRefusedError
from edge_app.system.messages import Message
from tests.support.manifests import manifest
from trainer.data.second_site import SiteFilms
from trainer.evaluation.external_site import evaluate_external_site, external_site_section
from trainer.evaluation.figures import SiteFigures
from trainer.evaluation.predictions import Scores

FILMS = 120
STATEMENT = "These labels are confounded with the equipment."
FLAG = Verdict(1.0, None, (Message(OUTSIDE_CODE),))
REFUSAL = Verdict(9.0, FilmRefusedError("gate.not_chest"))


@pytest.fixture(scope="module")
def site() -> SiteFilms:
    """Two films of each patient; AP films are right, PA films are wrong, and only the first two are of a child."""
    index = np.arange(FILMS)
    return SiteFilms(
        prepared=np.zeros((FILMS, 8, 8), np.uint8),
        patients=tuple(str(i // 2) for i in index),
        ages_years=np.where(index < 2, 4.0, 50.0),
        views=tuple("AP" if i % 4 < 2 else "PA" for i in index),
        labels=index % 2,
        label_evidence=tuple("contradicted" if i < 4 else "" for i in index),
    )


def look(site: SiteFilms, verdicts: list[Verdict], taught: bool = False) -> SiteFigures:
    right = np.where(site.labels == 1, 0.75, 0.25)  # 1 - 0.25 is 0.75 to the last bit
    probability = np.where(np.array(site.views) == "AP", right, 1 - right)
    scores = Scores(probability, np.zeros((FILMS, 7, 7), np.float32), np.zeros((FILMS, 4), np.float32))
    return evaluate_external_site(
        site, scores, manifest().variant("quant"), verdicts, gate_was_taught=taught, statement=STATEMENT
    )


def test_views_are_judged_apart(site: SiteFilms) -> None:
    groups = look(site, [Verdict()] * FILMS).groups

    assert groups["view AP"].roc_auc.value == 1.0
    assert groups["view PA"].roc_auc.value == 0.0
    assert groups["all"].roc_auc.low < 0.5 < groups["all"].roc_auc.high
    assert groups["view AP"].sensitivity.value == groups["view AP"].specificity.value == 1.0
    assert groups["view PA"].sensitivity.value == 0.0
    assert groups["labels not contradicted by a radiologist"].films == FILMS - 4


def test_an_auc_of_too_few_films_is_not_stated(site: SiteFilms) -> None:
    found = look(site, [Verdict()] * FILMS)

    assert found.groups["under 6 years"].roc_auc is None
    assert found.groups["under 6 years"].films == 2
    assert "| under 6 years: 2 of 1 patients | 1 | 1 | too few |" in external_site_section(found)


def test_the_section_says_whether_the_films_taught_the_gate(site: SiteFilms) -> None:
    verdicts = [(Verdict(), REFUSAL, FLAG, Verdict())[i % 4] for i in range(FILMS)]
    found = look(site, verdicts, taught=True)

    assert found.groups["all"].refused_or_flagged.value == pytest.approx(0.5)
    assert found.groups["all"].refused.value == pytest.approx(0.25)
    assert "films that taught the gate" in external_site_section(found)
    assert "films that the gate did not know" in external_site_section(look(site, verdicts))


def test_the_section_says_what_the_labels_are_worth(site: SiteFilms) -> None:
    text = external_site_section(look(site, [Verdict()] * FILMS))

    assert STATEMENT in text
