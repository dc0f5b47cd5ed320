"""The rows of the worklist, with sorting and filtering. No Qt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from edge_app.analysis.analysis import Analysis
from edge_app.process.protocol import Origin
from edge_app.system.messages import plain

ItemState = Literal["waiting", "running", "done", "cancelled"]
Verdict = Literal["agree", "disagree"]
Outcome = Literal["positive", "uncertain", "negative", "refused", "failed", "running", "waiting", "cancelled"]
SortKey = Literal["added", "name", "outcome", "probability", "flags", "verdict"]

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""Outcomes in order of importance for the reader."""


@dataclass(frozen=True, slots=True)
class Review:
    """The reader's review of a result.

    Attributes:
        verdict: Whether the reader agrees; None if not decided.
        comment: Plain text.
    """

    verdict: Verdict | None = None
    comment: str = ""


NO_REVIEW = Review()


@dataclass(frozen=True, slots=True, eq=False)
class WorklistItem:
    """A row of the worklist, immutable. A changed row has the same id.

    Attributes:
        item_id: Increasing id, never reused in a session.
        path: The file.
        origin: `camera` for a photograph of a film.
        state: State of the analysis.
        analysis: The latest result; None before the first.
        thumbnail: `(rows, columns)` uint8, at most 128 a side; None without a film.
        review: The reader's review.
        history_id: Id of the record in the history; None if there is none.
    """

    item_id: int
    path: Path
    origin: Origin = "file"
    state: ItemState = "waiting"
    analysis: Analysis | None = None
    thumbnail: NDArray[np.uint8] | None = None
    review: Review = NO_REVIEW
    history_id: int | None = None

    @property
    def name(self) -> str:
        """The file name, with undecodable bytes replaced."""
        return plain(self.path.name)

    @property
    def probability(self) -> float | None:
        """Calibrated probability, 0..1; None unless analysed."""
        decision = self.analysis.decision if self.analysis else None
        return decision.probability if decision else None

    @property
    def is_outside_population(self) -> bool:
        """Whether the row has a score that must not be used."""
        return self.probability is not None and self.analysis is not None and self.analysis.is_outside_population

    @property
    def outcome(self) -> Outcome:
        """The band, or why there is none."""
        if self.state != "done" or self.analysis is None:
            return self.state if self.state != "done" else "failed"
        if self.analysis.decision is not None:
            return self.analysis.decision.band
        return "refused" if self.analysis.status == "refused" else "failed"

    @property
    def flags(self) -> tuple[str, ...]:
        """Codes of the notices."""
        return tuple(notice.code for notice in self.analysis.quality) if self.analysis else ()


@dataclass(frozen=True, slots=True)
class WorklistFilter:
    """A filter of rows; the default shows all rows.

    Attributes:
        text: Part of the file name or the comment, case-insensitive.
        outcomes: Outcomes to show; empty for all.
        flagged_only: Only rows with a flag.
        unread_only: Only rows without a verdict.
    """

    text: str = ""
    outcomes: frozenset[Outcome] = frozenset()
    flagged_only: bool = False
    unread_only: bool = False

    def accepts(self, item: WorklistItem) -> bool:
        """Returns whether a row is shown."""
        wanted = self.text.casefold().strip()
        return (
            (not self.outcomes or item.outcome in self.outcomes)
            and (not self.flagged_only or bool(item.flags))
            and (not self.unread_only or item.review.verdict is None)
            and (not wanted or wanted in item.name.casefold() or wanted in item.review.comment.casefold())
        )


def arrange(
    items: Iterable[WorklistItem],
    sort_by: SortKey = "added",
    *,
    descending: bool = False,
    shown: WorklistFilter | None = None,
) -> tuple[int, ...]:
    """Sorts and filters rows.

    Args:
        items: Rows in any order.
        sort_by: Sort key; equal rows stay in the order of adding.
        descending: Whether the largest value comes first. Rows without a value always come last.
        shown: The filter; None for all rows.

    Returns:
        The ids of the rows, in order.
    """
    chosen = sorted((item for item in items if shown is None or shown.accepts(item)), key=lambda item: item.item_id)
    keyed = [(_sort_value(item, sort_by), item) for item in chosen]
    present = [pair for pair in keyed if pair[0] is not None]
    absent = [pair for pair in keyed if pair[0] is None]
    # Python's sort is stable and `reverse` keeps equal rows in their order.
    present.sort(key=lambda pair: pair[0], reverse=descending)
    return tuple(item.item_id for _, item in (*present, *absent))


def natural(name: str) -> tuple[Any, ...]:
    """Returns a sort key that sorts `film10` after `film9`."""
    parts = re.split("([0-9]+)", name.casefold())  # text and digits in turn
    return tuple(int(part[:4000]) if index % 2 else part for index, part in enumerate(parts))


def _sort_value(item: WorklistItem, sort_by: SortKey) -> Any:
    if sort_by == "name":
        return natural(item.name)
    if sort_by == "outcome":
        return OUTCOMES.index(item.outcome)
    if sort_by == "probability":
        return item.probability
    if sort_by == "flags":
        return len(item.flags)
    if sort_by == "verdict":
        return item.review.verdict
    return item.item_id
