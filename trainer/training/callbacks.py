"""Callbacks: which epoch is kept, when a phase ends, what is logged."""

from __future__ import annotations

import csv
import io
import math
import time
from pathlib import Path
from typing import Any

import keras

from edge_app.system.files import replace_file
from trainer.config import Monitor
from trainer.errors import TrainingError

SELECTION = "selection"
"""Name of the log that ModelCheckpoint watches; higher is better, whatever the monitor."""


def selection_score(monitor: Monitor, logs: dict[str, float], *, min_specificity: float, positives: int) -> float:
    """Ranks an epoch.

    A model that calls every film positive has the best recall. So for `val_recall` an epoch whose validation
    specificity is below `min_specificity` ranks behind every epoch that reaches it. Among epochs of equal
    recall the lower validation loss wins, with a weight that never outranks one film.

    Args:
        monitor: Quantity that is compared.
        logs: Logs of the epoch, with `val_recall`, `val_specificity`, `val_loss` and `val_auc`.
        min_specificity: 0..1.
        positives: Number of positive films in the validation set.

    Returns:
        A score, higher is better; below 0 for an epoch that is kept only if there is no other.
    """
    if monitor == "val_loss":
        return -logs["val_loss"]
    if monitor == "val_auc":
        return logs["val_auc"]
    tie_break = 0.5 / max(positives, 1) * (1 - min(logs["val_loss"], 10.0) / 10.0)
    if logs["val_specificity"] < min_specificity:
        return logs["val_specificity"] - 2.0 + tie_break
    return logs["val_recall"] + tie_break


class AddSelection(keras.callbacks.Callback):
    """Adds the specificity and the selection score to an epoch's logs, for the callbacks behind it."""

    def __init__(self, monitor: Monitor, min_specificity: float, positives: int) -> None:
        """See `selection_score`."""
        super().__init__()
        self._monitor = monitor
        self._min_specificity = min_specificity
        self._positives = positives

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Adds to `logs` in place."""
        if logs is None:
            return
        logs[SELECTION] = selection_score(
            self._monitor, logs, min_specificity=self._min_specificity, positives=self._positives
        )


class KeepNet(keras.callbacks.ModelCheckpoint):
    """Keeps the net itself where another model that holds it as `net` is trained."""

    def set_model(self, model: keras.Model) -> None:
        """Takes the net."""
        super().set_model(getattr(model, "net", model))


class StopOnNaN(keras.callbacks.Callback):
    """Ends the run with an error when the loss is NaN or infinite."""

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Checks the running loss.

        Raises:
            TrainingError: The loss is NaN or infinite.
        """
        loss = (logs or {}).get("loss", 0.0)
        if not math.isfinite(loss):
            raise TrainingError(
                f"The loss became {loss} in step {batch + 1}: the training has diverged. That step was not kept.",
                hint="Lower fine_tune.learning_rate (or head.learning_rate) and run the same command again.",
            )


class EpochLog(keras.callbacks.Callback):
    """Writes one row for each epoch to `log.csv`; an epoch that is run again after a kill replaces its row."""

    def __init__(self, path: Path, phase: str) -> None:
        """Makes the callback.

        Args:
            path: The CSV file of the run.
            phase: `head` or `fine_tune`.
        """
        super().__init__()
        self._path = path
        self._phase = phase
        self._start = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Starts the clock."""
        self._start = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Writes the row."""
        row = {"phase": self._phase, "epoch": epoch, "seconds": round(time.monotonic() - self._start, 1)}
        row |= {name: float(value) for name, value in (logs or {}).items()}
        rows = [old for old in read_log(self._path) if (old["phase"], old["epoch"]) != (self._phase, epoch)]
        rows.append(row)
        with replace_file(self._path) as stream, io.TextIOWrapper(stream, encoding="utf-8", newline="") as text:
            writer = csv.DictWriter(text, list(dict.fromkeys(key for r in rows for key in r)), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def read_log(path: Path) -> list[dict[str, Any]]:
    """Reads `log.csv`: `phase` as text, `epoch` as int, the rest as float; empty where the file does not exist yet."""
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as stream:
        return [
            {
                key: value if key == "phase" else int(value) if key == "epoch" else float(value)
                for key, value in row.items()
                if value != ""
            }
            for row in csv.DictReader(stream)
        ]


def best_so_far(path: Path, phase: str) -> float | None:
    """The highest selection score in the log of a phase; ModelCheckpoint forgets it when a run is resumed."""
    scores = [row[SELECTION] for row in read_log(path) if row["phase"] == phase and SELECTION in row]
    return max(scores) if scores else None
