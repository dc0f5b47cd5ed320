from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from edge_app.process.jobs import WorkerConfig
from edge_app.services.explainer import KerasExplainer
from tests.support.fake_worker import COMMAND, film_of

WAIT_MS = 20_000
FILM = film_of(b"film")
SAME = np.linspace(0, 2, 49, dtype=np.float32).reshape(7, 7)


@pytest.fixture
def explainer(qtbot: QtBot) -> Iterator[KerasExplainer]:
    explainer = KerasExplainer(WorkerConfig(), command=COMMAND)
    yield explainer
    explainer.close()


@pytest.mark.parametrize(
    ("own", "agreement"), [(SAME, 1.0), (SAME[::-1, ::-1], -1.0), (np.zeros((7, 7), np.float32), None)]
)
def test_the_two_grids_are_compared(
    qtbot: QtBot, explainer: KerasExplainer, own: np.ndarray, agreement: float | None
) -> None:
    with qtbot.waitSignal(explainer.explained, timeout=WAIT_MS) as explained:
        explainer.explain(FILM, "a.png", own)
    assert explained.args is not None
    result = explained.args[0]
    assert result.sha256 == FILM.sha256
    assert result.evidence[6, 6] == 4
    assert result.correlation == (None if agreement is None else pytest.approx(agreement))
    assert not explainer.is_busy


def test_a_film_that_ends_the_process_has_no_heat_map(qtbot: QtBot, explainer: KerasExplainer) -> None:
    deadly = replace(FILM, file_format="DIES")
    with qtbot.waitSignal(explainer.failed, timeout=WAIT_MS) as failed:
        explainer.explain(deadly, "deadly.png", SAME)
    assert failed.args is not None
    assert (failed.args[0], failed.args[1].code) == (FILM.sha256, "worker.crashed")
    assert "deadly.png" in str(failed.args[1])


def test_the_same_film_is_not_asked_for_twice(qtbot: QtBot, explainer: KerasExplainer) -> None:
    busy: list[bool] = []
    explainer.busy_changed.connect(busy.append)
    seen: list[object] = []
    explainer.explained.connect(seen.append)
    explainer.explain(FILM, "a.png", SAME)
    explainer.explain(FILM, "a.png", SAME)
    qtbot.waitUntil(lambda: not explainer.is_busy, timeout=WAIT_MS)
    assert len(seen) == 1
    assert busy == [True, False]


def test_closing_gives_the_memory_back_and_another_film_starts_anew(qtbot: QtBot, explainer: KerasExplainer) -> None:
    explainer.explain(FILM, "a.png", SAME)
    explainer.close()
    assert not explainer.is_busy
    with qtbot.waitSignal(explainer.explained, timeout=WAIT_MS):
        explainer.explain(FILM, "a.png", SAME)


def test_asking_whether_it_is_available_imports_nothing() -> None:
    loaded = set(sys.modules)
    assert isinstance(KerasExplainer.is_available(), bool)
    assert "tensorflow" not in set(sys.modules) - loaded
