"""Item 5: training, against the plain Keras recipe, on the same films and with the same numbers of epochs.

The plain recipe is the one of the tutorials: `image_dataset_from_directory` on the JPEGs, augmentation inside the
model, a frozen base for some epochs, then fine-tuning.
"""

from __future__ import annotations

import importlib.util
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.bench.frame import Bars, Bench, Case, Cell, Limit, Section, Servant, SkippedError, Table

TITLE = "Training"
BUDGET_S = 300
HEAD_EPOCHS = 20
"""As many as the trainer does unless it is told otherwise (trainer/config.py)."""
FINE_TUNE_EPOCHS = 3
LEAST_FILMS, MOST_FILMS = 64, 320
_NEARLY = 0.01
"""Both recipes are timed to an AUC that both reach: so much below the lower of the two best."""
BATCH = 32


def run(bench: Bench) -> Section:
    for name in ("tensorflow", "keras"):
        if importlib.util.find_spec(name) is None:
            raise SkippedError(f"{name} is not installed")
    notes: list[str] = []
    weights = os.environ.get("WEIGHTS", "imagenet")
    probe = Servant("tests.bench.training:speed", weights)
    if probe.ready != weights:
        notes.append("The ImageNet weights could not be had (WEIGHTS=PATH names a file): both start from random ones.")
    weights = probe.ready
    films_per_s = probe()["films/s"]
    probe.close()
    # The plain recipe looks at each film, and half as many again to validate, in each frozen epoch; fine-tuning takes
    # three times as long a film.
    looks = HEAD_EPOCHS * 1.5 + FINE_TUNE_EPOCHS * 4.5
    count = int(min(MOST_FILMS, max(LEAST_FILMS, films_per_s * BUDGET_S / 3 / looks)))
    root = link_films(bench, count)
    figures: dict[str, dict[str, float]] = {}
    for name, factory in (("plain Keras recipe", "plain"), ("trainer", "ours")):
        servant = Servant(f"tests.bench.training:{factory}", str(root), str(bench.scratch / factory), weights)
        figures[name] = servant()
        servant.close()
    plain, ours = figures["plain Keras recipe"], figures["trainer"]
    reached = min(max(_aucs(plain)), max(_aucs(ours))) - _NEARLY
    rows: list[tuple[Cell, ...]] = [
        (
            name,
            found["input films/s"],
            found["prepare s"],
            found["head s"],
            found["films"] * HEAD_EPOCHS / found["head s"],
            found["fine-tune s"],
            found["films"] * FINE_TUNE_EPOCHS / found["fine-tune s"],
            _whole(found),
            max(_aucs(found)),
            _time_to(found, reached),
        )
        for name, found in figures.items()
    ]
    head = (
        "recipe", "input, films/s", "preparing, s", "frozen phase, s", "films/s", "fine-tuning, s", "films/s",
        "whole, s", "best validation AUC", f"s to AUC {reached:.3f}",
    )  # fmt: skip
    return Section(
        tables=(
            Table(
                f"{ours['films']:.0f} films to train on, {ours['validation films']:.0f} to validate on; {HEAD_EPOCHS} "
                f"epochs with a frozen base and {FINE_TUNE_EPOCHS} of fine-tuning",
                head,
                tuple(rows),
            ),
        ),
        limits=(
            Limit("Frozen phase, times as fast as the plain recipe", plain["head s"] / ours["head s"], least=3.0),
            Limit("Whole training, times as fast", _whole(plain) / _whole(ours), least=1.5),
            Limit("Best validation AUC above the plain recipe's", max(_aucs(ours)) - max(_aucs(plain)), least=-_NEARLY),
        ),
        bars=(Bars("s, whole training", {name: _whole(found) for name, found in figures.items()}),),
        notes=(
            "One run of each, one after the other: a training is too long to repeat. The number of films follows from "
            "how fast this machine is. The plain recipe reads 224 x 224 JPEGs in every epoch; the trainer prepares "
            "each film once, and its frozen base looks at each film once.",
            *notes,
        ),
    )


def link_films(bench: Bench, count: int) -> Path:
    """A data set in the same layout with fewer films: for `count` to train on half as many to validate on."""
    root = bench.scratch / "chest_xray"
    for split, wanted in (("train", round(count * 1.5)), ("test", 16), ("val", 4)):
        films = bench.films(split)
        for kind, share in (("NORMAL", 0.4), ("PNEUMONIA", 0.6)):
            of_kind = [path for path in films if path.parent.name == kind]
            number = max(2, round(wanted * share))
            (root / split / kind).mkdir(parents=True)
            for path in of_kind[:: max(1, len(of_kind) // number)][:number]:
                (root / split / kind / path.name).symlink_to(path)
    return root


def _whole(found: dict[str, float]) -> float:
    return found["prepare s"] + found["head s"] + found["fine-tune s"]


def _aucs(found: dict[str, float]) -> list[float]:
    return [value for key, value in found.items() if key.startswith("auc ")]


def _time_to(found: dict[str, float], auc: float) -> float:
    """Seconds from the first film to the end of the first epoch that reached an AUC."""
    return next(
        found[key.replace("auc", "at")] for key, value in found.items() if key.startswith("auc ") and value >= auc
    )


def speed(weights: str) -> tuple[Case, str]:
    """Films per second through the frozen base; and the weights that can be had."""
    import numpy as np

    from trainer.config import ModelConfig
    from trainer.errors import ConfigError
    from trainer.nets.model import build_model

    try:
        model = build_model(ModelConfig(weights=weights), positive_share=0.5, seed=1)
    except ConfigError:
        weights = "none"
        model = build_model(ModelConfig(weights=weights), positive_share=0.5, seed=1)
    films = np.zeros((BATCH, 224, 224, 1), dtype=np.float32)
    model.predict(films, verbose=0)

    def case() -> dict[str, float]:
        start = time.perf_counter()
        model.predict(films, verbose=0)
        return {"films/s": BATCH / (time.perf_counter() - start)}

    return case, weights


def ours(root: str, folder: str, weights: str) -> tuple[Case, None]:
    """The trainer itself, phase by phase."""
    import keras

    from trainer.config import Config, DataConfig, FineTuneConfig, HeadConfig, ModelConfig, TrainingConfig
    from trainer.data.catalog import scan
    from trainer.data.pipeline import read_tree, training_batches
    from trainer.data.prepare import PreparedFilms
    from trainer.data.split import make_split
    from trainer.training.augment import build_augmentation
    from trainer.training.callbacks import read_log
    from trainer.training.distribution import build_team
    from trainer.training.train import RunFiles, _Trainer
    from trainer.workflow import spec_of, validation_set

    config = Config(
        data=DataConfig(validation_fraction=1 / 3, stress_copies=0),
        model=ModelConfig(weights=weights),
        training=TrainingConfig(batch_size=BATCH, patience=1000),
        head=HeadConfig(epochs=HEAD_EPOCHS),
        fine_tune=FineTuneConfig(epochs=FINE_TUNE_EPOCHS),
    )
    catalog = scan(Path(root))
    split = make_split(catalog, validation_fraction=1 / 3, seed=1, near_duplicate_bits=0)
    files = RunFiles(Path(folder) / "run")
    _link_sides(split, Path(root), Path(folder).parent / "sides")

    def case() -> dict[str, float]:
        start = time.perf_counter()
        files.folder.mkdir(parents=True)
        store = PreparedFilms(Path(folder) / "prepared", catalog.root, spec_of(config))
        store.make((*split.training, *split.validation))
        store.lay_out(replace(split, test=()), files.tree)
        validation = validation_set(config, split, store)
        prepared = time.perf_counter()
        keras.utils.set_random_seed(1)
        trainer = _Trainer(config, files, validation, build_team(config.training))
        trainer.run_head()
        looked = time.perf_counter()
        trainer.run_fine_tuning()
        end = time.perf_counter()
        found = {
            "films": float(len(split.training)),
            "validation films": float(len(split.validation)),
            "prepare s": prepared - start,
            "head s": looked - prepared,
            "fine-tune s": end - looked,
        }
        epochs = read_log(files.log)
        # The features are computed before the first epoch, so the epochs of a phase end at its end.
        at = {"head": looked - start, "fine_tune": end - start}
        for number, row in enumerate(epochs):
            left = sum(float(later["seconds"]) for later in epochs[number + 1 :] if later["phase"] == row["phase"])
            found[f"at {number}"] = at[row["phase"]] - left
            found[f"auc {number}"] = float(row["val_auc"])
        films = read_tree(files.tree / "training", 224, 224)
        batches = training_batches(
            films, count=len(split.training), batch_size=BATCH, seed=1, augment=build_augmentation("basic", 1)
        )
        found["input films/s"] = _films_per_s(batches, passes=2)
        return found

    return case, None


def _link_sides(split: Any, root: Path, folder: Path) -> None:
    """The films of the trainer's own split as they are, for the plain recipe; made by whichever comes first."""
    if folder.exists():
        return
    for side in ("training", "validation"):
        for film in split.side(side):
            place = folder / side / Path(film.path).parent.name
            place.mkdir(parents=True, exist_ok=True)
            (place / Path(film.path).name).symlink_to((root / film.path).resolve())


def plain(root: str, folder: str, weights: str) -> tuple[Case, None]:
    """What a good user writes after the Keras guide on transfer learning."""
    import keras
    from keras import layers

    from trainer.data.catalog import scan
    from trainer.data.split import make_split

    split = make_split(scan(Path(root)), validation_fraction=1 / 3, seed=1, near_duplicate_bits=0)
    sides = Path(folder).parent / "sides"
    _link_sides(split, Path(root), sides)

    class Clock(keras.callbacks.Callback):
        def __init__(self) -> None:
            super().__init__()
            self.start = time.perf_counter()
            self.ends: list[tuple[float, float]] = []

        def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
            self.ends.append((time.perf_counter() - self.start, (logs or {})["val_auc"]))

    def case() -> dict[str, float]:
        keras.utils.set_random_seed(1)
        clock = Clock()
        read: dict[str, Any] = {"label_mode": "binary", "image_size": (224, 224), "batch_size": BATCH, "verbose": False}
        training = keras.utils.image_dataset_from_directory(sides / "training", shuffle=True, seed=1, **read)
        validation = keras.utils.image_dataset_from_directory(sides / "validation", shuffle=False, **read)
        training, validation = training.prefetch(-1), validation.prefetch(-1)
        base = keras.applications.MobileNetV2(
            include_top=False, weights="imagenet" if weights == "imagenet" else None, input_shape=(224, 224, 3)
        )
        if weights not in ("imagenet", "none"):
            base.load_weights(weights)
        base.trainable = False
        pixels = keras.Input((224, 224, 3))
        seen = layers.RandomZoom(0.1)(layers.RandomRotation(0.03)(layers.RandomFlip("horizontal")(pixels)))
        seen = base(layers.Rescaling(1 / 127.5, offset=-1)(seen), training=False)
        seen = layers.Dropout(0.3)(layers.GlobalAveragePooling2D()(seen))
        model = keras.Model(pixels, layers.Dense(1, activation="sigmoid")(seen))

        def fit(epochs: int, learning_rate: float) -> None:
            metrics = ["accuracy", keras.metrics.AUC(name="auc")]
            model.compile(keras.optimizers.Adam(learning_rate), loss="binary_crossentropy", metrics=metrics)
            model.fit(training, validation_data=validation, epochs=epochs, callbacks=[clock], verbose=0)

        fit(HEAD_EPOCHS, 1e-3)
        head_end = time.perf_counter()
        base.trainable = True
        fit(FINE_TUNE_EPOCHS, 1e-4)
        end = time.perf_counter()
        found = {
            "films": float(len(split.training)),
            "prepare s": 0.0,
            "head s": head_end - clock.start,
            "fine-tune s": end - head_end,
        }
        for number, (seconds, auc) in enumerate(clock.ends):
            found[f"at {number}"], found[f"auc {number}"] = seconds, auc
        found["input films/s"] = _films_per_s(training, passes=2)
        return found

    return case, None


def _films_per_s(batches: Any, passes: int) -> float:
    """Films per second of the last of some passes through an input pipeline."""
    films, seconds = 0, 1.0
    for _ in range(passes):
        start, films = time.perf_counter(), 0
        for pixels, _ in batches:
            films += int(pixels.shape[0])
        seconds = time.perf_counter() - start
    return films / seconds
