from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_app.records.worklist import Outcome, Review, WorklistFilter, WorklistItem, arrange, natural
from edge_app.system.messages import Message
from tests.support import analyses


def item(item_id: int, name: str, probability: float | None = None, **changes: Any) -> WorklistItem:
    analysis = None if probability is None else analyses.analysed(probability=probability)
    state = "waiting" if analysis is None and "analysis" not in changes else "done"
    return WorklistItem(item_id, Path("/films") / name, **{"state": state, "analysis": analysis, **changes})


ROWS = (
    item(1, "film10.png", 0.9, review=Review("agree", "Clear case")),
    item(2, "Film9.png", 0.1),
    item(3, "film9.png", 0.5),
    item(4, "other.png"),
    item(5, "broken.png", analysis=analyses.failed()),
    item(6, "hand.png", analysis=analyses.refused()),
    item(7, "flagged.png", analysis=analyses.analysed(probability=0.9, quality=(Message("a"), Message("b")))),
)


@pytest.mark.parametrize(
    ("sort_by", "descending", "expected"),
    [
        ("added", False, (1, 2, 3, 4, 5, 6, 7)),
        ("added", True, (7, 6, 5, 4, 3, 2, 1)),
        ("name", False, (5, 2, 3, 1, 7, 6, 4)),
        ("probability", False, (2, 3, 1, 7, 4, 5, 6)),
        ("probability", True, (1, 7, 3, 2, 4, 5, 6)),
        ("outcome", False, (1, 7, 3, 2, 6, 5, 4)),
        ("flags", True, (7, 1, 2, 3, 4, 5, 6)),
        ("verdict", True, (1, 2, 3, 4, 5, 6, 7)),
    ],
)
def test_sorting(sort_by: Any, descending: bool, expected: tuple[int, ...]) -> None:
    assert arrange(reversed(ROWS), sort_by, descending=descending) == expected


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (WorklistFilter(), (1, 2, 3, 4, 5, 6, 7)),
        (WorklistFilter(text=" FILM9 "), (2, 3)),
        (WorklistFilter(text="clear"), (1,)),
        (WorklistFilter(outcomes=frozenset({"positive"})), (1, 7)),
        (WorklistFilter(outcomes=frozenset({"failed", "refused"})), (5, 6)),
        (WorklistFilter(flagged_only=True), (7,)),
        (WorklistFilter(unread_only=True, outcomes=frozenset({"positive"})), (7,)),
    ],
)
def test_filtering(shown: WorklistFilter, expected: tuple[int, ...]) -> None:
    assert arrange(ROWS, shown=shown) == expected


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        (ROWS[0], "positive"),
        (ROWS[1], "negative"),
        (ROWS[2], "uncertain"),
        (ROWS[3], "waiting"),
        (item(9, "x", 0.9, state="running"), "running"),
        (item(9, "x", 0.9, state="cancelled"), "cancelled"),
    ],
)
def test_a_row_in_one_word(row: WorklistItem, outcome: Outcome) -> None:
    assert row.outcome == outcome


@given(st.lists(st.text(max_size=12), max_size=20))
def test_any_names_can_be_sorted(names: list[str]) -> None:
    ordered = sorted(names, key=natural)
    assert all(natural(a) <= natural(b) for a, b in itertools.pairwise(ordered))


def test_a_name_that_is_no_text_can_be_shown() -> None:
    assert item(1, "caf\udce9.png").name == "caf�.png"
