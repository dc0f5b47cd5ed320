"""The values that the history takes and gives."""

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
"""How much of a film's path the history keeps."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A record as the history keeps it. Nothing of a patient but what the file's path may say.

    Attributes:
        record: The result. Its path is absolute, the file's name alone, or empty, as the site wants it.
        review: The reader's verdict and comment.
        record_id: Rises with every save and is never used twice, so that the order does not depend on the clock; 0
            before it is saved.
        saved_at: Wall-clock time of the save, UTC; None before it. A machine without a clock battery may be wrong.
    """

    record: Record
    review: Review = NO_REVIEW
    record_id: int = 0
    saved_at: datetime | None = None

    @property
    def file_name(self) -> str:
        """The file's name; empty where that is not kept."""
        return Path(self.record.path).name


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """What is looked for; the default finds everything, newest first.

    Attributes:
        text: Must occur in the file's name, the path, the comment or the start of the hash.
        bands: `positive`, `uncertain`, `negative`; empty for all.
        verdict: Only with this verdict; None for all.
        since: Only saved at or after; None for all.
        until: Only saved before; None for all.
        limit: Most entries that are returned.
        offset: How many of the newest are left out: for pages.
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
    """What was found.

    Attributes:
        records: Newest first; rows that cannot be read are left out.
        total: How many there are in all, beyond the page too.
    """

    records: tuple[HistoryEntry, ...]
    total: int


@dataclass(frozen=True, slots=True)
class HistoryState:
    """Whether the history works.

    Attributes:
        phase: `off` by the user, `opening`, `open`, or `unavailable`.
        message: What the user should know: a damaged file that was set aside, a disk that is full; None for nothing.
    """

    phase: HistoryPhase
    message: Message | None = None


def entry_of(analysis: Analysis, review: Review = NO_REVIEW, paths: PathDetail = "path") -> HistoryEntry:
    """Makes an entry of an analysis.

    Args:
        analysis: What is known of the film.
        review: The reader's verdict and comment.
        paths: What is kept of the film's path. Reasons name files, so that they are kept only where names are.
    """
    path = Path(analysis.path)
    kept = {"path": str(path.absolute()), "name": path.name, "none": ""}[paths]
    record = record_of(analysis)
    reason = record.reason if paths != "none" else None
    return HistoryEntry(structs.replace(record, path=plain(kept), reason=reason), review)
