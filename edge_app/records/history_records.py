"""The values of the history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from msgspec import structs

from edge_app.analysis.analysis import Analysis
from edge_app.analysis.record import Record, record_of
from edge_app.records.worklist import NO_REVIEW, Review, Verdict
from edge_app.system.messages import Message, plain

HistoryPhase = Literal["off", "opening", "open", "unavailable"]
PathDetail = Literal["path", "name", "none"]
"""The part of a film's path that the history stores."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A record in the history. Only the file's path may contain patient data.

    Attributes:
        record: The result. Its path is absolute, the file name, or empty, as configured.
        review: The reader's verdict and comment.
        record_id: Increasing id, never reused, so that the order does not depend on the clock; 0 before the save.
        saved_at: Time of the save, UTC; None before the save. Wrong if the machine's clock is wrong.
    """

    record: Record
    review: Review = NO_REVIEW
    record_id: int = 0
    saved_at: datetime | None = None

    @property
    def file_name(self) -> str:
        """The file name; empty if it is not stored."""
        return Path(self.record.path).name


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """A search; the default finds all records.

    Attributes:
        text: Part of the path or the comment, or the start of the hash.
        bands: `positive`, `uncertain`, `negative`; empty for all.
        verdict: Verdict of the reader; None for all.
        since: Earliest time of the save, included; None for all.
        until: Latest time of the save, excluded; None for all.
        limit: Maximum number of entries.
        offset: Number of skipped newest entries, for pages.
    """

    text: str = ""
    bands: tuple[str, ...] = ()
    verdict: Verdict | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 200
    offset: int = 0


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A page of search results.

    Attributes:
        records: The entries, newest first, without unreadable rows.
        total: Number of matching records on all pages.
    """

    records: tuple[HistoryEntry, ...]
    total: int


@dataclass(frozen=True, slots=True)
class HistoryState:
    """The state of the history.

    Attributes:
        phase: `off` by the user, `opening`, `open`, or `unavailable`.
        message: Message for the user, for example about a damaged file; None for none.
    """

    phase: HistoryPhase
    message: Message | None = None


def entry_of(analysis: Analysis, review: Review = NO_REVIEW, paths: PathDetail = "path") -> HistoryEntry:
    """Creates an entry from an analysis.

    Args:
        analysis: The result of the film.
        review: The reader's verdict and comment.
        paths: The stored part of the path. Reasons contain file names: `none` drops them too.
    """
    path = Path(analysis.path)
    kept = {"path": str(path.absolute()), "name": path.name, "none": ""}[paths]
    record = record_of(analysis)
    reason = record.reason if paths != "none" else None
    return HistoryEntry(structs.replace(record, path=plain(kept), reason=reason), review)
