"""The two phases: a new head on a frozen base, then the top of the base at a very low learning rate."""

from __future__ import annotations

import hashlib
import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.config import Config
from trainer.data.film_set import ValidationSet
from trainer.data.pipeline import array_batches, read_tree, training_batches, with_masks
from trainer.data.prepare import LABEL_FOLDERS
from trainer.errors import TrainingError
from trainer.nets.backbones import input_side
from trainer.nets.model import build_model, freeze_base, unfreeze_top
from trainer.training.augment import build_augmentation, build_looks
from trainer.training.callbacks import SELECTION, AddSelection, EpochLog, KeepNet, StopOnNaN, best_so_far, read_log
from trainer.training.distribution import build_team
from trainer.training.evidence_loss import LungTaught, lung_batches
from trainer.training.frozen_features import Features, compute_features, head_of, put_head
from trainer.training.team import Team

_LOG = logging.getLogger(__name__)
Phase = Literal["head", "fine_tune"]

WARM_UP_SHARE = 0.1
"""Share of the steps of phase 2 during which the learning rate rises from a thirtieth of its peak."""


@dataclass(frozen=True, slots=True)
class RunFiles:
    """Paths of the files of a run.

    Attributes:
        folder: The run's folder.
    """

    folder: Path

    @property
    def log(self) -> Path:
        """One row for each epoch of both phases."""
        return self.folder / "log.csv"

    @property
    def tree(self) -> Path:
        """The tree of links to the prepared films."""
        return self.folder / "films"

    def best(self, phase: Phase) -> Path:
        """The whole net at the kept epoch of a phase."""
        return self.folder / f"best_{phase}.keras"

    def checkpoint(self, phase: Phase) -> Path:
        """The file of ModelCheckpoint; in phase 1 it holds the head alone."""
        return self.folder / "best_head_layers.keras" if phase == "head" else self.best(phase)

    def done(self, phase: Phase) -> Path:
        """A file that exists once a phase has ended."""
        return self.folder / f"{phase}.done"

    def backup(self, phase: Phase) -> Path:
        """The folder in which BackupAndRestore keeps the state of a running phase."""
        return self.folder / "backup" / phase

    def state(self, phase: Phase) -> list[Path]:
        """The files that a phase starts or continues from."""
        backup = self.backup(phase)  # its files are named by Keras
        return [
            self.log,
            self.done(phase),
            self.best("head"),
            backup / "latest.weights.h5",
            backup / "training_metadata.json",
        ]


def train(
    config: Config,
    files: RunFiles,
    validation: ValidationSet,
    team: Team | None = None,
    lungs: NDArray[np.uint8] | None = None,
) -> Path:
    """Runs both phases, or the rest of them: after a kill the same call continues with the epoch that was cut off.

    Args:
        config: The recipe.
        files: Files of the run; the tree of prepared films must exist.
        validation: Films that epochs are compared on.
        team: Processes that train together; None for those that the recipe names.
        lungs: `(films, height, width)` uint8, 255 inside the lungs, of the training films in the order of the tree; 0
            everywhere for a film without a mask. None trains without lungs.

    Returns:
        The best model of the last phase, a `.keras` file, which the chief of the team has.

    Raises:
        TrainingError: The loss became NaN, no epoch was worth keeping, or another worker is gone.
    """
    team = team or build_team(config.training)
    keras.utils.set_random_seed(config.seed)
    if config.training.deterministic:
        tf.config.experimental.enable_op_determinism()
    with team.at_work():
        team.agree("configuration and films", _digest(config, files, validation))
        trainer = _Trainer(config, files, validation, team, lungs)
        trainer.run_head()
        if not config.fine_tune.enabled:
            return files.best("head")
        trainer.run_fine_tuning()
        return files.best("fine_tune")


class _Trainer:
    """State of both phases: films, class weights, processes."""

    def __init__(
        self,
        config: Config,
        files: RunFiles,
        validation: ValidationSet,
        team: Team,
        lungs: NDArray[np.uint8] | None,
    ) -> None:
        self._config = config
        self._files = files
        self._team = team
        self._lungs = lungs
        side = input_side(config.model)
        self._films = read_tree(files.tree / "training", side, side)
        folder = files.tree / "training"
        self._counts = [len(list((folder / name).iterdir())) for name in LABEL_FOLDERS]
        self._validation_labels = validation.labels
        self._validation = array_batches(validation.films, validation.labels, batch_size=64)

    def run_head(self) -> None:
        """Runs phase 1 unless it has ended already: computes the features of the films, then trains the head."""
        if self._has_ended("head"):
            return
        config = self._config
        with self._team.scope():
            model = build_model(
                config.model,
                positive_share=self._loss_share(),
                seed=config.seed,
                lung_head=self._lungs is not None and config.lungs.head,
            )
            freeze_base(model)
            head = head_of(model)
            self._compile(head, keras.optimizers.Adam(config.head.learning_rate))
        augment = build_augmentation(config.training.augment, self._augmentation_seed("head"))
        seen = self._features(model, self._films, sum(self._counts), augment, title="features of training films")
        chosen_by = self._features(
            model, self._validation.unbatch(), len(self._validation_labels), title="features of validation films"
        )
        self._fit("head", head, config.head.epochs, seen.dataset(), len(seen.labels), chosen_by.dataset().batch(1024))
        if not self._team.is_chief:
            return
        put_head(model, keras.models.load_model(self._files.checkpoint("head"), compile=False))
        model.save(self._files.best("head"))
        self._files.done("head").touch()

    def _features(
        self, model: keras.Model, films: tf.data.Dataset, count: int, augment: Any | None = None, *, title: str
    ) -> Features:
        """Each worker computes the features of its share of the films; every worker gets all of them."""
        passes = self._config.head.passes if augment is not None else 1
        share = count // self._team.size
        features = compute_features(model, self._team.shard(films), share, augment=augment, passes=passes, title=title)
        return self._team.collect(features, passes)

    def run_fine_tuning(self) -> None:
        """Runs phase 2 unless it has ended already."""
        if self._has_ended("fine_tune"):
            return
        config = self._config
        with self._team.scope():
            model = keras.models.load_model(self._files.best("head"), compile=False)
            learning = unfreeze_top(model, config.fine_tune.top_fraction)
            _LOG.info("Phase 2 fine-tunes %d layers of the base", learning)
            taught = model if self._lungs is None else LungTaught(model, config.lungs)
            self._compile(taught, self._fine_tune_optimizer())
        augment = build_augmentation(config.training.augment, self._augmentation_seed("fine_tune"))
        films = self._films
        if self._lungs is not None:
            films, augment = with_masks(films, self._lungs), None
        self._fit("fine_tune", taught, config.fine_tune.epochs, films, sum(self._counts), self._validation, augment)
        if self._team.is_chief:
            self._files.done("fine_tune").touch()

    def _augmentation_seed(self, phase: Phase) -> int:
        """Each phase and each worker has its own seed."""
        return self._config.seed + (phase == "fine_tune") + 1000 * self._team.index

    def _has_ended(self, phase: Phase) -> bool:
        self._team.share(self._files.state(phase))
        ended = self._files.done(phase).exists()
        if ended:
            _LOG.info("Phase %s has ended already", phase)
        return ended

    def _compile(self, model: keras.Model, optimizer: keras.optimizers.Optimizer) -> None:
        loss = keras.losses.BinaryCrossentropy(label_smoothing=self._config.training.label_smoothing)
        model.compile(optimizer=optimizer, loss=loss, metrics=metrics())

    def _fit(
        self,
        phase: Phase,
        model: keras.Model,
        epochs: int,
        films: tf.data.Dataset,
        count: int,
        validation: tf.data.Dataset,
        augment: keras.Sequential | None = None,
    ) -> None:
        """Fits a compiled model to single films, or to their features; the checkpoint holds the best epoch."""
        files = self._files
        epochs_done = sum(row["phase"] == phase for row in read_log(files.log))
        batches = training_batches(
            films,
            count=count,
            batch_size=self._config.training.batch_size,
            seed=self._config.seed,
            augment=augment,
            epochs_done=epochs_done,
            worker=self._team.index,
            workers=self._team.size,
        )
        class_weights = self._class_weights()
        if isinstance(model, LungTaught):
            seed = self._augmentation_seed(phase)
            looks = build_looks(self._config.training.augment, seed)
            # The batches carry their weights: Keras weighs plain labels only.
            batches = lung_batches(batches, model.net, self._config.lungs, class_weights, looks, seed)
            class_weights = None
        self._team.fit(
            model,
            batches,
            epochs=epochs,
            validation=validation,
            class_weights=class_weights,
            callbacks=self._callbacks(phase),
        )
        if self._team.is_chief and not files.checkpoint(phase).is_file():
            raise TrainingError(f"Phase {phase} kept no epoch.", hint=f"See {files.log} for its metrics.")

    def _fine_tune_optimizer(self) -> keras.optimizers.Optimizer:
        config = self._config.fine_tune
        return keras.optimizers.Adam(
            self._cosine_schedule(),
            weight_decay=config.weight_decay or None,
            use_ema=config.ema_momentum > 0,
            ema_momentum=config.ema_momentum or 0.99,
        )

    def _cosine_schedule(self) -> keras.optimizers.schedules.LearningRateSchedule:
        config = self._config.fine_tune
        steps = config.epochs * (sum(self._counts) // self._config.training.batch_size)
        warm_up = round(steps * WARM_UP_SHARE)
        return keras.optimizers.schedules.CosineDecay(
            config.learning_rate / 30,
            decay_steps=max(1, steps - warm_up),
            alpha=0.01,
            warmup_target=config.learning_rate,
            warmup_steps=warm_up,
        )

    def _callbacks(self, phase: Phase) -> list[keras.callbacks.Callback]:
        training = self._config.training
        files = self._files
        callbacks: list[keras.callbacks.Callback] = [StopOnNaN()]
        # Before the averaged weights are swapped in: a restored run needs the weights that the optimizer works on.
        # All workers restore, the chief alone backs up.
        callbacks.append(
            keras.callbacks.BackupAndRestore(
                str(files.backup(phase)),
                save_freq="epoch" if self._team.is_chief else sys.maxsize,
                delete_checkpoint=False,
            )
        )
        if phase == "fine_tune" and self._config.fine_tune.ema_momentum > 0:
            callbacks.append(keras.callbacks.SwapEMAWeights(swap_on_epoch=True))
        callbacks.append(AddSelection(training.monitor, training.min_specificity, int(self._validation_labels.sum())))
        if self._team.is_chief:
            callbacks += self._records(phase)
        callbacks.append(keras.callbacks.EarlyStopping(monitor="val_loss", patience=training.patience, verbose=1))
        return callbacks

    def _records(self, phase: Phase) -> list[keras.callbacks.Callback]:
        """Callbacks that write checkpoints and logs."""
        files = self._files
        return [
            KeepNet(
                str(files.checkpoint(phase)),
                monitor=SELECTION,
                mode="max",
                save_best_only=True,
                initial_value_threshold=best_so_far(files.log, phase),
            ),
            EpochLog(files.log, phase),
            keras.callbacks.TensorBoard(str(files.folder / "tensorboard" / phase), write_graph=False),
        ]

    def _class_weights(self) -> dict[int, float] | None:
        """Weights inverse to the share of each label, with mean 1 over the films."""
        if not self._config.training.class_weights:
            return None
        total = sum(self._counts)
        return {label: total / (2 * count) for label, count in enumerate(self._counts)}

    def _loss_share(self) -> float:
        return 0.5 if self._config.training.class_weights else self._counts[1] / sum(self._counts)


def _digest(config: Config, files: RunFiles, validation: ValidationSet) -> str:
    """SHA-256 of recipe and films, which all workers must share. The names of prepared films contain their hashes."""
    digest = hashlib.sha256(config.sha256.encode())
    for path in sorted((files.tree / "training").glob("*/*")):
        digest.update(f"{path.parent.name}/{path.name}\n".encode())
    digest.update(np.ascontiguousarray(validation.films).data)
    return digest.hexdigest()


def metrics() -> list[Any]:
    """Metrics of each epoch, at a threshold of 0.5 where one is needed. Recall is sensitivity."""
    return [
        keras.metrics.BinaryAccuracy(name="accuracy"),
        keras.metrics.Precision(name="precision"),
        keras.metrics.Recall(name="recall"),
        keras.metrics.AUC(name="auc", num_thresholds=500),
        keras.metrics.SensitivityAtSpecificity(0.9, name="sensitivity_at_specificity_90", num_thresholds=500),
        Specificity(name="specificity"),
    ]


@keras.saving.register_keras_serializable(package="pneumoscope")
class Specificity(keras.metrics.Metric):
    """Share of negative films called negative at a threshold of 0.5."""

    def __init__(self, name: str = "specificity", **kwargs: Any) -> None:
        """Creates the metric.

        Args:
            name: Name in the logs.
            **kwargs: Arguments of `keras.metrics.Metric`.
        """
        super().__init__(name=name, **kwargs)
        self._true_negatives = keras.metrics.TrueNegatives()
        self._false_positives = keras.metrics.FalsePositives()

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Adds a batch of labels and probabilities, `(batch, 1)` each; sample weights do not count."""
        self._true_negatives.update_state(y_true, y_pred)
        self._false_positives.update_state(y_true, y_pred)

    def result(self) -> Any:
        """TN / (TN + FP)."""
        negatives = self._true_negatives.result() + self._false_positives.result()
        return keras.ops.divide_no_nan(self._true_negatives.result(), negatives)

    def reset_state(self) -> None:
        """Resets the counts."""
        self._true_negatives.reset_state()
        self._false_positives.reset_state()
