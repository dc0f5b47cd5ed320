"""The worklist as values: what a row is, and how rows are sorted and filtered. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from edge_app.analysis.analysis import Analysis
from edge_app.process.protocol import Origin

ItemState = Literal["waiting", "running", "done", "cancelled"]
Verdict = Literal["agree", "disagree"]
Outcome = Literal["waiting", "running", "cancelled", "positive", "uncertain", "negative", "refused", "failed"]
SortKey = Literal["added", "name", "outcome", "probability", "flags", "verdict"]

OUTCOMES: tuple[Outcome, ...] = (
    "positive",
    "uncertain",
    "negative",
    "refused",
    "failed",
    "running",
    "waiting",
    "cancelled",
)
"""In the order in which a reader wants to see them."""


@dataclass(frozen=True, slots=True)
class Review:
    """What the reader thinks of a result.

    Attributes:
        verdict: Whether the reader agrees with it; None while that is open.
        comment: Free text, always shown plain.
    """

    verdict: Verdict | None = None
    comment: str = ""


NO_REVIEW = Review()


@dataclass(frozen=True, slots=True, eq=False)
class WorklistItem:
    """A row of the worklist. A changed row is a new value with the same id.

    Attributes:
        item_id: Never used twice in a session; in the order of adding.
        path: The file.
        origin: `camera` for a photograph of a film.
        state: Where its analysis is.
        analysis: The answer; kept while the film is analysed again, so None only before the first.
        thumbnail: `(rows, columns)` uint8, at most 128 a side; None where there is no film.
        review: What the reader thinks.
        history_id: The record in the history; None where none is kept (yet).
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
        """The file's name; bytes that are not text are replaced."""
        return self.path.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")

    @property
    def probability(self) -> float | None:
        """Calibrated probability, 0..1; None unless analysed."""
        decision = self.analysis.decision if self.analysis else None
        return decision.probability if decision else None

    @property
    def is_outside_population(self) -> bool:
        """Whether there is a score that must not be used."""
        return self.probability is not None and self.analysis is not None and self.analysis.is_outside_population

    @property
    def outcome(self) -> Outcome:
        """The row in one word: the band where there is one, else why there is none."""
        if self.state != "done" or self.analysis is None:
            return self.state if self.state != "done" else "failed"
        if self.analysis.decision is not None:
            return self.analysis.decision.band
        return "refused" if self.analysis.status == "refused" else "failed"

    @property
    def flags(self) -> tuple[str, ...]:
        """Codes of what lowers trust in the answer."""
        return tuple(notice.code for notice in self.analysis.quality) if self.analysis else ()


@dataclass(frozen=True, slots=True)
class WorklistFilter:
    """Which rows are shown; the default shows all.

    Attributes:
        text: Must occur in the file's name or the comment, upper and lower case alike.
        outcomes: The outcomes to show; empty for all.
        flagged_only: Only rows with a flag.
        unread_only: Only rows without a verdict.
    """

    text: str = ""
    outcomes: frozenset[Outcome] = frozenset()
    flagged_only: bool = False
    unread_only: bool = False

    def accepts(self, item: WorklistItem) -> bool:
        """Whether a row is shown."""
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
    """Sorts and filters.

    Args:
        items: Rows in any order.
        sort_by: What is compared; equal rows stay in the order of adding.
        descending: Whether the largest comes first. Rows without a value come last either way.
        shown: Which rows are shown; None for all.

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
    """A key that sorts `film10` after `film9`."""
    parts: list[tuple[int, int | str]] = []
    digits = ""
    for character in name.casefold() + "\0":
        if character.isascii() and character.isdigit():
            digits += character
            continue
        if digits:
            parts.append((0, int(digits[:4000])))
            digits = ""
        parts.append((1, character))
    return tuple(parts)


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
