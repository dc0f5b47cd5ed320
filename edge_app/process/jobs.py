"""The values that the analysis queue takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from edge_app.analysis.analysis import Analysis
from edge_app.imaging.radiograph import Radiograph
from edge_app.process.protocol import LoadedModel, Origin, WorkerConfig
from edge_app.system.messages import Message

__all__ = ["AnalysisResult", "FilmResult", "LoadedModel", "Origin", "Phase", "Priority", "WorkerConfig", "WorkerState"]

Phase = Literal["stopped", "starting", "ready", "failed"]


class Priority(IntEnum):
    """Who waits for a job: lower numbers go first, equal ones in the order of their submission."""

    VIEWED = 0
    """The film that the user looks at."""
    NEXT = 1
    """The film that the user is likely to look at next."""
    BATCH = 2
    """One of many."""


@dataclass(frozen=True, slots=True)
class WorkerState:
    """How the child process is.

    Attributes:
        phase: `stopped`, `starting`, `ready`, or `failed`: it could not start, and no job can be done.
        model: The model of the last start that worked; None before the first.
        reason: Why it failed; None otherwise.
        restarts: How often a child died and was replaced.
        pid: The child's process id; None while there is none.
    """

    phase: Phase
    model: LoadedModel | None = None
    reason: Message | None = None
    restarts: int = 0
    pid: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class AnalysisResult:
    """The end of a job of `AnalysisQueue.submit`.

    Attributes:
        job_id: As `submit` returned it.
        path: The file.
        analysis: The answer, or the reason why there is none. Where the child died over the file, the status is
            `failed` and the reason's code `worker.crashed`, `worker.timeout` or `worker.unavailable`.
        thumbnail: `(rows, columns)` uint8, at most 128 a side, read-only; None where there was no film.
        film: The film for display; None unless it was asked for and could be read.
    """

    job_id: int
    path: Path
    analysis: Analysis
    thumbnail: NDArray[np.uint8] | None = None
    film: Radiograph | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FilmResult:
    """The end of a job of `AnalysisQueue.read_film`.

    Attributes:
        job_id: As `read_film` returned it.
        path: The file.
        film: The film; None where there is a reason.
        reason: Why the film cannot be shown; `film.changed` where the file has another hash than the one asked for.
    """

    job_id: int
    path: Path
    film: Radiograph | None = None
    reason: Message | None = None
