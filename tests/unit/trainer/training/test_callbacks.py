from __future__ import annotations

from pathlib import Path

import pytest

from trainer.config import Monitor
from trainer.errors import TrainingError
from trainer.training.callbacks import EpochLog, StopOnNaN, best_so_far, read_log, selection_score


def _score(recall: float, specificity: float, loss: float = 0.3, monitor: Monitor = "val_recall") -> float:
    logs = {"val_recall": recall, "val_specificity": specificity, "val_loss": loss, "val_auc": 0.9}
    return selection_score(monitor, logs, min_specificity=0.9, positives=500)


def test_a_model_that_calls_everything_pneumonia_does_not_win() -> None:
    assert _score(1.0, 0.0) < _score(0.5, 0.95)


def test_among_degenerate_epochs_the_more_specific_is_kept() -> None:
    assert _score(1.0, 0.2) < _score(0.9, 0.6)


def test_equal_recall_is_decided_by_the_loss() -> None:
    assert _score(0.95, 0.92, loss=0.4) < _score(0.95, 0.92, loss=0.2)


def test_the_loss_never_outweighs_one_film() -> None:
    assert _score(0.950, 0.92, loss=0.0) < _score(0.950 + 1 / 500, 0.92, loss=9.0)


def test_loss_and_auc_can_be_monitored_instead() -> None:
    assert _score(0, 0, loss=0.2, monitor="val_loss") > _score(1, 1, loss=0.3, monitor="val_loss")
    assert _score(0, 0, monitor="val_auc") == 0.9


def test_an_epoch_that_is_run_again_replaces_its_row(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    for epoch, loss in ((0, 0.5), (1, 0.4), (1, 0.3)):
        callback = EpochLog(path, "fine_tune")
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, {"loss": loss, "selection": 1 - loss})

    rows = read_log(path)
    assert [(row["epoch"], row["loss"]) for row in rows] == [(0, 0.5), (1, 0.3)]
    assert best_so_far(path, "fine_tune") == pytest.approx(0.7)
    assert best_so_far(path, "head") is None


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_stops_with_a_sentence(loss: float) -> None:
    callback = StopOnNaN()
    callback.on_train_batch_end(0, {"loss": 0.5})
    with pytest.raises(TrainingError, match="diverged") as caught:
        callback.on_train_batch_end(1, {"loss": loss})
    assert "learning_rate" in caught.value.hint
