"""A log of every evaluation on the test split: who looks at a split often ends up fitting to it."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from trainer.errors import DataError
from trainer.evaluation.figures import SplitLogCount

LOG_NAME = "test_evaluations.jsonl"


def log_test_evaluation(runs: Path, *, run: str, uid: str, purpose: str) -> SplitLogCount:
    """Adds a line to the log before the films are scored, and counts the lines.

    Args:
        runs: Folder of all runs, with the log, which is only appended to.
        run: Name of the run that made the model.
        uid: UID of the model.
        purpose: Command that scores the films.

    Returns:
        The number of evaluations so far, with the new one.

    Raises:
        DataError: A line of the log cannot be read.
    """
    runs.mkdir(parents=True, exist_ok=True)
    path = runs / LOG_NAME
    entry = {"date": datetime.now(UTC).isoformat(timespec="seconds"), "run": run, "uid": uid, "purpose": purpose}
    # One write in append mode: two evaluations that end together both keep their line.
    with path.open("ab") as stream:
        stream.write(json.dumps(entry).encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    entries = _entries(path)
    return SplitLogCount(
        count=len(entries),
        of_this_run=sum(one["run"] == run for one in entries),
        models=len({one["uid"] for one in entries}),
        since=entries[0]["date"][:10],
    )


def _entries(path: Path) -> list[dict[str, str]]:
    entries = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            entry = json.loads(line)
            entries.append({key: str(entry[key]) for key in ("date", "run", "uid", "purpose")})
        except (ValueError, TypeError, KeyError) as error:
            raise DataError(
                f"Line {number} of {path} is no record of a test evaluation.",
                hint="Correct that line by hand; the log counts how often the test split was scored.",
                detail=repr(error),
            ) from error
    return entries


def split_log_section(counted: SplitLogCount) -> str:
    """States how often the test split was scored, and what follows for the figures."""
    again = (
        " This run was scored there more than once, and a rule that changed in between was changed with "
        "the earlier figures known. So its figures on the test films are a little too good (docs/adr/0006)."
        if counted.of_this_run > 1
        else ""
    )
    return (
        f"Since {counted.since} the trainer has scored the official test split {counted.count} times by its "
        f"log, {counted.models} different models in all, {counted.of_this_run} times for this run. "
        f"Weights, thresholds and calibration are computed from training and validation films.{again}"
    )
