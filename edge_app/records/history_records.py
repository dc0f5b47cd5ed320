"""The values that the history takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from edge_app.analysis.analysis import Analysis, Status
from edge_app.records.worklist import NO_REVIEW, Review, Verdict

HistoryPhase = Literal["off", "opening", "open", "unavailable"]
PathDetail = Literal["path", "name", "none"]
"""How much of a film's path the history keeps."""


@dataclass(frozen=True, slots=True)
class HistoryRecord:
    """An analysis as it is kept. Nothing of a patient but what the file's name may say.

    Attributes:
        record_id: Rises with every save and is never used twice, so that the order does not depend on the clock; 0
            before it is saved.
        saved_at: Wall-clock time of the save, UTC; None before it. A machine without a clock battery may be wrong.
        sha256: Hash of the film's file; empty where it could not be read.
        path: Where the film lay; empty where that is not kept.
        file_name: Its name; empty where that is not kept.
        status: `analysed`, `refused` or `failed`.
        reason_code: Why there is no probability; empty when analysed.
        reason: The same as a sentence.
        probability: Calibrated, 0..1; None unless analysed.
        label: Name of the class; empty unless analysed.
        band: `negative`, `uncertain` or `positive`; empty unless analysed.
        threshold: Of the operating point that was used; None unless analysed.
        ood_score: Distance from the films the model knows; None where there is none.
        quality: Codes of what lowers trust.
        model: Name and version.
        model_sha256: Hash of the model file that ran.
        variant: `quant` or `float`.
        runtime: Name and version of the interpreter.
        total_ms: What the analysis took.
        review: The reader's verdict and comment.
    """

    sha256: str
    status: Status
    record_id: int = 0
    saved_at: datetime | None = None
    path: str = ""
    file_name: str = ""
    reason_code: str = ""
    reason: str = ""
    probability: float | None = None
    label: str = ""
    band: str = ""
    threshold: float | None = None
    ood_score: float | None = None
    quality: tuple[str, ...] = ()
    model: str = ""
    model_sha256: str = ""
    variant: str = ""
    runtime: str = ""
    total_ms: float = 0.0
    review: Review = NO_REVIEW


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """What is looked for; the default finds everything, newest first.

    Attributes:
        text: Must occur in the file's name, the path, the comment or the start of the hash.
        bands: `positive`, `uncertain`, `negative`; empty for all.
        verdict: Only with this verdict; None for all.
        since: Only saved at or after; None for all.
        until: Only saved before; None for all.
        limit: Most records that are returned.
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
        records: Newest first.
        total: How many there are in all, beyond the page too.
    """

    records: tuple[HistoryRecord, ...]
    total: int


@dataclass(frozen=True, slots=True)
class HistoryState:
    """Whether the history works.

    Attributes:
        phase: `off` by the user, `opening`, `open`, or `unavailable`.
        message: What the user should know: a damaged file that was set aside, a disk that is full; may be empty.
    """

    phase: HistoryPhase
    message: str = ""


def record_of(analysis: Analysis, review: Review = NO_REVIEW, paths: PathDetail = "path") -> HistoryRecord:
    """Makes a record of an analysis.

    Args:
        analysis: What is known of the film.
        review: The reader's verdict and comment.
        paths: What is kept of where the film lay. Messages name files, so that they are kept only where names are.
    """
    path = Path(analysis.path)
    decision = analysis.decision
    reason = analysis.reason
    return HistoryRecord(
        sha256=analysis.sha256,
        status=analysis.status,
        path=_text(str(path.absolute())) if paths == "path" else "",
        file_name=_text(path.name) if paths != "none" else "",
        reason_code=reason.code if reason else "",
        reason=_text(str(reason)) if reason and paths != "none" else "",
        probability=decision.probability if decision else None,
        label=decision.label if decision else "",
        band=decision.band if decision else "",
        threshold=decision.threshold if decision else None,
        ood_score=analysis.ood_score,
        quality=tuple(notice.code for notice in analysis.quality),
        model=analysis.model.name,
        model_sha256=analysis.model.sha256,
        variant=analysis.model.variant,
        runtime=analysis.model.runtime,
        total_ms=analysis.timings.total_ms,
        review=review,
    )


def _text(value: str) -> str:
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
